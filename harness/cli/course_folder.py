"""Verbs of a course folder: start one, check it, and write what students get."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.app import app
from harness.cli.course import PANEL
from harness.cli.grouped import grouped
from harness.cli.options import CourseFolder, Resources, TaskNames, course_at, options_of, reported, themed

if TYPE_CHECKING:
    from harness.course.found import Course

folder_app = typer.Typer(no_args_is_help=True, help="A folder with tasks, rubrics and data of your own.")
app.add_typer(folder_app, name="course", rich_help_panel=PANEL)


Folder = Annotated[
    Path | None, typer.Argument(metavar="DIR", help="Folder of the course; default: as for --course.", envvar=None)
]


@dataclass(frozen=True, kw_only=True)
class CourseCheck:
    """Which course to check, how far, and on what."""

    folder: Folder = None
    task: TaskNames = None
    only_lint: Annotated[bool, typer.Option("--lint", help="Only read files and data; train nothing.")] = False
    profile: Annotated[str, typer.Option(help="quick or full; default: the course's, or quick.")] = ""
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path(
        "results/preflight"
    )
    course: CourseFolder = None
    resources: Resources


@folder_app.command("check")
@reported
@grouped
def check(asked: CourseCheck) -> int:
    """Read all files of a course for mistakes, then say whether its rubrics separate, as `harness preflight` does."""
    from harness.course.lint import lint
    from harness.workflow.grade import known_names

    found = course_at(asked.folder or asked.course)
    names = known_names(asked.task or found.tasks, found.tasks)
    wrong = lint(found, names, asked.resources.data_dir)
    for sentence in wrong:
        typer.echo(sentence)
    if wrong or asked.only_lint:
        if not wrong:
            typer.echo(f"{', '.join(names)}: nothing is wrong with files and data.")
        return 1 if wrong else 0
    return preflighted(found, names, asked)


def preflighted(course: "Course", names: Sequence[str], asked: CourseCheck) -> int:
    """Train reference, template and mistakes of a course, print how the rubrics tell them apart; return the code."""
    from harness.terminal.live_screen import live, screen
    from harness.terminal.preflight import show_separation
    from harness.workflow.preflight import preflight
    from harness.workflow.protection import Protection

    options = replace(
        options_of(course, asked.resources, asked.out, names, asked.profile),
        theme=themed(None, course),
        protection=Protection(trusted=True),  # all of it is the instructor's own
    )
    with live(screen(stderr=True), enabled=True) as show:
        found = preflight(options, None, show)
    return show_separation(found, asked.out, as_json=False)


@folder_app.command("handout")
@reported
def handout(
    folder: Folder = None,
    out: Annotated[Path, typer.Option(help="New or empty folder to write.")] = Path("handout"),
    course: CourseFolder = None,
) -> None:
    """Write what students get: tasks, templates, visible criteria, their part of the data, and the self-check."""
    from harness.course.handout import write_handout

    made = write_handout(course_at(folder or course), out)
    for path in made.files:
        typer.echo(f"wrote {path}")
    for reason in made.left_out:
        typer.echo(f"harness: left out {reason}.", err=True)


@folder_app.command("new")
@reported
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the course; made if it is not there.")],
    task: Annotated[str, typer.Option(metavar="NAME", help="Write a task of this name too.")] = "",
    recipe: Annotated[
        str, typer.Option(help="Its shape: classifier, regressor, heads, autoencoder or sequence.")
    ] = "classifier",
) -> None:
    """Start a course, or add a task to one: files that work as they are, to be changed into your own."""
    from harness.course.new import new_course

    for path in new_course(folder, task, recipe):
        typer.echo(f"wrote {path}")
    named = quote(str(folder))
    typer.echo(f"Next: `harness course check {named}`, and `harness tasks --course {named}`.")
