"""An appeal bundle: what one student's mark rests on, from the records of a graded class, in one zip."""

import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import harness
from harness.errors import ResultsError
from harness.files import write_out
from harness.grading.by_hand import student_by_hand
from harness.grading.people import behind
from harness.grading.results import ClassResult, StudentResult
from harness.records.hand_marks import read_newest
from harness.records.kept_sources import packed
from harness.records.models import GIVEN
from harness.records.publications import key_given
from harness.records.store import Records
from harness.report.appeal.bundle import Extras, bundle_files
from harness.report.appeal.graded import Graded, graded
from harness.report.pages import cards_of
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.marks import as_shown
from harness.task import Task
from harness.workflow.class_key import kept_key
from harness.workflow.fingerprints import provenance_of
from harness.workflow.keep_sources import sources_of
from harness.workflow.options import registry
from harness.workflow.people import find_person
from harness.workflow.pictures import drawer
from harness.workflow.plan import ClassPlan, StudentEntry
from harness.workflow.preview import results_of
from harness.workflow.result_folder import stored_plan
from harness.workflow.tasks_graded import tasks_graded


@dataclass(frozen=True)
class Bundle:
    """A written bundle and the paths in it."""

    path: Path
    student: str
    files: list[str]


def bundle(
    wanted: str,
    out: Path,
    to: Path | None = None,
    *,
    theme: Theme = PLAIN,
    tasks: Mapping[str, Task] | None = None,
) -> Bundle:
    """Write the appeal bundle of one student of the class graded into `out`; default: `appeal-SLUG.zip` here.

    `wanted` is a name or the slug that names the card. The same class gives the same bytes. The key of the class is in
    it once a publication has given it out; before, only what tells it from others. Raises UsageError if
    nobody or more than one is meant, ResultsError if `out` does not hold what the mark rests on.
    """
    records = Records(out, create=False)
    try:
        plan = stored_plan(records, out)
        result = results_of(plan, out)
        work = {p.slug: s for s in result.students for p in cards_of(s, result)}
        found = find_person(wanted, [p for s in result.students for p in behind(s, result.scale)])
        decided = student_by_hand(work[found.slug], read_newest(out), result.scale)
        student = next(p for p in behind(decided, result.scale) if p.slug == found.slug)
        student = without_paths(student, out)
        entry = entry_of(decided, plan, out)
        needed = tasks_graded([t.task for t in student.tasks], tasks or registry(), out)
        draw = drawer(records, needed)
        seen = [as_shown(task, revealed=result.revealed) for task in student.tasks]
        figures = {task.task: draw(student, task) for task in seen}
        sources = sources_of(entry, records, out)
    finally:
        records.close()
    shown = graded_tasks(result, student, plan, entry, needed)
    key = kept_key(out) if key_given(out) else None
    files = bundle_files(result, student, shown, Extras(sources, figures, key.value if key else ""), theme=theme)
    folder = f"appeal-{student.slug}"
    path = to or Path(f"{folder}.zip")
    write_out(path, packed({f"{folder}/{name}": content for name, content in files.items()}))
    return Bundle(path, student.name, sorted(files))


def entry_of(student: StudentResult, plan: ClassPlan, out: Path) -> StudentEntry:
    """Return the plan of a student; raises ResultsError if what was measured is of another source."""
    entry = next((s for s in plan.students if s.slug == student.slug), None)
    if entry is not None:
        planned = {(t.task, t.source) for t in entry.tasks}
        measured = {(m.task, m.source) for t in student.tasks for m in t.measurements if m.source != GIVEN}
        if measured <= planned and [t.task for t in entry.tasks] == [t.task for t in student.tasks]:
            return entry
    raise ResultsError(
        f"Expected the results and the records in {out} to hold the same work of {student.name!r}, but they differ; run"
        " `harness grade` into it again."
    )


def graded_tasks(
    result: ClassResult, student: StudentResult, plan: ClassPlan, entry: StudentEntry, tasks: Mapping[str, Task]
) -> list[Graded]:
    return [
        graded(
            task,
            tasks[task.task].version,
            plan.seeds,
            provenance_of(plan, planned),
            source=bool(planned.source),
            revealed=result.revealed,
            course=bool(tasks[task.task].files_sha256),
        )
        for task, planned in zip(student.tasks, entry.tasks, strict=True)
    ]


def without_paths(student: StudentResult, out: Path) -> StudentResult:
    """Return the student's results with folders of this machine, which a fault may name, cut out of all text."""
    roots = [out.resolve(), Path.home(), Path.cwd(), Path(tempfile.gettempdir()), Path(sys.prefix)]
    roots.append(Path(harness.__file__).resolve().parent.parent)
    named = sorted({str(r) for r in roots if len(r.parts) > 1}, key=len, reverse=True)
    path = re.compile(rf"(?<![\w.~/-])(?:{'|'.join(map(re.escape, named))})(?![\w.-])[^\s\"'\\,;:)<>]*")
    text = student.model_dump_json()
    return StudentResult.model_validate_json(path.sub("…", text)) if path.search(text) else student
