"""Verbs of a course folder: start one, check it, and write what students get."""

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import app
from harness.cli.course import PANEL
from harness.cli.options import reported

folder_app = typer.Typer(no_args_is_help=True, help="A folder with tasks, rubrics and data of your own.")
app.add_typer(folder_app, name="course", rich_help_panel=PANEL)


@folder_app.command("new")
@reported
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the course; made if it is not there.")],
    task: Annotated[str, typer.Option(metavar="NAME", help="Write a task of this name too.")] = "",
    recipe: Annotated[str, typer.Option(help="The shape of that task: classifier, …")] = "classifier",
) -> None:
    """Start a course, or add a task to one: files that work as they are, to be changed into your own."""
    from harness.course.new import new_course

    for path in new_course(folder, task, recipe):
        typer.echo(f"wrote {path}")
    typer.echo(f"Next: `harness course check {folder}`, and `harness tasks --course {folder}`.")
