"""What every recipe has: a recipe is the common shape of a task, and its `task()` is the task."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from harness.tasks.base import (
    Builder,
    Candidates,
    NaiveAnswer,
    OverVariants,
    Profile,
    PublishedFigure,
    Variant,
)

EVERYWHERE = ("became_nan", "nan_outputs", "refused_outputs", "diverged")  # findings that fit every training


@dataclass(frozen=True)
class Recipe:
    """The words, variants and sizes of a task; each recipe adds how it runs, is scored and shown.

    `defaults` are the plain arguments of the builder that a variant may change. A recipe that a task refines is a class
    to derive from.
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
