"""Pictures of blends by weight, of those that score best, and of the two classes in the code."""

from collections.abc import Mapping

import numpy as np

from harness.recipes.blend_steps import WEIGHTS
from harness.recipes.figures import class_names, learning_curves, lines, plane, rebuilt_images
from harness.task import Figure, Recorded

LOSSES = "Loss and its parts per epoch of training, for every variant; lower is better."


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    """Return the best blends, blends and scores by weight, codes in the plane, rebuilt images and learning curves."""
    blended = {name: run for name, run in runs.items() if "blends" in run.evidence}
    trained = {name: run for name, run in blended.items() if run.curve}
    coded = [run for run in runs.values() if run.curve and "plane" in run.evidence]
    return (
        *best(trained),
        *(weighted(run) for run in trained.values()),
        *scores(blended),
        *(codes(run) for run in coded),
        *rebuilt_images(runs, True, "from its code alone"),
        *learning_curves(runs, LOSSES),
    )


def best(runs: Mapping[str, Recorded]) -> list[Figure]:
    """Return the blends that score best, of each variant, with the weight of the best of them."""
    rows = {}
    for name, run in runs.items():
        weight, score = run.evidence["best_weights"][0], run.evidence["best_scores"][0]
        rows[f"{name}: first with weight {weight:g}, score {score:.2f}"] = run.evidence["best"]
    text = (
        "The blends in which a frozen classifier sees both classes most surely, as far as no overlay of their parents"
        " explains them, the best first. A score of 1 would be one half of each class in one new picture."
    )
    return [Figure("images", "Best blends", text, {"rows": rows})] if rows else []


def weighted(run: Recorded) -> Figure:
    """Return a few pairs of one variant, a row a weight: from the first parent at the top to the second."""
    first, second = map(str, run.evidence["parents"])
    ends = {1.0: f" ({first})", 0.0: f" ({second})"}
    rows = {
        f"{weight:g}{ends.get(weight, '')}": row for weight, row in zip(WEIGHTS, run.evidence["blends"], strict=True)
    }
    text = (
        f"Pairs of test images blended by {run.variant}, a pair a column and a weight of class {first} a row. Two"
        " pictures laid over each other are no blend."
    )
    return Figure("images", f"Blends of {run.variant} by weight", text, {"rows": rows})


def scores(runs: Mapping[str, Recorded]) -> list[Figure]:
    """Return by weight how surely both classes are seen, and how much of it counts."""
    panels: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    for title, name in (("both classes seen", "both"), ("as far as it is no overlay", "sound")):
        for variant, run in runs.items():
            x, y = (np.asarray(run.evidence[key], np.float64).tolist() for key in ("weights", name))
            panels.setdefault(title, {})[variant] = (x, y)
    text = (
        "How surely a frozen classifier sees both classes in one picture, by weight of the first class. Overlays fool"
        " it, so that the second panel counts what no overlay of the parents explains."
    )
    return [lines("Scores by weight", text, panels, "weight of the first class", "score")] if panels else []


def codes(run: Recorded) -> Figure:
    text = (
        f"Codes of test images under {run.variant}, on their first two principal components. Where classes lie apart"
        " here, the way from one to the other leads through codes of neither."
    )
    return plane(run, f"Codes of {run.variant} in the plane", text, class_names(run.evidence))
