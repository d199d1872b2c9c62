"""The sizes of a task: which data, how much of it, and how long training goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from harness.data.base import Sizes
from harness.task.steps import Limits

__all__ = ["FurtherData", "Profile", "Sizes", "brief", "tiny_of"]

ASKED: Final = 10  # so many times what asking may take, a training may

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

    @property
    def asking(self) -> Limits:
        """Return what a step may use in which nothing is trained, so that a function that hangs holds up nobody long.

        A tenth of the seconds of a training, which `limits` allow, or what is brief if that is more.
        """
        training, least = self.limits, brief(self.limits.memory_mb)
        wall_s = min(training.wall_s, max(least.wall_s, training.wall_s / ASKED))
        cpu_s = min(training.cpu_s, max(least.cpu_s, training.cpu_s / ASKED))
        return Limits(wall_s, cpu_s, training.memory_mb)


def brief(memory_mb: int) -> Limits:
    """Return what a step may use that only calls functions or builds models."""
    return Limits(wall_s=45, cpu_s=10, memory_mb=memory_mb)


TINY = Sizes(train=200, val=50, test=100)


def tiny_of(quick: Profile) -> Profile:
    """Return a profile small enough for a test: the quick one with little data and one epoch. No rubric marks it.

    Parts that the quick profile leaves out stay out.
    """
    few = {part: min(size, own) for part, size in TINY.asked() if (own := getattr(quick.sizes, part)) is not None}
    return replace(quick, name="tiny", epochs=1, sizes=replace(quick.sizes, **few))
