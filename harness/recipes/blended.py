"""What is measured of codes, of pictures drawn from them, and of blends."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.classifier import digits_classifier
from harness.recipes.blend_steps import HALFWAY, WEIGHTS
from harness.recipes.coded import of_bottleneck
from harness.recipes.divergence import of_divergence
from harness.recipes.examples import PLOTTED, plotted, redrawn
from harness.scoring.blends import Parents, Seen, best_of, ends_missed, from_parent, seen
from harness.scoring.frechet import frechet_distance
from harness.scoring.inception import classify
from harness.scoring.once import once
from harness.scoring.patches import classify_patches, patch_classifier
from harness.scoring.pca import components, pca_codes, rows
from harness.scoring.reconstruction import mse
from harness.scoring.representation import in_the_plane, probed
from harness.scoring.score import Score
from harness.scoring.separation import separation
from harness.scoring.signs import rebuilt_signs
from harness.task import Arrays, Scored, TaskData, Variant, VariantRun

SHOWN: Final = 6  # blends in a row
LINEAR: Final = Variant("pca", "as many principal components, their codes blended number by number", given=True)
OVERLAY: Final = Variant("overlay", "the two pictures laid over each other, each as strong as its weight", given=True)
PARENT: Final = Variant("parent", "the picture with the larger weight alone", given=True)
GIVEN: Final = (LINEAR, OVERLAY, PARENT)

Pictures = NDArray[Any]


def of_functions(run: VariantRun) -> Scored:
    """Return how far the student's divergence is from the closed form, or blends with weights 1 and 0 from codes."""
    outputs, points = run.outputs, run.data.arrays
    if "asked_blends" not in outputs:
        return of_divergence(run)
    first, second = (points["z_mean"][places] for places in points["asked_pairs"].T)
    return Scored({"ends_missed": ends_missed(outputs["asked_blends"], first, second, WEIGHTS)})


def of_codes(run: VariantRun) -> Scored:
    """Return how far apart the two classes lie in the codes of test images."""
    outputs, truth = run.outputs, run.data.arrays
    if "code_test" not in outputs:
        return Scored({})
    codes, labels = outputs["code_test"], truth["y_test"]
    probe, _, _ = probed(outputs["code_train"], truth["y_train"], codes, labels)
    measures = {"probe_accuracy": probe, "separation": separation(codes, labels)}
    return Scored(measures, plotted(in_the_plane(codes[:PLOTTED]), run.data), of_bottleneck(run).signs)


def of_rebuilt(run: VariantRun) -> Scored:
    """Return how far rebuilt test images are from them, together and by class."""
    outputs, truth = run.outputs, run.data.arrays
    if "rebuilt_test" not in outputs:
        return Scored({})
    rebuilt, images = outputs["rebuilt_test"], truth["x_test"]
    mine = {name: truth["y_test"] == label for label, name in enumerate(("first_mse", "second_mse"))}
    by_class = {name: mse(rebuilt[rows], images[rows]) for name, rows in mine.items()}
    signs = rebuilt_signs(outputs["rebuilt_seen"], truth["x_seen"]) if "rebuilt_seen" in outputs else {}
    return Scored({"test_mse": mse(rebuilt, images), **by_class}, redrawn(rebuilt, run.data), signs)


def of_blends(run: VariantRun) -> Scored:
    """Return how surely both classes are seen in blends, by weight, and how near to test images these are half-way."""
    if not {"blends", "rebuilt_test"} <= run.outputs.keys():
        return Scored({})
    drawn, parents, truth = by_weight(run.outputs["blends"]), parents_of(run), run.data.arrays
    name, real = answered(run.data, truth["x_test"])
    logits = {weight: answered(run.data, blends)[1] for weight, blends in drawn.items() if 0 < weight < 1}
    first, second = truth["places"]
    found = {w: seen(drawn[w], parents, answers, int(first), int(second)) for w, answers in logits.items()}
    best = best_of(found)
    half, top = found[HALFWAY].scores(name), found[best].scores(name)
    measures = {
        **{measure: half[measure] for measure in ("both_seen", "novelty", "variety")},
        "blend_score": top["blend_score"],
        "best_weight": Score(best, f"best-weight|of:{len(found)}|v:1"),
        "from_parent": from_parent(drawn[HALFWAY], parents),
        "frechet": frechet_distance(logits[HALFWAY], real, name),
    }
    return Scored(measures, {**shown(drawn, found), "parents": np.array(run.data.dataset.classes)})


def by_weight(blends: Pictures) -> dict[float, Pictures]:
    """Return blends (weights · n, ...) by weight, each (n, ...)."""
    return dict(zip(WEIGHTS, np.split(blends, len(WEIGHTS)), strict=True))


def parents_of(run: VariantRun) -> Parents:
    """Return the pictures that each pair is of, as they are and as the run rebuilds them."""
    pairs, real, rebuilt = run.data.arrays["pairs"].T, run.data.arrays["x_test"], run.outputs["rebuilt_test"]
    return Parents(rebuilt[pairs[0]], rebuilt[pairs[1]], real[pairs[0]], real[pairs[1]])


def answered(data: TaskData, images: Pictures) -> tuple[str, NDArray[Any]]:
    """Return the name of the frozen classifier and its logits (n, classes), of digits or fitted to patches."""
    images = np.clip(images, 0, 1)
    if "x_known" not in data.arrays:
        classifier = digits_classifier()
        return classifier.name, digits_seen(images)
    fitted = patch_classifier(data.arrays["x_known"], data.arrays["y_known"])
    return fitted.name, classify_patches(fitted, images)


@once
def digits_seen(images: Pictures) -> NDArray[np.float32]:
    return classify(digits_classifier().weights, images)


def shown(drawn: Mapping[float, Pictures], found: Mapping[float, Seen]) -> Arrays:
    """Return a few blends for each weight, those that score best, and scores by weight, as evidence for figures."""
    sound = np.stack([one.sound for one in found.values()])
    order = np.argsort(-sound, axis=None, kind="stable")[:SHOWN]
    weights, places = np.unravel_index(order, sound.shape)
    named = np.array(list(found))[weights]
    return {
        "blends": np.stack([np.clip(images[:SHOWN], 0, 1) for images in drawn.values()]).astype(np.float16),
        "best": np.stack([np.clip(drawn[w][i], 0, 1) for w, i in zip(named, places, strict=True)]).astype(np.float16),
        "best_weights": named,
        "best_scores": sound[weights, places],
        "weights": np.array(list(found)),
        "both": np.array([one.both.mean() for one in found.values()]),
        "sound": sound.mean(axis=1),
    }


def without_network(run: VariantRun) -> Arrays:
    """Return what a given variant makes, in the form of a student's outputs."""
    truth, settings = run.data.arrays, run.profile.settings
    if run.variant is LINEAR:
        return linear_blends(truth, settings.code_size)
    first, second = (truth["x_test"][places] for places in truth["pairs"].T)
    shares = [float(weight >= HALFWAY) if run.variant is PARENT else weight for weight in WEIGHTS]
    blends = np.concatenate([share * first + (1 - share) * second for share in shares])
    return {"rebuilt_test": truth["x_test"], "blends": blends.astype(np.float32)}


def linear_blends(truth: Arrays, size: int) -> Arrays:
    """Return codes, rebuilt images and blends by `size` principal components, or as many as there are."""
    train = truth["x_train"]
    size = min(size, *rows(train).shape)
    code_train, codes, _, rebuilt = pca_codes(train, truth["x_test"], size)
    first, second = (codes[places] for places in truth["pairs"].T)
    blended = np.concatenate([weight * first + (1 - weight) * second for weight in WEIGHTS])
    blends = np.clip(components(train, size).inverse_transform(blended), 0, 1).reshape(-1, *train.shape[1:])
    made = {"rebuilt_test": np.clip(rebuilt, 0, 1), "blends": blends.astype(np.float32)}
    return {"code_train": code_train, "code_test": codes, **made}
