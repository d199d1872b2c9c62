"""`harness course new`: a course that works, and a task in it by recipe; nothing there is ever overwritten."""

import shutil
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from string import Template

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness import shipped
from harness import tasks as shipped_tasks
from harness.course.course_file import NAME, SCHEMA, read_course_file
from harness.course.registry import NAME as TASK_NAME
from harness.course.registry import task_files
from harness.course.samples import SAMPLES
from harness.course.split import packed
from harness.errors import CourseError, UsageError, did_you_mean
from harness.files import atomic, write_new
from harness.records.files import writing

STARTS = Path(__file__).resolve().parent / "starts"
TEXTS = {  # of each recipe: the text it starts from, and its place in the course
    "task.py.txt": "tasks/{name}.py",
    "reference.py.txt": "reference_models/{name}.py",
    "template.py.txt": "student_template/{name}.py",
    "rubric.yaml.txt": "rubrics/{name}.yaml",
    "mistake.py.txt": "mistakes/{name}/typical.py",
}


def recipes() -> list[str]:
    """Return the recipes that a task can start from."""
    return sorted(folder.name for folder in STARTS.iterdir() if folder.is_dir())


def new_course(folder: Path, task: str = "", recipe: str = "classifier") -> list[Path]:
    """Write a course into `folder`, or a further task into the one that is there; return what was written.

    Raises UsageError for a wrong name or recipe, and where a file is there already, ResultsError where one cannot be
    written; then nothing is.
    """
    if task:
        _check_task(folder, task, recipe)
    exists = (folder / NAME).is_file()
    if exists and not task:
        raise UsageError(f"Expected no {NAME} in '{folder}', found one; name a --task to add to the course.")
    files = {} if exists else _course(folder, task)
    files |= _task(folder, task, recipe) if task else {}
    if there := [path for path in files if path.exists()]:
        raise UsageError(f"Expected no {there[0]}, found one; nothing is overwritten, so move it away first.")
    files |= _sample(folder, task, recipe) if task else {}
    _write(files, folder / NAME, _with_task(folder / NAME, task) if exists else b"")
    return list(files)


def _write(files: Mapping[Path, bytes], course: Path, now: bytes) -> None:
    """Write new files, and what the course file is to hold now, if anything: all of it or nothing."""
    if not now:
        write_new(files)
        return
    with writing(course.parent), atomic(course.resolve()) as file:  # it takes its place when all else is there
        file.write(now)
        file.flush()
        shutil.copymode(course, file.name)
        write_new(files)


def _check_task(folder: Path, task: str, recipe: str) -> None:
    if not TASK_NAME.fullmatch(task):
        raise UsageError(
            f"Expected a task to be named in lower-case letters, digits and _, beginning with a letter; received"
            f" {task!r}."
        )
    if task in shipped_tasks.names():
        raise UsageError(f"Expected a name of your own for the task, received {task!r}, which the harness has already.")
    if task in task_files(folder / "tasks"):
        raise UsageError(f"Expected the name of a new task, received {task!r}, which is in {folder / 'tasks'} already.")
    if recipe not in recipes():
        raise UsageError(f"There is no recipe {recipe!r}.{did_you_mean(recipe, recipes())}")


def _course(folder: Path, task: str) -> dict[Path, bytes]:
    words = {"title": _title(folder.resolve().name), "name": task}
    text = _filled(STARTS / "course.yaml.txt", words)
    text = text if task else text.replace("tasks: []\n", "# tasks: []\n")
    schemas = {name: (shipped.folder("rubrics") / name).read_bytes() for name in (SCHEMA, "rubric.schema.json")}
    return {
        folder / NAME: text.encode(),
        folder / SCHEMA: schemas[SCHEMA],
        folder / "rubrics" / "rubric.schema.json": schemas["rubric.schema.json"],
    }


def _task(folder: Path, name: str, recipe: str) -> dict[Path, bytes]:
    words = {"name": name, "title": _title(name)}
    texts = ((STARTS / recipe / text, folder / place.format(name=name)) for text, place in TEXTS.items())
    return {path: _filled(text, words).encode() for text, path in texts if text.is_file()}


def _sample(folder: Path, name: str, recipe: str) -> dict[Path, bytes]:
    """Return the data set of a new task, unless one of its name is there; some learn from what is shipped."""
    file = folder / "data" / f"{name}.npz"
    if recipe not in SAMPLES or file.exists() or (folder / "data" / name).exists():
        return {}
    return {file: packed(SAMPLES[recipe]())}


def _filled(text: Path, words: dict[str, str]) -> str:
    return Template(text.read_text(encoding="utf-8")).substitute(words)


def _title(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()).replace('"', "").replace("\\", "")
    return words[:1].upper() + words[1:] or "A course"


def _with_task(file: Path, task: str) -> bytes:
    """Return the course file with a task added to those in use, comments and order kept; nothing if it lists none."""
    says, _ = read_course_file(file)
    if says.tasks is None:
        return b""
    yaml, out = YAML(), BytesIO()
    yaml.preserve_quotes = True
    try:
        body = yaml.load(file.read_text(encoding="utf-8"))
        body["tasks"].append(task)
        yaml.dump(body, out)
    except (OSError, YAMLError) as error:
        raise CourseError(f"{file}:1: the task {task!r} cannot be added to 'tasks' here ({error}); add it.") from None
    return out.getvalue()
