"""Verbs for what comes after grading: marking by hand, handing out, appeals, and the look of it all."""

from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import app
from harness.cli.collecting import seldom_collected
from harness.cli.grouped import grouped
from harness.cli.options import CourseFolder, InCourse, Json, Reveal, ThemeFolder, course_of, reported, themed
from harness.errors import UsageError

PANEL = "After grading"


Graded = Annotated[Path, typer.Argument(metavar="DIR", help="Result folder of `harness grade`.")]
Grader = Annotated[str, typer.Option(help="Your name in the history; default: your login name.")]


@dataclass(frozen=True, kw_only=True)
class Serve:
    """Which graded class to open, where, and for whom."""

    graded: Graded = Path("results")
    host: Annotated[str, typer.Option(help="Address to listen on; others than 127.0.0.1 let other machines in.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8000
    grader: Grader = ""
    published: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder for published cards; default: DIR/published.")
    ] = None
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False
    course: InCourse


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def serve(asked: Serve) -> None:
    """Open a graded class in the browser: read cards, mark by hand, override marks, publish."""
    from harness.serve.run import Options
    from harness.serve.run import serve as run

    found = course_of(asked.graded, asked.course.course)
    look = themed(asked.course.theme, found)
    options = Options(asked.host, asked.port, asked.grader, not asked.no_open, asked.published, look, found.tasks)
    run(asked.graded, options, typer.echo)


@dataclass(frozen=True, kw_only=True)
class Publish:
    """Which graded class to hand out, and how."""

    graded: Graded = Path("results")
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to write; default: DIR/published.")] = None
    reveal: Reveal = False
    force: Annotated[bool, typer.Option("--force", help="Publish although marks are still open.")] = False
    with_key: Annotated[
        bool,
        typer.Option(
            "--with-key",
            help="Let appeal bundles hold the key of the class from now on. Whoever has it can repeat the examination,"
            " and can prepare for whatever is still handed in.",
        ),
    ] = False
    grader: Grader = ""
    course: InCourse
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
@seldom_collected()
def publish(asked: Publish) -> None:
    """Write a folder to hand out: one card per student, under names that cannot be guessed."""
    from harness.terminal.class_table import published
    from harness.workflow.graded_class import opened
    from harness.workflow.publish import login
    from harness.workflow.publish import publish as run

    own = course_of(asked.graded, asked.course.course)
    with opened(asked.graded, theme=themed(asked.course.theme, own), tasks=own.tasks) as found:
        made = run(
            found,
            asked.out,
            grader=asked.grader or login(),
            reveal=asked.reveal,
            force=asked.force,
            with_key=asked.with_key,
        )
    if asked.json:
        typer.echo(dumps({"folder": str(made.folder), "list": str(made.listing), "files": dict(made.files)}))
        return
    for line in published(made):
        typer.echo(line)


@app.command(rich_help_panel=PANEL)
@reported
@seldom_collected()
def bundle(
    student: Annotated[str, typer.Argument(help="A student's name, or the name of the card without .html.")],
    graded: Graded = Path("results"),
    out: Annotated[Path | None, typer.Option(help="Zip to write; default: appeal-STUDENT.zip here.")] = None,
    course: CourseFolder = None,
    theme: ThemeFolder = None,
    json: Json = False,
) -> None:
    """Pack what one student's mark rests on, for an appeal: source, seeds, versions, measures and commands."""
    import json as as_json

    from harness.workflow.bundle import bundle as run

    found = course_of(graded, course)
    made = run(student, graded, out, theme=themed(theme, found), tasks=found.tasks)
    if json:
        typer.echo(as_json.dumps({"student": made.student, "bundle": str(made.path), "files": made.files}))
    else:
        typer.echo(f"{made.path}: {len(made.files)} files, for {made.student}")


@app.command(rich_help_panel=PANEL)
@reported
def theme(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Theme to check.")] = None,
    preview: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the pages of a made-up class there, to look at.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a theme to start from there.")] = None,
    templates: Annotated[
        bool, typer.Option("--templates", help="With --out: copy the built-in templates too.")
    ] = False,
) -> None:
    """Start a theme, or check and preview one: your own course name, logo, colours, sentences and templates."""
    if (folder is None) == (out is None):
        raise UsageError(
            "Expected the folder of a theme, or --out DIR for a new one; `harness theme --help` says more."
        )
    if out:
        from harness.report.rehearsal.theme_start import write_start

        for path in write_start(out, templates=templates):
            typer.echo(f"wrote {path}")
        return
    checked = themed(folder)
    if preview is None:
        typer.echo(f"{folder}: every page can be made with it")
        return
    from harness.report.rehearsal.rehearsal import write_preview

    typer.echo(f"Made-up class: {write_preview(checked, preview)}")
