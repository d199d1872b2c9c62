"""The sizes of a task: which data, how much of it, and how long training goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.data.base import Sizes
from harness.task.steps import Limits

__all__ = ["FurtherData", "Profile", "Sizes", "tiny_of"]


ALL = Sizes()  # of every part what the data set has


@dataclass(frozen=True)
class FurtherData:
    """A data set beside the first one of a profile, such as one that a model is moved to."""

    dataset: str
    sizes: Sizes = ALL


@dataclass(frozen=True)
class Profile:
    """A size of the task: `quick` runs offline in about a minute, `full` is what the course reports used.

    `sizes` say how much of the data set is taken; `further` names other sets that `prepare` is handed with it, in
    `Dataset.further`. `settings` are the task's own: an instance of a frozen dataclass of the task, or None.
    """

    name: str
    dataset: str
    epochs: int
    batch_size: int
    limits: Limits
    seeds: int = 1
    sizes: Sizes = ALL
    further: Mapping[str, FurtherData] = field(default_factory=dict)
    settings: Any = None


TINY = Sizes(train=200, val=50, test=100)


def tiny_of(quick: Profile) -> Profile:
    """Return a profile small enough for a test: the quick one with little data and one epoch. No rubric marks it.

    Parts that the quick profile leaves out stay out.
    """
    few = {part: min(size, own) for part, size in TINY.asked() if (own := getattr(quick.sizes, part)) is not None}
    return replace(quick, name="tiny", epochs=1, sizes=replace(quick.sizes, **few))
