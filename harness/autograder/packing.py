"""The zip of an autograder: the harness, its requirements, the rubrics and the platform's own files. No answers.

Reference models, mistakes and keys are never in it. Where students can read the zip, hidden criteria stay out as well.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness import __version__
from harness.autograder.settings import FILE, Settings
from harness.autograder.wheel import DATED, own_wheel, requirements, rubric_text
from harness.autograder.wheel import FILE as WHEEL
from harness.course.found import Course
from harness.course.handout import write_handout
from harness.errors import UsageError, did_you_mean
from harness.task import Task

FILES = Path(__file__).parent / "files"
RUNS = 0o755
PLAIN = 0o644
SPARE_S = 45  # between the harness's own end and the platform's


@dataclass(frozen=True)
class Kind:
    """A platform's autograder: its own files by their names in the zip, where the common ones lie, and who reads it.

    `public` says that students may read what is in the zip.
    """

    name: str
    files: Mapping[str, str]
    folder: str
    public: bool
    runs: frozenset[str] = frozenset()


GRADESCOPE = Kind(
    "gradescope",
    {"setup.sh": "setup.sh", "run_autograder": "run_autograder"},
    "",
    public=False,
    runs=frozenset({"setup.sh", "run_autograder"}),
)
CLASSROOM50 = Kind("classroom50", {"autograder.py": "autograder.py.txt"}, "", public=True)
GITHUB = Kind("github", {".github/workflows/harness.yml": "workflow.yml"}, ".github/harness/", public=True)


def pack(kind: Kind, settings: Settings, course: Course, rubrics: Path | None = None) -> bytes:
    """Return the zip. Raises UsageError for a task, profile or measure that is not there, and a rubric's errors."""
    tasks = {name: _task(name, course) for name in settings.tasks}
    check(settings, tasks)
    members = {f"{kind.folder}{name}": body for name, body in _common(kind, settings, course, tasks, rubrics)}
    members |= {name: _filled(file, settings) for name, file in kind.files.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, body in sorted(members.items()):
            info = zipfile.ZipInfo(name, DATED)
            info.external_attr = (RUNS if name in kind.runs else PLAIN) << 16
            made.writestr(info, body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _task(name: str, course: Course) -> Task:
    if name not in course.tasks:
        raise UsageError(f"There is no task {name!r}.{did_you_mean(name, course.tasks)}")
    return course.tasks[name]


def check(settings: Settings, tasks: Mapping[str, Task]) -> None:
    """Raise UsageError for a profile or a measure of the leaderboard that the tasks do not have."""
    for task in tasks.values():
        task.profile(settings.profile)
    known = {name for task in tasks.values() for name in task.measure_names()}
    for name in settings.leaderboard:
        if name not in known:
            raise UsageError(f"Expected a measure for the leaderboard, received {name!r}.{did_you_mean(name, known)}")


def _common(
    kind: Kind, settings: Settings, course: Course, tasks: Mapping[str, Task], rubrics: Path | None
) -> Iterator[tuple[str, bytes]]:
    yield FILE, (settings.model_dump_json(indent=1) + "\n").encode()
    yield "requirements.txt", requirements(settings.backend).encode()
    yield f"wheels/{WHEEL}", own_wheel()
    for name, task in tasks.items():
        own = rubrics / f"{name}.yaml" if rubrics else None
        path = own if own and own.is_file() else course.rooms.file("rubrics", f"{name}.yaml")
        yield f"rubrics/{name}.yaml", rubric_text(path, task, hidden=not kind.public)
    if course.folder:
        yield from _handout(course)


def _handout(course: Course) -> Iterator[tuple[str, bytes]]:
    """Yield what students of a course get: its tasks, and the part of its data that is theirs."""
    with tempfile.TemporaryDirectory(prefix="harness-pack-") as folder:
        for path in write_handout(course, Path(folder) / "course").files:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _filled(file: str, settings: Settings) -> bytes:
    text = (FILES / file).read_text(encoding="utf-8")
    seconds = max(30, settings.minutes * 60 - SPARE_S)
    values = {"@SECONDS@": str(seconds), "@MINUTES@": str(settings.minutes), "@VERSION@": __version__}
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text.encode()
