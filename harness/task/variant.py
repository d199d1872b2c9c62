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
class Winner:
    """The best of the candidates that `function` returned: the one whose measure `by` is highest under the same seed.

    Further seeds, which run where one leaves a doubt, train the winner of the first. Of equals the first is taken, and
    a candidate without a finite number comes last.
    """

    function: str
    by: str


@dataclass(frozen=True)
class Variant:
    """One of the models the task compares. A `given` variant is computed by the harness, not by the student.

    `learns` is False where a variant is there to show that nothing is learnt; `shows` names the findings that it is
    there to show, which nobody is told of. With a `candidate`, the student's settings join the arguments; where there
    are fewer candidates, the variant is not there. A `winner` is trained once all candidates are measured, with the
    settings of the best. `profiles` are those under which it is there, all where none is named. Of the functions that
    its builder uses, `uses` names those that this variant needs, where not all. What else a task has to know of its
    variants are fields of a frozen dataclass of its own, derived from this one.
    """

    name: str
    text: str
    builder: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    given: bool = False
    learns: bool = True
    shows: tuple[str, ...] = ()
    candidate: Candidate | None = None
    winner: Winner | None = None
    profiles: tuple[str, ...] = ()
    uses: tuple[str, ...] | None = None

    @property
    def chosen_by(self) -> str:
        """Return the name of the student's function that settings are taken from; empty where none are chosen."""
        return next((one.function for one in (self.candidate, self.winner) if one), "")

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
