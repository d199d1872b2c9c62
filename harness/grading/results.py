"""What grading hands to the report: marks per criterion, task, student and class."""

from pydantic import Field

from harness.records.models import Fault, Frozen, Measurement, Status


class CriterionResult(Frozen):
    """One criterion, decided.

    `value` is the median over seeds of the measured quantity (for a comparison: the advantage over the other
    variant, positive is better); `values` holds every seed's. `earned` is None while a person has still to mark it.
    `reason` is one sentence: why these marks. `hint` is what to try next.
    """

    id: str
    text: str
    status: Status
    points: float
    earned: float | None
    measure: str = ""
    over: str = ""
    better: str = ""
    unit: str = ""
    value: float | None = None
    values: list[float] = Field(default_factory=list)
    target: float | None = None
    floor: float | None = None
    reference: float | None = None
    reason: str = ""
    hint: str = ""
    manual: bool = False
    hidden: bool = False


class Finding(Frozen):
    """A likely mistake named from recorded curves and outputs. It costs no marks."""

    variant: str
    title: str
    evidence: str
    next_step: str


class TaskResult(Frozen):
    """One student's result in one task. `possible` counts automatically decided points only.

    Of `source_bytes`, `data_bytes` are literals and comments.
    """

    task: str
    title: str
    profile: str
    status: Status
    earned: float
    possible: float
    manual_points: float
    fault: Fault | None
    criteria: list[CriterionResult]
    measurements: list[Measurement]
    findings: list[Finding]
    source_bytes: int = 0
    data_bytes: int = 0


class StudentResult(Frozen):
    """One submission. `name` is as handed in (untrusted text); `slug` is safe in file names and unique."""

    name: str
    slug: str
    source: str
    fault: Fault | None
    notes: list[str] = Field(default_factory=list)
    tasks: list[TaskResult]


class ClassResult(Frozen):
    """A whole class. `complete` is False while grading goes on or after an interruption."""

    schema_version: int = 1
    title: str
    created: str
    harness: str
    profile: str
    seeds: list[int]
    complete: bool
    published: bool = False
    seconds: float
    students: list[StudentResult]
