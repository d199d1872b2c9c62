"""Whether a rubric separates before any student is graded: reference, template, designs and mistakes as one class."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from harness.data.key import REHEARSAL, Key
from harness.errors import UsageError
from harness.grading.goal import variants_of
from harness.grading.rubric_model import Rubric
from harness.grading.separation import Expected, Role, Separation, separate
from harness.records.files import writing
from harness.report.staff_pages.separation import write_separation
from harness.task import Task
from harness.tasks import names
from harness.workflow.class_key import kept_key
from harness.workflow.designs import read_designs
from harness.workflow.flawed import check_folder, read_flawed
from harness.workflow.grade import grade, known_tasks
from harness.workflow.measure import Show
from harness.workflow.options import Options
from harness.workflow.plan import Only
from harness.workflow.rehearsed import RehearsedFile, each_once, seconds_of
from harness.workflow.standards import load_rubrics

SEED = 1  # one seed for all, so that they are compared under the same draw
ROOM_OF = {Role.REFERENCE: "reference_models", Role.TEMPLATE: "student_template"}


def preflight(options: Options, flawed: Path | None, show: Show, *, sparing: bool = False) -> Separation:
    """Grade reference, template, textbook designs and flawed submissions of the tasks asked for (all) as a class.

    They take the path of students' code, under one seed. `flawed` has a folder per task; by default those of the rooms,
    and a task without one is graded with reference, template and designs alone. Designs are trained in what criteria
    ask for. With `sparing` they are not, and flawed ones only as far as each mistake and each criterion meant for one
    is shown once (`rehearsed.each_once`); the other criteria stay open. Writes `preflight.html` beside the reports of
    the class into `options.out`; what is recorded there is not measured again.
    Raises UsageError for a missing file, an unknown task, profile or criterion, or where `options.out` holds a class.
    """
    tasks = known_tasks(options.tasks or options.registry, options.registry)
    for task in tasks.values():
        task.profile(options.profile)
    rubrics = load_rubrics(options.rubrics, tasks, options.rooms)
    given = [flawed] if flawed else options.rooms.folders("mistakes")
    for folder in filter(lambda place: place == flawed or place.is_dir(), [*given, *options.rooms.folders("designs")]):
        check_folder(folder, {*names(), *options.registry, *options.rooms.own_tasks})
    asked = _sparing if sparing else _entries
    entries = [e for name, task in tasks.items() for e in asked(task, rubrics[name], flawed, options)]
    key = options.key or REHEARSAL.under(SEED)
    _check_out(options.out, key)
    chosen = replace(options, tasks=(), seeds=(SEED,), registry=tasks, only=_only(entries), key=key)
    return _graded(entries, chosen, show)


def _check_out(out: Path, key: Key) -> None:
    if kept_key(out) not in (None, key):
        raise UsageError(
            f"Expected a new folder to rehearse in, or that of an earlier rehearsal, received '{out}', which holds a"
            " class that was graded under a key of its own; name another with --out."
        )


def _sparing(task: Task, rubric: Rubric, flawed: Path | None, options: Options) -> list[RehearsedFile]:
    every = _entries(task, rubric, flawed, options)
    return each_once(every, task, rubric, seconds_of(task, options.profile, options.rooms))


def _only(entries: list[RehearsedFile]) -> Only:
    return {(e.expected.name, e.expected.task): e.variants for e in entries if e.variants is not None}


def _entries(task: Task, rubric: Rubric, flawed: Path | None, options: Options) -> list[RehearsedFile]:
    return [
        *_whole_ones(task.name, options),
        *_designs(task, rubric, options),
        *_flawed_ones(task.name, rubric, flawed, options),
    ]


def _whole_ones(task: str, options: Options) -> Iterator[RehearsedFile]:
    for role, room in ROOM_OF.items():
        source = options.rooms.file(room, f"{task}.py")
        if not source.is_file():
            raise UsageError(f"Expected a {role} {source}, found none; write it first.")
        yield RehearsedFile(Expected(name=role.value, task=task, role=role), source)


def _designs(task: Task, rubric: Rubric, options: Options) -> Iterator[RehearsedFile]:
    asked = frozenset[str]().union(*(variants_of(c, task) for c in rubric.criteria))
    for folder in options.rooms.folders("designs", task.name):
        for one in read_designs(folder, task.name):
            expected = Expected(name=one.name, task=task.name, role=Role.DESIGN, mistake=one.manner)
            yield RehearsedFile(expected, one.source, variants=asked)


def _flawed_ones(task: str, rubric: Rubric, flawed: Path | None, options: Options) -> Iterator[RehearsedFile]:
    for folder in [flawed] if flawed else options.rooms.folders("mistakes", task):
        for one in read_flawed(folder, task, rubric, options.profile):
            said = {"mistake": one.mistake, "loses": list(one.loses), "fault": one.fault}
            yield RehearsedFile(Expected(name=one.name, task=task, role=Role.FLAWED, **said), one.source, one.compared)


def _graded(entries: list[RehearsedFile], options: Options, show: Show) -> Separation:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "preflight"
        _write_class(folder, {(e.expected.name, e.expected.task): e.source for e in entries})
        result = grade(folder, options, show)
    for student in result.students:
        if student.fault:
            raise UsageError(f"Expected {student.name} to be a submission that can be read; {student.fault.message}")
    found = separate(result, [e.expected for e in entries])
    write_separation(found, options.out, theme=options.theme)
    return found


def _write_class(folder: Path, sources: Mapping[tuple[str, str], Path]) -> None:
    """Write `folder/NAME/TASK.py` for each submission; one name may be in several tasks."""
    for (name, task), source in sources.items():
        place = folder / name
        with writing(folder):
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{task}.py").write_bytes(source.read_bytes())
