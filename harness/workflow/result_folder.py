"""A result folder before it is written into: who was graded there, what of it can be read, and whose slug is whose."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from harness.errors import ResultsError, UsageError
from harness.intake.submission import Submission
from harness.records.mending import ASIDE, mend
from harness.records.models import Measurement
from harness.records.network import check_local
from harness.records.roster import Person, enter, people_of
from harness.records.store import Records, sole_run
from harness.report.files import read_results
from harness.workflow.collect import all_keys, keys_of
from harness.workflow.joining import named
from harness.workflow.options import Options
from harness.workflow.place import Tell
from harness.workflow.plan import ClassPlan, StudentEntry
from harness.workflow.roster import Known, assigned, known_from
from harness.workflow.stored import kept_plan


def check_places(submissions: Path, out: Path) -> None:
    """Raise UsageError where results would lie among the submissions and be taken for students, or on no local disk."""
    check_local(out)
    if out.expanduser().resolve() == submissions.expanduser().resolve():
        raise UsageError(
            f"Expected another folder for the results than {out}, which holds the submissions: its cards and records"
            " would be taken for students; name another --out."
        )


def records_for(out: Path, tell: Tell) -> Records:
    """Return the records of a folder to grade into, mended where they are damaged. Raises ResultsError."""
    if (out / "records").is_dir():
        with sole_run(out):
            if mend(out):
                tell(
                    f"The records in {out} were damaged: what could be read of them is kept, the damaged file is"
                    f" records/{ASIDE}, and what is missing is made anew."
                )
    records = Records(out)
    records.sweep()
    return records


def before_in(out: Path, records: Records) -> ClassPlan | None:
    """Return the plan of the class graded into `out` before; None if there was none.

    Of one that is damaged the results still tell who was in it. Raises ResultsError where these are damaged, too.
    """
    try:
        return kept_plan(records)
    except ValidationError:
        return None if not (out / "results.json").is_file() else _without_plan(out)


def _without_plan(out: Path) -> ClassPlan:
    """Return a plan that knows who was in a class, and nothing of what was measured."""
    result = read_results(out / "results.json")
    students = [StudentEntry(name=s.name, slug=s.slug, notes=[], fault=None, tasks=[]) for s in result.students]
    return ClassPlan(
        title=result.title,
        created=result.created,
        profile=result.profile,
        seeds=result.seeds,
        tasks=[],
        provenance={},
        given={},
        students=students,
        scale=result.scale,
    )


def joins(before: ClassPlan | None, handed_in: Sequence[Submission], options: Options) -> ClassPlan | None:
    """Return the plan that the submissions join; None where they are the whole class.

    Raises ResultsError where a plan is damaged and somebody of it is not among them, who would be lost.
    """
    if before is None or options.replace:
        return None
    if before.tasks or not before.students:
        return before
    here = {s.slug for s in handed_in}
    if left := [s for s in before.students if s.slug not in here]:
        raise ResultsError(
            f"Expected the plan of the class in {options.out}, received a damaged one: hand in the whole class again,"
            f" with {named(left)}, or say --replace to take them out."
        )
    return None


def under_their_slugs(
    handed_in: Sequence[Submission], before: ClassPlan | None, options: Options, tell: Tell
) -> list[Submission]:
    """Return the submissions under the slugs that their people have in this folder, and keep those of newcomers."""
    tasks = tuple(options.registry)
    people = known_from(people_of(options.out), before)
    gone = {}
    if options.replace and before:
        gone = {s.slug: frozenset((t.task, t.source) for t in s.tasks if t.source) for s in before.students}
    found = assigned(handed_in, Known(people, gone), tasks)
    enter(options.out, [*people, *(Person(entry=s.entry, slug=s.slug, name=s.name) for s in found.submissions)])
    for old, new in found.renamed:
        tell(f"{new} handed in the very work of {old}, who is gone: taken for the same person, with all marks.")
    if options.replace and before:
        here = {s.slug for s in found.submissions}
        if out := [s for s in before.students if s.slug not in here]:
            n = len(out)
            tell(f"Taken out of the class, as asked for: {named(out)} ({n:,} of {len(before.students):,}).")
    return [*found.submissions]


def stored_plan(records: Records, out: Path) -> ClassPlan:
    """Return the plan of the class graded into `out`; raises ResultsError if it holds none that can be read."""
    try:
        if plan := kept_plan(records):
            return plan
        raise ResultsError(f"Expected a graded class in {out}, found none; run `harness grade` first.")
    except ValidationError as error:
        raise ResultsError(
            f"Expected the plan of a class in {out}, received a damaged one; run `harness grade` into it again."
        ) from error


def whole_records(plan: ClassPlan, records: Records, out: Path) -> dict[str, Measurement]:
    """Return what was measured of a class. Raises ResultsError if any of it is damaged or gone: marks would differ."""
    have = records.find(all_keys(plan))
    missing = plan.recorded - len(have)
    if missing > 0 or records.damage & {*all_keys(plan)}:
        whose = [s for s in plan.everyone if any(k not in have for e in s.tasks for k in keys_of(plan, e))]
        n = max(missing, len(records.damage))
        what = "1 measurement" if n == 1 else f"{n:,} measurements"
        raise ResultsError(
            f"Expected all that was measured of the class in {out}, but {what} of it {'is' if n == 1 else 'are'}"
            f" damaged or gone ({named(whose) or 'of the harness'}); run the same `harness grade` again, which makes"
            " them anew."
        )
    return have
