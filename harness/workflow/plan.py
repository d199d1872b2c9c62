"""Who is graded in what: the plan of a class, stored with the records so that it can be marked again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.intake.literals import Size, measure
from harness.intake.submission import Submission
from harness.records.models import GIVEN, Fault, Frozen, Provenance
from harness.tasks.base import Variant
from harness.workflow.context import CONTRACT, TaskContext


class TaskEntry(Frozen):
    """One submission in one task. `keys` holds `variant/seed` to record key; empty when `fault` stops it.

    `data_bytes` of the `source_bytes` are literals and comments.
    """

    task: str
    source: str
    contract: str
    keys: dict[str, str]
    fault: Fault | None = None
    source_bytes: int = 0
    data_bytes: int = 0


class StudentEntry(Frozen):
    name: str
    slug: str
    notes: list[str]
    fault: Fault | None
    tasks: list[TaskEntry]


class ClassPlan(Frozen):
    """A class under one profile. `given` maps a task to the keys of what the harness computes itself."""

    title: str
    created: str
    profile: str
    seeds: list[int]
    tasks: list[str]
    provenance: dict[str, Provenance]
    given: dict[str, dict[str, str]]
    students: list[StudentEntry]
    seconds: float = 0.0


GIVEN_STAGE, CHECKING, TRAINING = range(3)


@dataclass(frozen=True, order=True)
class Unit:
    """One record to make: the contract check of a submission, or one variant under one seed.

    Ordered so that all contract checks come first, and then one student after the other.
    """

    stage: int
    student: int
    position: int
    seed: int
    task: str
    variant: str
    key: str
    source: str


def slot(variant: str, seed: int) -> str:
    return f"{variant}/{seed}"


def student_entry(
    submission: Submission,
    contexts: Mapping[str, TaskContext],
    asked: Sequence[str],
    known: Sequence[str],
    seeds: Sequence[int],
) -> StudentEntry:
    """Plan one submission: in the tasks asked for, or else in every known task it has a file for."""
    found = submission.tasks(known)
    tasks = [t for t in dict.fromkeys(asked or found) if t in contexts]
    fault = submission.fault
    if fault is None and not tasks:
        expected = ", ".join(f"{name}.py" for name in known)
        fault = intake_fault(f"Expected a file named after a task ({expected}), found none; rename yours.")
    entries = [] if fault else [task_entry(submission, contexts[t], known, seeds) for t in tasks]
    sizes = (Size(entry.source_bytes, entry.data_bytes).note(entry.task) for entry in entries)
    notes = [*submission.notes, *filter(None, sizes)]
    return StudentEntry(name=submission.name, slug=submission.slug, notes=notes, fault=fault, tasks=entries)


def task_entry(submission: Submission, context: TaskContext, known: Sequence[str], seeds: Sequence[int]) -> TaskEntry:
    name = context.task.name
    if f"{name}.py" not in submission.files:
        fault = intake_fault(f"Expected a file {name}.py at the top of the submission, found none.")
        return TaskEntry(task=name, source="", contract="", keys={}, fault=fault)
    source = submission.source_hash(name, known)
    size = measure(submission.for_task(name, known))
    keys = {slot(v.name, s): context.key(source, v.name, s) for v in trained(context) for s in seeds}
    return TaskEntry(
        task=name,
        source=source,
        contract=context.key(source, CONTRACT, seeds[0]),
        keys=keys,
        fault=submission.syntax_fault(name, known),
        source_bytes=size.source,
        data_bytes=size.data,
    )


def intake_fault(message: str) -> Fault:
    return Fault(owner="student", kind="intake", step="intake", message=message)


def trained(context: TaskContext) -> list[Variant]:
    """Return the variants that student code has a part in."""
    return [v for v in context.task.variants if not v.given]


def given_keys(context: TaskContext) -> dict[str, str]:
    return {v.name: context.key(GIVEN, v.name, 0) for v in context.task.variants if v.given}


def contract_unit(plan: ClassPlan, student: int, entry: TaskEntry) -> Unit:
    return Unit(CHECKING, student, 0, plan.seeds[0], entry.task, CONTRACT, entry.contract, entry.source)


def given_units(plan: ClassPlan) -> Iterable[Unit]:
    for task, keys in plan.given.items():
        for position, (variant, key) in enumerate(keys.items()):
            yield Unit(GIVEN_STAGE, 0, position, 0, task, variant, key, GIVEN)


def variant_units(plan: ClassPlan, student: int, entry: TaskEntry, context: TaskContext) -> list[Unit]:
    """Return the units of one submission in one task, the first variant under the first seed in front."""
    variants = [v.name for v in trained(context)]
    return [
        Unit(
            TRAINING,
            student,
            s * len(variants) + v,
            seed,
            entry.task,
            name,
            entry.keys[slot(name, seed)],
            entry.source,
        )
        for s, seed in enumerate(plan.seeds)
        for v, name in enumerate(variants)
    ]
