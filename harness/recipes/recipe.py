"""What every recipe has: a recipe is the common shape of a task, and its `task()` is the task."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from harness.recipes.fewer import few_rows
from harness.task import (
    Builder,
    Call,
    Candidates,
    Dataset,
    Figure,
    FindingRule,
    Measure,
    ModelSpec,
    NaiveAnswer,
    OverVariants,
    Profile,
    PublishedFigure,
    Recorded,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
)

EVERYWHERE = ("became_nan", "nan_outputs", "refused_outputs", "diverged")  # findings that fit every training


@dataclass(frozen=True)
class Recipe:
    """The words, variants and sizes of a task; each recipe adds how it runs, is scored and shown.

    `defaults` are the plain arguments of the builder that a variant may change. A recipe that a task refines is a class
    to derive from: it says what is measured, and gives `prepare`, `call`, `steps`, `score` and `figures` as `Task` has
    them.
    """

    name: str
    title: str
    summary: str
    _: KW_ONLY
    version: int = 1
    builders: tuple[Builder, ...]
    variants: tuple[Variant, ...]
    profiles: tuple[Profile, ...]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[PublishedFigure, ...] = ()
    naive: tuple[NaiveAnswer, ...] = ()
    overall: tuple[OverVariants, ...] = ()
    candidates: tuple[Candidates, ...] = ()
    max_parameters: int = 0
    tiny: Profile | None = None

    @property
    def sizes(self) -> dict[str, Profile]:
        return {profile.name: profile for profile in self.profiles}

    def chosen(self, variant: Variant) -> dict[str, Any]:
        """Return the plain arguments of a variant: the defaults with what it changes."""
        return {**self.defaults, **variant.arguments}

    def building(
        self, variant: Variant, plain: Mapping[str, Any], *models: ModelSpec, arrays: Mapping[str, str] | None = None
    ) -> Call:
        """Return the call of a variant's builder, by default the first, with what the variant chooses beside `plain`.

        It must return the `models`; `arrays` are those that the builder is given.
        """
        name = variant.builder or self.builders[0].name
        return Call(name, {**plain, **self.chosen(variant)}, models, arrays=arrays or {})

    def learning(self) -> list[str]:
        """Return the names of the variants that are meant to learn."""
        return [v.name for v in self.variants if v.learns]

    def task(self) -> Task:
        """Return the task of this shape."""
        return Task(
            name=self.name,
            version=self.version,
            title=self.title,
            summary=self.summary,
            builders=self.builders,
            variants=(*self.variants, *self.given()),
            profiles=self.sizes,
            measures=self.measures(),
            prepare=self.prepare,
            call=self.call,
            steps=self.steps,
            score=self.score,
            figures=self.figures,
            findings=self.findings(),
            overall=self.overall,
            candidates=self.candidates,
            published=self.published,
            naive=(*self.beside(), *self.naive),
            max_parameters=self.max_parameters,
            fewer=self.fewer,
            tiny=self.tiny,
        )

    def given(self) -> tuple[Variant, ...]:
        """Return the answers that the harness computes itself, measured like variants."""
        return ()

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what these answers stand beside."""
        return ()

    def measures(self) -> tuple[Measure, ...]:
        raise NotImplementedError

    def findings(self) -> tuple[str | FindingRule, ...]:
        return EVERYWHERE

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        raise NotImplementedError

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with fewer rows, which models are asked about as they were built."""
        return few_rows(data)

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        raise NotImplementedError

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        raise NotImplementedError

    def score(self, run: VariantRun) -> Scored:
        raise NotImplementedError

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        raise NotImplementedError
