"""How faces that were made are judged: beside unseen ones, and on the way from one to another."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.coded import together
from harness.recipes.generating import PLACES
from harness.scoring.filter_bank import bank_name, seen
from harness.scoring.frechet import frechet_distance
from harness.scoring.generated import Guards, Nearest, diversity, originality, sound_distance
from harness.scoring.interpolated import sharpness, smoothness, steadily_valid, validity
from harness.scoring.look_alike import nearest_shifted
from harness.scoring.once import once
from harness.task import Measure, Scored, VariantRun

KNOWN: Final = 5_000  # training faces that are looked at
COMPARED: Final = 300  # samples that are looked for among them
SHOWN: Final = 10
NEAREST: Final = Nearest("shifted", nearest_shifted)
# Novelty: training faces, moved and turned, reach 0.7, blurred new ones 0.9. Distinct: a VAE's reach 0.6.
GUARDS: Final = {"diversity": (0.1, 0.4), "novelty": (0.72, 0.85), "distinct": (0.1, 0.3)}


def measures(on_paths: Sequence[str]) -> tuple[Measure, ...]:
    """Return what is measured of samples, and of interpolations in the variants that have some."""
    paths = tuple(on_paths)
    return (
        Measure("frechet", "Fréchet distance from unseen faces, in what a bank of filters sees", "lower"),
        Measure("sound_distance", "the same, larger as far as samples are alike or training faces", "lower"),
        Measure("sharpness", "how strong edges are beside those of unseen faces: 1 as sharp", "higher"),
        Measure("diversity", "distance between samples, over that of unseen faces", "higher"),
        Measure("novelty", "distance to the nearest training face, moved and mirrored, over unseen ones'", "higher"),
        Measure("distinct", "how many training faces are the nearest, over those of unseen ones", "higher"),
        Measure("validity", "share of interpolated faces that lie among real ones", "higher", variants=paths),
        Measure("smoothness", "an even step from face to face, over the largest one", "higher", variants=paths),
        Measure("interpolation", "validity as far as steps are even", "higher", variants=paths),
    )


def judge(run: VariantRun, images: NDArray[Any]) -> Scored:
    """Return how near samples (n, h, w, c) come to unseen faces, as many of both, and how interpolations go."""
    real = run.data.arrays["x_test"][: len(images)]
    made = images[: len(real)]
    train = run.data.arrays["x_train"][:KNOWN]
    distance = frechet_distance(seen(made), seen_in(real), bank_name())
    varied = diversity(made, one_class(made), real, one_class(real), 1)
    new = originality(made[:COMPARED], real, train, NEAREST)
    guards = Guards(varied, *new, holds=GUARDS)
    found = {
        "frechet": distance,
        "sound_distance": sound_distance(distance, guards),
        "sharpness": sharpness(made, real),
        **{"diversity": guards.diversity, "novelty": guards.novelty, "distinct": guards.distinct},
    }
    samples = Scored(found, {"samples": made[None, :SHOWN]})
    return together(samples, of_paths(run.outputs["path"], train)) if "path" in run.outputs else samples


def of_paths(images: NDArray[Any], train: NDArray[Any]) -> Scored:
    """Return how even the steps of interpolations are, and whether what lies between their ends is a face."""
    paths = images.reshape(-1, PLACES, *images.shape[1:])
    between = paths[:, 1:-1].reshape(-1, *images.shape[1:])
    smooth, valid = smoothness(paths), validity(seen(between), seen_in(train), bank_name())
    return Scored(
        {"validity": valid, "smoothness": smooth, "interpolation": steadily_valid(smooth, valid)}, {"path": paths[0]}
    )


def one_class(images: NDArray[Any]) -> NDArray[np.int64]:
    return np.zeros(len(images), np.int64)


@once
def seen_in(images: NDArray[Any]) -> NDArray[np.float64]:
    """Return what the bank sees in images that are the same for every submission."""
    return seen(images)
