"""What is measured of codes and of what is rebuilt from them, by a student's models and by PCA."""

import numpy as np

from harness.recipes.examples import PLOTTED, plotted, redrawn
from harness.scoring.confused import confused
from harness.scoring.pca import pca_codes
from harness.scoring.reconstruction import mse, nearest_images
from harness.scoring.representation import cluster_accuracy, in_the_plane, probed
from harness.scoring.signs import code_signs, rebuilt_signs
from harness.task import Arrays, Scored, VariantRun


def together(*parts: Scored) -> Scored:
    """Return what several scorers found as one; no two of them find the same."""
    return Scored(
        {name: score for part in parts for name, score in part.measures.items()},
        {name: array for part in parts for name, array in part.evidence.items()},
        {name: sign for part in parts for name, sign in part.signs.items()},
    )


def of_bottleneck(run: VariantRun) -> Scored:
    """Return the signs of a code whose numbers are the same for every image."""
    return Scored({}, signs=code_signs(run.outputs["code_seen"])) if "code_seen" in run.outputs else Scored({})


def of_codes(run: VariantRun) -> Scored:
    """Return how well a linear probe and k-means tell classes from the codes of test images."""
    truth, outputs = run.data.arrays, run.outputs
    if "code_test" not in outputs:
        return Scored({})
    labelled = (outputs["code_train"], truth["y_train"], outputs["code_test"], truth["y_test"])
    probe, answers, sure = probed(*labelled)
    matched, majority = cluster_accuracy(*labelled)
    evidence = dict(plotted(in_the_plane(outputs["code_test"][:PLOTTED]), run.data))
    if not run.variant.given and truth["x_test"].ndim == 4:
        evidence |= confused(truth["y_test"], answers, truth["x_test"], sure, len(run.data.dataset.classes))
    measures = {"probe_accuracy": probe, "cluster_accuracy": matched, "majority_accuracy": majority}
    return Scored(measures, evidence)


def of_rebuilt(run: VariantRun) -> Scored:
    """Return how far rebuilt images are from test images, and from training images."""
    truth, outputs = run.data.arrays, run.outputs
    if "rebuilt_test" not in outputs:
        return Scored({})
    test, seen = mse(outputs["rebuilt_test"], truth["x_test"]), mse(outputs["rebuilt_seen"], truth["x_seen"])
    signs = rebuilt_signs(outputs["rebuilt_seen"], truth["x_seen"])
    return Scored({"test_mse": test, "train_mse": seen}, redrawn(outputs["rebuilt_test"], run.data), signs)


def of_nearest(run: VariantRun) -> Scored:
    """Return how far test images are from the nearest training image: rebuilt by heart, from its place alone."""
    truth = run.data.arrays
    rebuilt = nearest_images(truth["x_train"], truth["x_test"])
    return Scored({"test_mse": mse(rebuilt, truth["x_test"])}, redrawn(rebuilt, run.data))


def pca_outputs(truth: Arrays, size: int) -> Arrays:
    """Return the outputs of PCA with `size` components, or as many as there are, in the form of a student's."""
    train = truth["x_train"]
    components = min(size, len(train), int(np.prod(train.shape[1:])))
    code_train, code_test, rebuilt_train, rebuilt_test = pca_codes(train, truth["x_test"], components)
    rebuilt_seen = rebuilt_train[: len(truth["x_seen"])]
    return {
        "code_train": code_train,
        "code_test": code_test,
        "rebuilt_test": rebuilt_test,
        "rebuilt_seen": rebuilt_seen,
    }
