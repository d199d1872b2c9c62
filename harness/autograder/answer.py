"""From a submission to the file that a platform reads; it is written at the end, or not at all."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.autograder import classroom50, gradescope
from harness.autograder.examine import Examined, Place, examine
from harness.autograder.settings import Settings, read_settings
from harness.autograder.summary import summary
from harness.course.found import Course, find_course
from harness.errors import UsageError, did_you_mean
from harness.files import write_out

GIT_S = 60


@dataclass(frozen=True)
class Asked:
    """Which platform asks, the settings it was packed with, what was handed in, and the files it wants."""

    kind: str
    settings: Path
    work: Path
    out: Path
    card: Path | None = None


@dataclass(frozen=True)
class Answer:
    """What an answer is made from."""

    examined: Examined
    settings: Settings
    course: Course
    asked: Asked
    environment: Mapping[str, str]


def answer(asked: Asked, environment: Mapping[str, str]) -> None:
    """Examine and write what the platform reads. Raises what `examine` raises, and then nothing is written."""
    if asked.kind not in WRITTEN:
        raise UsageError(f"There is no autograder {asked.kind!r}.{did_you_mean(asked.kind, WRITTEN)}")
    settings, packed = read_settings(_text(asked.settings)), asked.settings.resolve().parent
    with tempfile.TemporaryDirectory(prefix="harness-autograder-") as folder:
        course = _course(packed / "course", Path(folder) / "course")
        examined = examine(settings, Place(asked.work.resolve(), packed / "rubrics", Path(folder) / "out", course))
        text = WRITTEN[asked.kind](Answer(examined, settings, course, asked, environment))
    if asked.card and examined.card:
        write_out(asked.card, examined.card.encode("utf-8", "replace"))
    write_out(asked.out, text.encode("utf-8", "replace"))


def _course(packed: Path, beside: Path) -> Course:
    """Return the course that was packed; from a copy, as on GitHub it lies among what is checked."""
    return find_course(Path(shutil.copytree(packed, beside)), beside) if packed.is_dir() else Course()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Expected the settings of an autograder in {path}, received {error.strerror}.") from error


def _gradescope(made: Answer) -> str:
    return _json(gradescope.results(made.examined, made.settings, made.course.tasks))


def _classroom50(made: Answer) -> str:
    return _json(classroom50.result(made.examined, made.environment, _committed(made.asked.work)))


def _github(made: Answer) -> str:
    return summary(made.examined)


def _json(page: object) -> str:
    return json.dumps(page, allow_nan=False, ensure_ascii=False, indent=1) + "\n"


def _committed(work: Path) -> str:
    """Return when the commit that is checked out was made, so that grading it again gives the same time."""
    command = ["git", "-c", "safe.directory=*", "-C", str(work), "log", "-1", "--no-show-signature", "--format=%cI"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"Expected git to tell the time of the commit, received {type(error).__name__}.") from error
    return done.stdout.strip()


WRITTEN: Mapping[str, Callable[[Answer], str]] = {
    "gradescope": _gradescope,
    "classroom50": _classroom50,
    "github": _github,
}
