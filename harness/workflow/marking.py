"""From the records of a class to its marks. Nothing here trains."""

from collections import Counter
from collections.abc import Iterator, Sequence

from harness import __version__
from harness.diagnosis import findings
from harness.errors import HarnessError
from harness.grading.by_hand import student_by_hand
from harness.grading.decisions import more_seeds
from harness.grading.marks import task_result
from harness.grading.passing import judge
from harness.grading.people import under_rules, without_submission
from harness.grading.reference import reference_runs
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.records.models import Finding, Newest
from harness.report.words.text import count
from harness.workflow.measured import Measured
from harness.workflow.plan import StudentEntry, TaskEntry
from harness.workflow.standards import Standards
from harness.workflow.with_reference import beside_reference

LONGEST = 200  # characters that are quoted of an exception


def mark_class(
    measured: Measured, standards: Standards, *, revealed: bool, by_hand: Newest | None = None
) -> ClassResult:
    """Mark every student from what is recorded, and from what people decided; what is missing was not run."""
    students = [mark_student(s, measured, standards) for s in measured.plan.students]
    return class_result(measured, students, standards, revealed=revealed, by_hand=by_hand)


def class_result(
    measured: Measured,
    students: Sequence[StudentResult],
    standards: Standards,
    *,
    revealed: bool,
    by_hand: Newest | None = None,
) -> ClassResult:
    """Put together what the students of a class got, with what people decided."""
    plan, rules = measured.plan, standards.rules
    reference = mark_student(plan.reference, measured, standards) if plan.reference else None
    decided = [student_by_hand(s, by_hand or {}, plan.scale) for s in students]
    found = [under_rules(s, rules, plan.scale) for s in decided]
    return ClassResult(
        title=plan.title,
        created=plan.created,
        harness=__version__,
        profile=plan.profile,
        seeds=plan.seeds,
        complete=all(measured.complete(e) for s in plan.everyone for e in s.tasks),
        revealed=revealed,
        seconds=plan.seconds,
        extra_trainings=measured.extra_trainings(),
        references={name: reference_runs(baseline) for name, baseline in standards.baselines.items()},
        scale=plan.scale,
        students=beside_reference(found, reference),
        reference=reference,
        missing=[without_submission(member, plan.scale) for member in rules.missing],
        ruled=rules.given,
        remarks=[*rules.remarks, *_failed_rules(students)],
    )


def more_seeds_for(entry: TaskEntry, measured: Measured, standards: Standards) -> dict[str, str]:
    """Return the variants of a submission that what was measured so far leaves in doubt, with the reason."""
    return more_seeds(
        standards.rubrics[entry.task],
        measured.task(entry, standards.tasks[entry.task]),
        measured.plan.profile,
        measured.of(entry),
        baseline=standards.baselines[entry.task],
        task_fault=measured.fault(entry),
    )


def mark_student(student: StudentEntry, measured: Measured, standards: Standards) -> StudentResult:
    """Mark one student in every task from what is recorded."""
    results = [mark_entry(entry, measured, standards) for entry in student.tasks]
    source = student.tasks[0].source if student.tasks else ""
    return StudentResult(
        name=student.name,
        slug=student.slug,
        source=source,
        fault=student.fault,
        notes=student.notes,
        remarks=student.remarks,
        tasks=results,
        judgement=judge(student.fault, results, measured.plan.scale),
        pseudonym=student.pseudonym,
    )


def mark_entry(entry: TaskEntry, measured: Measured, standards: Standards) -> TaskResult:
    """Mark one submission in one task, and add what its measurements show and where they come from.

    A rule of a finding that raises costs its finding alone.
    """
    task, measurements = standards.tasks[entry.task], measured.of(entry)
    failed = dict[str, str]()

    def note(rule: str, error: Exception) -> None:
        said = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
        failed.setdefault(rule, " ".join(said.split())[:LONGEST].rstrip("."))

    result = task_result(
        standards.rubrics[entry.task],
        measured.task(entry, task),
        measured.plan.profile,
        measurements,
        baseline=standards.baselines[entry.task],
        task_fault=measured.fault(entry),
        can_ask=bool(entry.spare_seeds or entry.spare),
    )
    return result.model_copy(
        update={
            "findings": _told(result.findings, findings(task, measurements, note)),
            "failed_rules": failed,
            "source": entry.source,
            "source_bytes": entry.source_bytes,
            "data_bytes": entry.data_bytes,
            "packed_bytes": entry.packed_bytes,
            "contract": entry.contract,
            "extra": measured.asked_for(entry),
        }
    )


def _told(certain: Sequence[Finding], likely: Sequence[Finding]) -> list[Finding]:
    """Return one finding a variant: what costs marks, unless a rule says the same with more about it."""
    costs, more = {f.variant: f for f in certain}, {f.variant: f for f in likely}
    known = {v: more[v] if v in more and more[v].title == f.title else f for v, f in costs.items()}
    return list({**more, **known}.values())


def _failed_rules(students: Sequence[StudentResult]) -> Iterator[str]:
    """Yield a sentence for each rule of a finding that raised, with the first exception."""
    tasks = [task for student in students for task in student.tasks]
    times = Counter((task.task, rule) for task in tasks for rule in task.failed_rules)
    for (name, rule), n in times.items():
        error = next(task.failed_rules[rule] for task in tasks if task.task == name and rule in task.failed_rules)
        yield (
            f"The rule {rule} for findings of {name} failed ({error}); the cards of {count(n, 'submission')} lack what"
            " it would say, and no marks hang on it. Mend it, then mark again with `harness regrade`."
        )
