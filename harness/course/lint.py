"""What is wrong with a course before anything is trained: every mistake that can be read from its files and data."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from harness import diagnosis
from harness import tasks as shipped_tasks
from harness.course.course_file import NAME
from harness.course.found import Course
from harness.course.registry import NAME as TASK_NAME
from harness.course.registry import task_files
from harness.data.folders import Folders, data_dir, folders
from harness.data.load import find
from harness.errors import HarnessError, did_you_mean
from harness.grading.rubric import load_rubric
from harness.task import Task, VariantRun
from harness.workflow.context import load_profile
from harness.workflow.flawed import read_flawed

ROOMS = {"reference_models": ".py", "student_template": ".py", "rubrics": ".yaml"}
NO_TASK = {"test_self_check.py"}
SUMMARY = 80  # characters: a student needs to know what is built and what is compared


def lint(course: Course, names: Iterable[str], data: Path | None) -> list[str]:
    """Return what is wrong with the tasks named and with the files of a course, a sentence each; nothing is trained.

    `data` is the data folder beside the course's own.
    """
    found = [] if course.folder is None else list(_stray_files(course, course.folder))
    for name in names:
        found += _first(partial(_of_task, course, name, data))
    return list(dict.fromkeys(found))


def _first(check: Callable[[], Iterable[str]]) -> list[str]:
    """Return what a check found, or the sentence of the error that stopped it."""
    try:
        return list(check())
    except HarnessError as error:
        return [str(error)]


def _of_task(course: Course, name: str, data: Path | None) -> Iterator[str]:
    task = course.tasks[name]
    if len(task.summary) <= SUMMARY:
        yield f"{name}: expected a summary of more than {SUMMARY} characters, received {len(task.summary)}; say more."
    if "quick" not in task.profiles:
        yield f"{name}: expected a profile 'quick', the one that is used offline.{did_you_mean('quick', task.profiles)}"
    if wrong := course.says.profile not in task.profiles:
        hint = did_you_mean(course.says.profile, task.profiles)
        yield f"{name}: there is no profile {course.says.profile!r}, which {NAME} asks for.{hint}"
    yield from _unknown_measures(task)
    yield from _first(lambda: _findings(task))
    if course.folder and course.says.handout is None:
        yield from _signatures(course, task, "reference_models")
        if not wrong:
            yield from _first(lambda: _mistakes(course, task))
    yield from _signatures(course, task, "student_template")
    yield from _first(lambda: _rubric(course, task))
    yield from _data(course, task, data)


def _unknown_measures(task: Task) -> Iterator[str]:
    """Yield what cites a variant or measure that the task does not have."""
    known = task.measure_names()
    cited = [(p.measure, f"published ({p.source})") for p in task.published]
    cited += [(m, f"naive ({n.answer})") for n in task.naive for m in (n.measure, n.measured) if m]
    cited += [(need, f"overall ({m.name})") for m in task.overall for need in m.needs]
    for measure, where in cited:
        if measure not in known:
            hint = did_you_mean(measure, known)
            yield f"{task.name}: {where} names {measure!r}, which is not measured.{hint if 'Did' in hint else ''}"


def _findings(task: Task) -> list[str]:
    diagnosis.check(task)
    return []


def _signatures(course: Course, task: Task, room: str) -> Iterator[str]:
    file = course.rooms.file(room, f"{task.name}.py")
    if not file.is_file():
        yield f"{file}:1: expected this file, found none; write it first."
        return
    try:
        tree = ast.parse(file.read_bytes())
    except SyntaxError as error:
        yield f"{file}:{error.lineno or 1}: this is not Python ({error.msg}); correct the line."
        return
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    for builder in task.builders:
        wanted, node = [a.name for a in builder.arguments], functions.get(builder.name)
        if node is None:
            hint = did_you_mean(builder.name, functions)
            yield from [] if builder.optional else [f"{file}:1: expected a function {builder.name}, found none.{hint}"]
        elif (given := [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]) != wanted:
            yield f"{file}:{node.lineno}: expected {builder.name}({', '.join(wanted)}), received ({', '.join(given)})."
    if room == "student_template" and "TODO" not in file.read_text(encoding="utf-8"):
        yield f"{file}:1: expected a TODO that says where a student goes on, found none."


def _rubric(course: Course, task: Task) -> list[str]:
    """Return what is wrong with a rubric. Bands that are missing are told of one that the course wrote itself.

    A task of the harness is used in one profile; only its bands have to be there.
    """
    file = course.rooms.file("rubrics", f"{task.name}.yaml")
    if not file.is_file():
        return [f"{file}:1: expected this rubric, found none; write it first."]
    marked = [c for c in load_rubric(file, task).criteria if not c.manual]
    ours = course.folder is not None and file.is_relative_to(course.folder)
    asked = (
        (p for p in task.profiles if task.name in course.rooms.own_tasks or p == course.says.profile) if ours else ()
    )
    bare = [(c.id, profile) for profile in asked for c in marked if c.band(profile) is None]
    return [f"{file}:1: the criterion {name!r} has no band for the profile {profile!r}." for name, profile in bare]


def _mistakes(course: Course, task: Task) -> list[str]:
    rubric = load_rubric(course.rooms.file("rubrics", f"{task.name}.yaml"), task)
    for folder in course.rooms.folders("mistakes", task.name):
        read_flawed(folder, task.name, rubric, course.says.profile)
    return []


def _data(course: Course, task: Task, data: Path | None) -> Iterator[str]:
    """Yield what is wrong with data: the quick profile's is read and prepared, that of others has to be somewhere.

    A task of the harness is used in one profile; only its data have to be there.
    """
    places = folders(data_dir(data), course.data)
    own = task.name in course.rooms.own_tasks
    for profile in (p for name, p in task.profiles.items() if own or name == course.says.profile):
        names = [profile.dataset, *(more.dataset for more in profile.further.values())]
        yield from (f"{task.name}: {s}" for name in names for s in _first(partial(_nowhere, name, places)))
    if "quick" in task.profiles:
        yield from (f"{task.name}: {s}" for s in _first(lambda: _prepared(course, task, data, own=own)))


def _nowhere(name: str, places: Folders) -> list[str]:
    where = find(name, places)
    return [f"the data set {name!r} is nowhere; put it into data/."] if where == "nowhere" else []


def _prepared(course: Course, task: Task, data: Path | None, *, own: bool) -> list[str]:
    """Return what is wrong with the steps on the quick profile's data; functions of an `own` task are called once."""
    profile = task.profile("quick")
    made = task.prepare(load_profile(profile, data_dir(data), course.data), profile)
    found = [] if made.hidden else ["nothing is hidden from students; name the labels of the test part in `hidden`."]
    for variant in task.trained():
        there = set(made.arrays) - made.hidden
        if own:
            task.call(profile, variant, made)
            task.score(VariantRun(profile, variant, made, {}))  # as after a step that failed
        for step in task.steps(profile, variant, made):
            if missing := sorted(set(step.inputs) - there):
                found.append(
                    f"the step {step.name!r} of {variant.name!r} takes {missing}, which are hidden or not there."
                )
            there |= {output.name for output in step.outputs}
    return list(dict.fromkeys(found))


def _stray_files(course: Course, folder: Path) -> Iterator[str]:
    """Yield files that would be passed over because of their name."""
    own = task_files(folder / "tasks")
    known = {*course.tasks, *own, *shipped_tasks.names()}
    for name in own:
        if name not in course.tasks:
            yield f"{own[name]}:1: the task {name!r} is not in use; add it to 'tasks' in {NAME}, or take it away."
    for path in sorted((folder / "tasks").glob("*")):
        if path.name.startswith((".", "_")) or path.stem in own:
            continue
        why = "has no task.py" if path.is_dir() and TASK_NAME.fullmatch(path.name) else "has no name of a task"
        yield f"{path}:1: this {why}; call it NAME.py or NAME/task.py, in lower-case letters, digits and _."
    for room, suffix in ROOMS.items():
        for path in sorted((folder / room).glob(f"*{suffix}")):
            if path.stem not in known and path.name not in NO_TASK and not path.name.startswith((".", "_")):
                yield f"{path}:1: there is no task {path.stem!r}.{did_you_mean(path.stem, known)}"
