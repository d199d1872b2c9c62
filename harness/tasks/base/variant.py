"""The models that a task compares, and the data that they are made and measured with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from harness.data.base import Dataset

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
    settings join the arguments; where there are fewer candidates, the variant is not there. What else the task has to
    know of a variant is its `kind`: an instance of a frozen dataclass of the task, or None.
    """

    name: str
    text: str
    builder: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    given: bool = False
    learns: bool = True
    candidate: Candidate | None = None
    kind: Any = None


@dataclass(frozen=True)
class TaskData:
    """The arrays of a task under one profile. Names in `hidden` never enter the sandbox."""

    dataset: Dataset
    arrays: Arrays
    hidden: frozenset[str]
