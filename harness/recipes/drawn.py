"""What draws images without a network, measured beside those that have one."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Final

from numpy.typing import NDArray

from harness.scoring.drawings import Border, moved, pca_drawn, pca_drawn_by_class
from harness.scoring.pca import pca_codes
from harness.task import Arrays, TaskData, Variant

REAL: Final = Variant("real", "test images themselves", given=True)
MOVED: Final = Variant(
    "moved", "training images, each moved by up to two pixels and turned by up to ten degrees", given=True
)
BY_CLASS: Final = "class_pca"


@dataclass(frozen=True)
class Linear(Variant):
    """Images from `size` principal components and standard normal codes; `by_class` from those of each class.

    One of `few` images takes the first of the training images alone.
    """

    _: KW_ONLY
    size: int
    by_class: bool = False
    few: bool = False


def linear(size: int) -> Linear:
    return Linear(
        f"pca_{size}", f"{size} principal components, and codes drawn from standard normal", given=True, size=size
    )


def linear_by_class(noise: int) -> Linear:
    """Return the components of each class for as many numbers of `noise` as conditional networks are given."""
    text = f"{noise} principal components of each class, and codes drawn from standard normal, with more contrast"
    return Linear(BY_CLASS, text, given=True, size=noise, by_class=True)


def without_network(variant: Variant, data: TaskData, border: Border = "constant") -> Arrays:
    """Return what a given variant makes, in the form of a student's outputs: `made`, and `rebuilt_test` where it codes.

    `made` are as many as the noise has rows; where codes on the way from one to another are asked for, `path` are their
    images. `border` is what lies beyond that of a picture that is moved.
    """
    truth = data.arrays
    if not isinstance(variant, Linear):
        return {"made": moved_train(truth, data, border) if variant is MOVED else truth["x_test"]}
    codes = truth[f"noise_{variant.size}"]
    if variant.by_class:
        asked = truth["asked"].argmax(axis=1)
        return {"made": pca_drawn_by_class(truth["x_train"], truth["y_train"], asked, codes)}
    train = truth["x_few" if variant.few else "x_train"]
    _, code, _, rebuilt = pca_codes(train, truth["x_test"], min(codes.shape[1], len(train), train[0].size))
    wanted = {"made": codes, "path": truth.get(f"path_{variant.size}")}
    drawn = {name: pca_drawn(train, codes.shape[1], z) for name, z in wanted.items() if z is not None}
    return {**drawn, "rebuilt_test": rebuilt, "code_test": code}


def moved_train(truth: Arrays, data: TaskData, border: Border) -> NDArray[Any]:
    made = next(len(a) for name, a in truth.items() if name.startswith("noise_"))
    return moved(truth["x_train"][:made], data.dataset.key.number("moved"), border)
