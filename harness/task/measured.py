"""What is measured: measures of variants and over variants, budgets, and what scorers take and give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, Literal

import numpy as np

from harness.records.models import Finding, Measurement, Plain
from harness.scoring.score import Score
from harness.task.profile import Profile
from harness.task.variant import Arrays, TaskData, Variant

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Measure:
    """What a measured number means, and which `variants` have it: all of them where none is named."""

    name: str
    text: str
    better: Better
    unit: str = ""
    variants: tuple[str, ...] = ()


OVERALL = "all"  # stands in a rubric for the variant of measures that are taken over several


@dataclass(frozen=True)
class Together:
    """What several variants of one submission reached under one seed: finite numbers, by `variant.measure`.

    `settings` are those of the candidates among the variants, by variant, in the order of `needs`.
    """

    measures: Mapping[str, float]
    settings: Mapping[str, Mapping[str, Plain]] = field(default_factory=dict)

    def of(self, measure: str) -> dict[str, float]:
        """Return one measure by variant, of those that have it."""
        named = {full.partition(".")[::2]: value for full, value in self.measures.items()}
        return {variant: value for (variant, name), value in named.items() if name == measure}


@dataclass(frozen=True)
class OverVariants:
    """A measure over several variants, such as the winner by validation, a slope or a ratio, from their records.

    A rubric names it `all.NAME`. `needs` are the `variant.measure` that it is computed from, under the same seed;
    `compute` is given those that were measured. It is computed when marking, so that changing it trains nothing. Where
    `optional`, it does without what a student's fault, NaN or infinity left out, and without candidates that are not
    there; otherwise a variant that failed takes this measure with it, and NaN makes NaN. One that is `settled` says the
    same under every seed, as what follows from settings does: no doubt in it trains anything again.
    """

    name: str
    text: str
    better: Better
    needs: tuple[str, ...]
    compute: Callable[[Together], float]
    unit: str = ""
    optional: bool = False
    settled: bool = False

    @property
    def measure(self) -> Measure:
        return Measure(self.name, self.text, self.better, self.unit)


# What a training cost, measured of every variant that trains; a rubric can name them like other measures.
BUDGETS = (
    Measure("parameters", "numbers that the models hold, each once", "lower", "parameters"),
    Measure("optimizer_steps", "updates of the weights", "lower", "steps"),
    Measure("epochs_run", "epochs that training ran", "lower", "epochs"),
    Measure("parameters_ratio", "parameters over those of the reference", "lower"),
    Measure("fit_ratio", "seconds of training over those of the reference, on machines of equal speed", "lower"),
    Measure("predict_ratio", "seconds of predicting over those of the reference, on machines of equal speed", "lower"),
    Measure("memory_ratio", "largest memory of a step over that of the reference", "lower"),
)


FindingRule = Callable[[Measurement], Finding | None]


@dataclass(frozen=True)
class VariantRun:
    """What scoring gets: outputs may be incomplete when a step failed."""

    profile: Profile
    variant: Variant
    data: TaskData
    outputs: Arrays


@dataclass(frozen=True)
class Scored:
    """Measures by name, the small arrays (`evidence`) that figures need later, and `signs` of mistakes in outputs.

    A sign is a number that no rubric can name; `harness.scoring.signs` makes them and `harness.diagnosis` reads them.
    Raises TypeError where any of them is something else.
    """

    measures: Mapping[str, Score]
    evidence: Arrays = field(default_factory=dict)
    signs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong: dict[str, object] = {f"measure {n}": s for n, s in self.measures.items() if not isinstance(s, Score)}
        wrong |= {f"sign {n}": s for n, s in self.signs.items() if not isinstance(s, Real)}
        wrong |= {f"array {n}": a for n, a in self.evidence.items() if np.asarray(a).dtype.hasobject}
        for name, said in wrong.items():
            raise TypeError(f"expected a Score a measure, a number a sign, arrays of numbers; {name} is {said!r}")


@dataclass(frozen=True)
class Recorded:
    """One variant as figures and findings see it: `curve` maps a column to one value per epoch.

    `learns` is False for a variant that is meant to stay at chance. `settings` are those of a candidate, and `cpu_s`
    the CPU seconds of all its steps.
    """

    variant: str
    measures: Mapping[str, float]
    curve: Mapping[str, list[float]]
    evidence: Arrays
    learns: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    cpu_s: float = 0.0
