"""Verbs that pack the harness for a platform to run, and the one that the platform runs."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.app import app
from harness.cli.grouped import grouped
from harness.cli.options import CourseFolder, Rubrics, course_at, reported
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.autograder.packing import Kind
    from harness.autograder.settings import Settings

PANEL = "After grading"
autograder = typer.Typer(
    help="Pack the harness as an autograder: for Gradescope, Classroom 50 or GitHub.", no_args_is_help=True
)
app.add_typer(autograder, name="autograder", rich_help_panel=PANEL)

Tasks = Annotated[list[str] | None, typer.Option("--task", "-t", help="Task of the assignment; may be given again.")]
Out = Annotated[Path, typer.Option(metavar="FILE.zip", help="Zip to write.")]


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What an autograder examines, and how large its runs are."""

    task: Tasks = None
    out: Out = Path("autograder.zip")
    contract: Annotated[bool, typer.Option("--contract", help="Only what is checked before training.")] = False
    profile: Annotated[str, typer.Option(help="Size of the training; default: the course's, or quick.")] = ""
    backend: Annotated[str, typer.Option(help="Keras backend to install: tensorflow or jax.")] = "tensorflow"
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long the platform waits for one run.")] = 40
    trust: Annotated[
        bool,
        typer.Option("--trust-submissions", help="Run them even where nothing walls them in; then they can read and"
        " write all that the autograder can."),
    ] = False  # fmt: skip
    rubrics: Rubrics = None
    course: CourseFolder = None


@dataclass(frozen=True, kw_only=True)
class Gradescope:
    """The same, with what students see and when."""

    packed: Packed
    visibility: Annotated[
        str, typer.Option(help="When students see their tests: visible, after_due_date, after_published or hidden.")
    ] = "visible"
    hidden: Annotated[str, typer.Option(help="The same for hidden criteria; `hidden` hides the total as well.")] = (
        "after_published"
    )
    leaderboard: Annotated[
        list[str] | None,
        typer.Option(metavar="VARIANT.MEASURE", help="Measure for the leaderboard; may be given again."),
    ] = None


@autograder.command()
@reported
@grouped
def gradescope(asked: Gradescope) -> None:
    """Write the zip that Gradescope builds its container from."""
    from harness.autograder.containers import fits
    from harness.autograder.packing import GRADESCOPE

    seen: dict[str, object] = {
        "visibility": asked.visibility,
        "hidden": asked.hidden,
        "leaderboard": asked.leaderboard or [],
    }
    settings = _settings(asked.packed, seen)
    _write(GRADESCOPE, asked.packed, settings)
    typer.echo(fits(settings, course_at(asked.packed.course)))


@autograder.command()
@reported
@grouped
def classroom50(asked: Packed) -> None:
    """Write the zip to unpack into CLASSROOM/autograders/ASSIGNMENT/ of Classroom 50's repository."""
    from harness.autograder.packing import CLASSROOM50

    _write(CLASSROOM50, asked, _settings(asked, {}))


@autograder.command()
@reported
@grouped
def github(asked: Packed) -> None:
    """Write the zip to unpack into a repository: a workflow that comments on pull requests and keeps the card."""
    from harness.autograder.packing import GITHUB

    _write(GITHUB, asked, _settings(asked, {"trusted": True}))  # whoever opens it runs their own work


def _settings(asked: Packed, more: dict[str, object]) -> "Settings":
    """Return the settings to pack. Raises UsageError for a word that an option does not know."""
    from pydantic import ValidationError

    from harness.autograder.settings import Settings

    if not asked.task:
        raise UsageError("Expected --task with the task of the assignment; `harness tasks` lists them.")
    values = {
        "tasks": asked.task,
        "profile": asked.profile or course_at(asked.course).says.profile,
        "contract": asked.contract,
        "backend": asked.backend,
        "trusted": asked.trust,
        "minutes": asked.minutes,
    }
    try:
        return Settings.model_validate({**values, **more})
    except ValidationError as error:
        first = error.errors()[0]
        words = str(first.get("ctx", {}).get("expected", "another value")).replace("'", "")
        raise UsageError(f"Expected --{first['loc'][0]} to be {words}, received {first['input']!r}.") from None


def _write(kind: "Kind", asked: Packed, settings: "Settings") -> None:
    from harness.autograder.packing import pack
    from harness.files import write_out

    content = pack(kind, settings, course_at(asked.course), asked.rubrics)
    write_out(asked.out, content)
    typer.echo(f"wrote {asked.out} ({len(content) / 1e6:.1f} MB) for {', '.join(settings.tasks)}")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a platform hands over, and where it wants the result."""

    kind: Annotated[str, typer.Argument(help="gradescope, classroom50 or github.")]
    settings: Annotated[Path, typer.Option(help="The settings that were packed.")]
    work: Annotated[Path, typer.Option(help="What was handed in.")]
    out: Annotated[Path, typer.Option(help="File to write the result to.")]
    card: Annotated[Path | None, typer.Option(help="File to write the card to.")] = None


@autograder.command(hidden=True)
@reported
@grouped
def run(asked: Run) -> None:
    """Examine one submission where a platform put it."""
    from harness.autograder.answer import Asked, answer

    answer(Asked(asked.kind, asked.settings, asked.work, asked.out, asked.card), os.environ)
