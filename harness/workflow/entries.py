"""Planning one submission: the tasks it is graded in, and the key of every record that it needs."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from harness.intake.submission import Submission
from harness.records.models import GIVEN, Fault
from harness.task import Variant
from harness.workflow.candidates import with_candidates
from harness.workflow.plan import Only, StudentEntry, TaskEntry, slot
from harness.workflow.planned import CONTRACT, PlannedTask
from harness.workflow.seeding import Seeds


def student_entry(
    submission: Submission,
    contexts: Mapping[str, PlannedTask],
    asked: Sequence[str],
    known: Sequence[str],
    seeds: Mapping[str, Seeds],
    only: Only | None = None,
) -> StudentEntry:
    """Plan one submission: in the tasks asked for, or else in every known task it has a file for."""
    found = submission.tasks(known)
    tasks = [t for t in dict.fromkeys(asked or found) if t in contexts]
    fault = submission.fault
    if fault is None and not tasks:
        expected = ", ".join(f"{name}.py" for name in known)
        fault = intake_fault(
            f"Expected a file named after a task ({expected}, or .ipynb for a notebook), found none; rename yours."
        )
    some = {t: (only or {}).get((submission.name, t)) for t in tasks}
    if fault is None:
        entries = [task_entry(submission, contexts[t], known, seeds[t], some[t]) for t in tasks]
    else:  # what was asked for counts with no points; of the others nobody knows whether they were meant
        entries = [absent_entry(task, fault) for task in tasks if task in asked]
    remarks = [*dict.fromkeys(said for entry in entries for said in submission.remarks(entry.task, known))]
    return StudentEntry(
        name=submission.name,
        slug=submission.slug,
        notes=[*submission.notes, *remarks],
        remarks=remarks,
        fault=fault,
        tasks=entries,
        wish=submission.pseudonym,
    )


def task_entry(
    submission: Submission,
    context: PlannedTask,
    known: Sequence[str],
    seeds: Seeds,
    only: Collection[str] | None = None,
) -> TaskEntry:
    """Plan one submission in one task; `only` names the variants to train, None for all of them."""
    name = context.task.name
    if f"{name}.py" not in submission.files:
        expected = f"Expected a file {name}.py or {name}.ipynb at the top of the submission, found none"
        return absent_entry(name, intake_fault(f"{expected}; the task was asked for and counts with no points."))
    source = submission.source_hash(name, known)
    size = submission.size(name, known)
    wanted = None if only is None else with_candidates(context.task, only)
    variants = [v for v in trained(context) if wanted is None or v.name in wanted]
    fixed = [v.name for v in variants if not v.chosen_by]
    keys, spare = (keys_under(context, source, fixed, some) for some in (seeds.first, seeds.spare))
    return TaskEntry(
        task=name,
        source=source,
        contract=context.key(source, CONTRACT, seeds.first[0]),
        keys=keys,
        spare=spare,
        fault=submission.syntax_fault(name, known),
        source_bytes=size.source,
        data_bytes=size.data,
        packed_bytes=size.packed,
        variants=[v.name for v in variants],
        winners=[v.name for v in variants if v.winner],
        seeds=list(seeds.first),
        spare_seeds=list(seeds.spare),
    )


def absent_entry(task: str, fault: Fault) -> TaskEntry:
    """Return the entry of a task that was asked for and for which nothing could be read."""
    return TaskEntry(task=task, source="", contract="", keys={}, fault=fault)


def keys_under(context: PlannedTask, source: str, variants: Iterable[str], seeds: Iterable[int]) -> dict[str, str]:
    several = list(variants)
    return {slot(variant, seed): context.key(source, variant, seed) for seed in seeds for variant in several}


def intake_fault(message: str) -> Fault:
    return Fault(owner="student", kind="intake", step="intake", message=message)


def trained(context: PlannedTask) -> list[Variant]:
    """Return the variants that student code has a part in under this profile."""
    return [v for v in context.task.variants if not v.given and v.under(context.profile.name)]


def given_keys(context: PlannedTask) -> dict[str, str]:
    return {
        v.name: context.key(GIVEN, v.name, 0)
        for v in context.task.variants
        if v.given and v.under(context.profile.name)
    }
