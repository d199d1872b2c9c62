"""A task: what is built, which variants are compared, what runs, and how outputs are scored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from harness.data.base import Dataset
from harness.errors import UsageError, did_you_mean
from harness.task.contract import Builder, Call, Candidates
from harness.task.measured import (
    BUDGETS,
    OVERALL,
    FindingRule,
    Measure,
    OverVariants,
    Recorded,
    Scored,
    VariantRun,
)
from harness.task.profile import Profile, tiny_of
from harness.task.shown import Figure, NaiveAnswer, PublishedFigure
from harness.task.steps import Step
from harness.task.variant import TaskData, Variant

TINY = "tiny"  # the profile that tests use; no rubric has bands for it


@dataclass(frozen=True)
class Task:
    """A coursework task; a module `harness/tasks/NAME.py` or `harness/tasks/NAME/task.py` holds one, named `TASK`.

    `findings` are the rules that apply, the cause before the consequence: names of those in `harness.diagnosis.rules`,
    or functions of the task's own. `max_parameters` is
    what the models of one call of a builder may have together, 0 for as many as fit. `fewer` returns data of the same
    task with fewer rows: what a model is asked as it was built, so that little time goes to it; without it, nothing
    is. `tiny` is the size that tests
    train; derived from the quick profile where it is left out. `files_sha256` is over the files of a course's task, so
    that an edited one is measured anew; those of the harness raise `version` instead.
    """

    name: str
    version: int
    title: str
    summary: str
    builders: tuple[Builder, ...]
    variants: tuple[Variant, ...]
    profiles: Mapping[str, Profile]
    measures: tuple[Measure, ...]
    prepare: Callable[[Dataset, Profile], TaskData]
    call: Callable[[Profile, Variant, TaskData], Call]
    steps: Callable[[Profile, Variant, TaskData], tuple[Step, ...]]
    score: Callable[[VariantRun], Scored]
    figures: Callable[[Mapping[str, Recorded]], tuple[Figure, ...]]
    findings: tuple[str | FindingRule, ...] = ()
    overall: tuple[OverVariants, ...] = ()
    candidates: tuple[Candidates, ...] = ()
    published: tuple[PublishedFigure, ...] = ()
    naive: tuple[NaiveAnswer, ...] = ()
    max_parameters: int = 0
    fewer: Callable[[TaskData], TaskData] | None = None
    tiny: Profile | None = None
    files_sha256: str = ""

    def profile(self, name: str) -> Profile:
        if name == TINY:
            return self.tiny or tiny_of(self.profiles["quick"])
        if name not in self.profiles:
            hint = did_you_mean(name, self.profiles)
            raise UsageError(f"Task {self.name} has no profile {name!r}.{hint}")
        return self.profiles[name]

    def variant(self, name: str) -> Variant:
        """Return the variant of this name; raises UsageError with a close name where there is none."""
        known = {v.name: v for v in self.variants}
        if name not in known:
            raise UsageError(f"Task {self.name} has no variant {name!r}.{did_you_mean(name, known)}")
        return known[name]

    def builder_of(self, variant: Variant) -> Builder:
        """Return the builder that a variant calls: the only one, unless it names another.

        Raises UsageError with a close name where the task has none of that name.
        """
        known = {b.name: b for b in self.builders}
        name = variant.builder or self.builders[0].name
        if name not in known:
            raise UsageError(
                f"Variant {variant.name} of task {self.name} calls {name!r}, which is none of the task's builders."
                f"{did_you_mean(name, known)}"
            )
        return known[name]

    def compiled_by_student(self, variant: Variant) -> bool:
        """Say whether the student chooses the optimiser and the learning rate of a variant."""
        return bool(self.builders) and not variant.given and self.builder_of(variant).compiles

    def functions_of(self, builder: Builder) -> tuple[Builder, ...]:
        """Return the functions that training calls beside the models of a builder."""
        return tuple(b for b in self.builders if b.name in builder.uses)

    def needed_by(self, variant: Variant) -> tuple[Builder, ...]:
        """Return those of these functions that one variant needs."""
        functions = self.functions_of(self.builder_of(variant))
        return tuple(f for f in functions if variant.uses is None or f.name in variant.uses)

    def trained(self) -> tuple[Variant, ...]:
        """Return the variants that student code has a part in."""
        return tuple(v for v in self.variants if not v.given)

    def measures_of(self, variant: Variant) -> tuple[Measure, ...]:
        """Return what is measured of a variant, budgets left out."""
        return tuple(m for m in self.measures if variant.name in m.variants or not m.variants)

    def measure_names(self) -> Mapping[str, Measure]:
        """Return every measure a rubric can name, as `variant.measure`: budgets and those over variants included."""
        return MappingProxyType(self._measure_names)

    @cached_property
    def _measure_names(self) -> dict[str, Measure]:
        own = {f"{v.name}.{m.name}": m for v in self.variants for m in self.measures_of(v)}
        budgets = {f"{v.name}.{m.name}": m for v in self.trained() for m in BUDGETS}
        return {**budgets, **own, **{f"{OVERALL}.{m.name}": m.measure for m in self.overall}}

    def variants_behind(self, measure: str) -> tuple[str, ...]:
        """Return the names of the variants that `variant.measure` rests on: several for a measure over variants."""
        variant, _, name = measure.partition(".")
        if variant != OVERALL:
            return (variant,)
        needs = (need for m in self.overall if m.name == name for need in m.needs)
        return tuple(dict.fromkeys(need.partition(".")[0] for need in needs))
