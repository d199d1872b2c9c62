"""Classes that belong together: what is recorded of them, and pictures of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.recipes.figures import confusions
from harness.scoring.confused import confused
from harness.scoring.superclasses import accuracies
from harness.task import Arrays, Dataset, Figure, Recorded, TaskData

SHOWN: Final = 3  # images of a pair of superclasses, beside those of the pairs of classes


@dataclass(frozen=True)
class Superclasses:
    """The names of superclasses, and for each class of a data set, in its order, the place of its own among them."""

    names: tuple[str, ...]
    belongs: NDArray[np.int64]

    @classmethod
    def of(cls, members: Mapping[str, tuple[str, ...]], dataset: Dataset) -> "Superclasses":
        """Return those of a data set; raises DataError unless each of its classes is a member of one superclass."""
        place = {one: i for i, classes in enumerate(members.values()) for one in classes}
        if sorted(place) != sorted(dataset.classes):
            raise DataError(
                f"Expected the {len(place)} classes of {', '.join(members)} in {dataset.name}, received"
                f" {len(dataset.classes)}, from {dataset.classes[0]} on; take the set with its published classes."
            )
        return cls(tuple(members), np.array([place[one] for one in dataset.classes], np.int64))

    def accuracies(self, p: NDArray[Any], data: TaskData) -> dict[str, NDArray[Any]]:
        """Return the evidence that a table by superclass needs of probabilities (n, k) for the test images."""
        found = accuracies(p, data.arrays["y_test"], self.belongs)
        return {"superclasses": np.array(self.names), "superclass_accuracies": found}

    def confusions(self, p: NDArray[Any], data: TaskData) -> dict[str, NDArray[Any]]:
        """Return the evidence of what is taken for a class of which superclass, with images of the worst pairs."""
        labels, answers = self.belongs[data.arrays["y_test"]], self.belongs[p.argmax(axis=1)]
        seen = confused(labels, answers, data.arrays["x_test"], p.max(axis=1), len(self.names))
        return {
            "superclass_confusion": seen["confusion"],
            "superclass_pairs": seen["confused_pairs"],
            "superclass_images": seen["confused_images"][:, :SHOWN],
        }


def table(runs: Mapping[str, Recorded]) -> list[Figure]:
    """Return accuracy by superclass, a column a variant."""
    there = {name: run.evidence for name, run in runs.items() if "superclass_accuracies" in run.evidence}
    rows: dict[str, dict[str, str]] = {}
    for variant, evidence in there.items():
        for name, share in zip(evidence["superclasses"], evidence["superclass_accuracies"], strict=True):
            rows.setdefault(str(name), {})[variant] = f"{share:.3f}"
    text = "Share of the test images of each superclass whose class, and not the superclass alone, is right."
    return [Figure("texts", "Accuracy by superclass", text, {"rows": rows})] if rows else []


def matrix(runs: Mapping[str, Recorded]) -> list[Figure]:
    """Return what the variant that is best on the validation images takes for another superclass, with images."""
    there = [run for run in runs.values() if "superclass_confusion" in run.evidence]
    if not there:
        return []
    best = max(there, key=lambda run: run.measures["val_accuracy"])
    text = (
        "Test images by true superclass (rows) and that of the predicted class (columns), for the variant that is best"
        f" on the validation images, {best.variant}. On the diagonal the superclass is right, if not always the class."
    )
    return confusions(of_classes(best.evidence), "Superclasses", text, worst="Worst confusions between superclasses")


def of_classes(evidence: Arrays) -> Arrays:
    """Return the evidence of superclasses as if they were classes."""
    return {
        "classes": evidence["superclasses"],
        "confusion": evidence["superclass_confusion"],
        "confused_pairs": evidence["superclass_pairs"],
        "confused_images": evidence["superclass_images"],
    }
