"""Examples kept as evidence for figures: one of each class with what became of it, and samples by class."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.task import Arrays, Dataset, TaskData

MOST: Final = 10  # examples of a kind in a picture
PLOTTED: Final = 600  # codes in the plane


def require_classes(dataset: Dataset, task: str, otherwise: str = "write labelled=False in the task") -> None:
    """Raise DataError for a set without classes; `otherwise` says what to do where there are none."""
    if not dataset.classes:
        raise DataError(
            f"Expected the data set {dataset.name!r} of task {task} to have classes, received one without; give it"
            f" labels, integers from 0, or {otherwise}."
        )


def require_validation(dataset: Dataset, task: str) -> None:
    """Raise DataError for a set without a validation part, in a task that chooses by it."""
    if not len(dataset.arrays["x_val"]):
        raise DataError(
            f"Expected the data set {dataset.name!r} of task {task} to have a validation part, received none; say how"
            " large it is in the sizes of the profile."
        )


def one_of_each(data: TaskData) -> list[int]:
    """Return the rows of the first test example of each class, ten classes at most; the first ten without classes."""
    if not data.dataset.classes:
        return list(range(min(MOST, len(data.arrays["x_test"]))))
    classes = range(min(MOST, len(data.dataset.classes)))
    return [int(np.argmax(data.arrays["y_test"] == label)) for label in classes]


def redrawn(rebuilt: NDArray[Any], data: TaskData) -> dict[str, NDArray[Any]]:
    """Return test `images` (n, h, w, c) with what was `rebuilt` of them; nothing where examples are no images."""
    if rebuilt.ndim != 4:
        return {}
    rows = one_of_each(data)
    return {"images": data.arrays["x_test"][rows], "rebuilt": rebuilt[rows]}


def plotted(plane: NDArray[Any], data: TaskData) -> Arrays:
    """Return the first codes (n, 2) of test examples as evidence `plane` with their `labels` and the `classes`."""
    return {
        "plane": plane[:PLOTTED].astype(np.float32),
        "labels": data.arrays["y_test"][:PLOTTED],
        "classes": np.array(data.dataset.classes),
    }


def by_class(images: NDArray[Any], labels: NDArray[Any], classes: int) -> NDArray[np.float16]:
    """Return the first ten images of each class, (classes, 10, h, w, c); black where there are no more."""
    grid = np.zeros((classes, MOST, *images.shape[1:]), np.float16)
    for label in range(classes):
        found = images[labels == label][:MOST]
        grid[label, : len(found)] = np.clip(found, 0, 1)
    return grid
