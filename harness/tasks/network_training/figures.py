"""Learning curves of the classifiers, and what the best of them takes for what."""

from collections.abc import Mapping

from harness.recipes.figures import confusions, learning_curves
from harness.tasks.base import Figure, Recorded

LEARNS_NOTHING = "zero_init"  # by design


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    text = (
        "Loss and accuracy per epoch, on training and validation images, for every variant. Where validation loss turns"
        " up while training loss still falls, the network memorises."
    )
    found = learning_curves(runs, text)
    scored = [r for r in runs.values() if "confusion" in r.evidence and r.variant != LEARNS_NOTHING]
    if scored:
        best = max(scored, key=lambda r: r.measures["val_accuracy"])
        text = (
            "Test images by true class (rows) and predicted class (columns), for the variant that is best on the"
            f" validation images, {best.variant}. What lies off the diagonal is wrong."
        )
        found += confusions(best.evidence, "Confusion matrix", text)
    return tuple(found)
