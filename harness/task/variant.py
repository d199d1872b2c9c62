"""The models that a task compares, and the data that they are made and measured with."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Self

from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.errors import UsageError

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Candidate:
    """Which candidate of a student's a variant trains: the one at `place`, from 0, in what `function` returned."""

    function: str
    place: int


@dataclass(frozen=True)
class Variant:
    """One of the models the task compares. A `given` variant is computed by the harness, not by the student.

    `learns` is False where a variant is there to show that nothing is learnt. With a `candidate`, the student's
    settings join the arguments; where there are fewer candidates, the variant is not there. `profiles` are those under
    which it is there, all where none is named. What else a task has to know of its variants are fields of a frozen
    dataclass of its own, derived from this one.
    """

    name: str
    text: str
    builder: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    given: bool = False
    learns: bool = True
    candidate: Candidate | None = None
    profiles: tuple[str, ...] = ()

    def under(self, profile: str) -> bool:
        """Say whether this variant is there under a profile."""
        return not self.profiles or profile in self.profiles

    @classmethod
    def of(cls, variant: "Variant") -> Self:
        """Return a variant as one of this class; raises UsageError for one of another."""
        if isinstance(variant, cls):
            return variant
        own = {f.name for f in fields(cls) if f.default is MISSING} - {f.name for f in fields(Variant)}
        further = "".join(f", {name}=..." for name in sorted(own))
        raise UsageError(
            f"Expected the variant {variant.name!r} to be a {cls.__name__}, received a {type(variant).__name__};"
            f" write {cls.__name__}({variant.name!r}, ...{further})."
        )


@dataclass(frozen=True)
class TaskData:
    """The arrays of a task under one profile. Names in `hidden` never enter the sandbox."""

    dataset: Dataset
    arrays: Arrays
    hidden: frozenset[str]
