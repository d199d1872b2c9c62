"""A search as pictures: its best five, what each setting is worth, and what it cost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from harness.recipes.families import BY
from harness.recipes.figures import lines
from harness.records.models import Plain
from harness.task import Figure, Recorded

TOP: Final = 5
Families = Mapping[str, Sequence[Recorded]]  # measured candidates by family, with those settings that act in them


def search_figures(families: Families) -> tuple[Figure, ...]:
    """Return the pictures of candidates, in the order in which they were handed in; none without any."""
    ranked = {name: sorted(some, key=lambda r: -r.measures[BY]) for name, some in families.items() if some}
    return (ranking(ranked), worth(ranked), *along(ranked), cost(families)) if ranked else ()


def ranking(ranked: Families) -> Figure:
    """Return the best five of each family with what they chose."""
    rows = {
        f"{name}, place {place}": {
            "candidate": run.variant,
            "validation": f"accuracy {run.measures[BY]:.4f}, loss {run.measures['val_loss']:.4f}",
            "settings": ", ".join(f"{setting} {said(value)}" for setting, value in run.settings.items()),
        }
        for name, some in ranked.items()
        for place, run in enumerate(some[:TOP], 1)
    }
    text = (
        f"The best {TOP} candidates of each family by validation accuracy. Two that lie a hundredth apart may change"
        " places under another seed. Test images were opened for the first of each family alone."
    )
    return Figure("texts", "The best candidates", text, {"rows": rows})


def worth(ranked: Families) -> Figure:
    """Return what candidates reached by value of each setting that takes several."""
    rows = {
        f"{family}: {name} {said(value)}": {
            "best": f"{max(reached):.4f}",
            "mean": f"{np.mean(reached):.4f}",
            "candidates": str(len(reached)),
        }
        for family, some in ranked.items()
        for name, by_value in values_of(some)
        for value, reached in by_value.items()
    }
    text = "Validation accuracy by value of each setting that the search varied; others vary along with it."
    return Figure("texts", "Accuracy by setting", text, {"rows": rows})


def values_of(some: Sequence[Recorded]) -> Iterator[tuple[str, dict[Plain, list[float]]]]:
    """Yield each setting that takes several values, with the accuracies of those candidates that it acts in."""
    for name in dict.fromkeys(name for run in some for name in run.settings):
        by_value: dict[Plain, list[float]] = {}
        for run in (r for r in some if name in r.settings):
            by_value.setdefault(run.settings[name], []).append(run.measures[BY])
        if len(by_value) > 1:
            yield name, by_value


def said(value: Plain) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def along(ranked: Families) -> Iterator[Figure]:
    """Yield accuracy against each of the settings that are numbers, on axes of its own."""
    panels: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    for family, some in ranked.items():
        for name, by_value in values_of(some):
            numbers = {v: max(r) for v, r in by_value.items() if isinstance(v, int | float) and not isinstance(v, bool)}
            if numbers:
                x = sorted(numbers)
                panels.setdefault(name, {})[family] = (list(map(float, x)), [numbers[v] for v in x])
    for name, panel in panels.items():
        title, text = f"Accuracy against {name}", f"The best validation accuracy at each value of {name}."
        yield lines(title, text, {name: panel}, name, "validation accuracy")


def cost(families: Families) -> Figure:
    """Return the best accuracy so far against the CPU seconds spent until then."""
    panel = {
        name: (np.cumsum([r.cpu_s for r in some]), np.maximum.accumulate([r.measures[BY] for r in some]))
        for name, some in families.items()
        if some
    }
    text = "The best validation accuracy so far by what the search had cost until then, candidate by candidate."
    return lines("The cost of the search", text, {"search": panel}, "CPU seconds", "best validation accuracy")
