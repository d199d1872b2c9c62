"""Rebuilt digits, codes in the plane, and what a classifier of the codes takes for what."""

from collections.abc import Mapping
from typing import Final

from harness.recipes.figures import confusions, learning_curves, plane
from harness.tasks.base import Figure, Recorded

SHOWN: Final = ("conv", "dense")  # whose codes are shown: the first of them that was measured


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    text = "Mean squared error per epoch on training images, for every variant; lower is better."
    found = learning_curves(runs, text)
    if rebuilt := {name: r.evidence["rebuilt"] for name, r in runs.items() if "rebuilt" in r.evidence}:
        original = next(r.evidence["images"] for r in runs.values() if "images" in r.evidence)
        text = "One test digit of each class, and how each variant rebuilds it from its code alone."
        found.append(Figure("images", "Rebuilt digits", text, {"rows": {"original": original, **rebuilt}}))
    name = next((name for name in SHOWN if name in runs and "plane" in runs[name].evidence), "")
    if name:
        text = (
            f"Codes of test digits under {name}, on their first two principal components, by class. Classes that lie"
            " apart here are easy to tell from the code; the other components may part those that do not."
        )
        found.append(plane(runs[name], f"Codes of {name} in the plane", text, [str(i) for i in range(10)]))
        found += of_probe(runs[name])
    return tuple(found)


def of_probe(run: Recorded) -> list[Figure]:
    """Return what logistic regression on the codes confuses; older records lack it."""
    if "confusion" not in run.evidence:
        return []
    text = (
        f"Test digits by true class (rows) and what logistic regression reads from the code of {run.variant} (columns):"
        " what lies off the diagonal looks alike in the code."
    )
    return confusions(run.evidence, "What the codes confuse", text, columns="class read from the code")
