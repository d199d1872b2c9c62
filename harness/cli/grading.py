"""Verbs that grade a class and mark it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.app import app
from harness.cli.options import (
    Backend,
    CourseFolder,
    DataDir,
    Device,
    Jobs,
    Json,
    MinIsolation,
    PassMark,
    Profile,
    Reveal,
    Rubrics,
    TaskNames,
    ThemeFolder,
    Trust,
    course_at,
    reported,
    scaled,
    themed,
)
from harness.course.found import Course
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.grading.results import ClassResult

PANEL = "A class"


@app.command(rich_help_panel=PANEL)
@reported
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="Folder with one folder, .py file, notebook or .zip per student.")
    ],
    task: TaskNames = None,
    profile: Profile = "",
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path(
        "results"
    ),
    jobs: Jobs = 0,
    seeds: Annotated[
        str,
        typer.Option(
            help="How many seeds, a list such as 3,5,8, or auto: as the rubric says, or one, and two more if in doubt."
            " Default: the course's, or auto."
        ),
    ] = "",
    course: CourseFolder = None,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    min_isolation: MinIsolation = "",
    trust: Trust = False,
    reveal: Reveal = False,
    pass_mark: PassMark = "",
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Train, measure, mark and report every submission."""
    from harness.terminal.live_screen import live, screen
    from harness.workflow.grade import grade as run
    from harness.workflow.measure import Options
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    found = course_at(course, submissions)
    options = Options(
        out=out,
        registry=found.tasks,
        rooms=found.rooms,
        course_data=found.data,
        tasks=task or (),
        profile=profile or found.says.profile,
        seeds=parse_seeds(seeds or str(found.says.seeds)),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        backend=backend,
        device=device,
        reveal=reveal,
        theme=themed(theme, found),
        scale=scaled(found.says.scale, pass_mark),
        protection=Protection(min_isolation, trust),
    )
    try:
        with live(screen(stderr=True), enabled=not json) as show:
            result = run(submissions, options, show)
    except KeyboardInterrupt:
        typer.echo(f"Class page so far: {out / 'index.html'}", err=True)
        raise
    return finish(result, out, json)


@app.command(rich_help_panel=PANEL)
@reported
def regrade(
    out: Annotated[Path, typer.Argument(help="Result folder of an earlier `harness grade`.")],
    course: CourseFolder = None,
    rubrics: Rubrics = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Only show who would move and why; write diff.csv and diff.html.")
    ] = False,
    reveal: Reveal = False,
    pass_mark: PassMark = "",
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Mark a graded class again, from what was measured; trains nothing."""
    found = course_at(course)
    if diff:
        if reveal or pass_mark:
            other = "--reveal" if reveal else "--pass-mark"
            raise UsageError(
                f"Expected --diff or {other}, received both; --diff compares points and writes no cards, so run it on"
                " its own."
            )
        return show_difference(out, rubrics, theme, json, found)
    from harness.workflow.grade import regrade as run
    from harness.workflow.machine import cores

    graded = run(
        out,
        rubrics,
        reveal=reveal,
        rescale=lambda scale: scaled(found.scale_after(scale), pass_mark),
        theme=themed(theme, found),
        processes=cores(),
        tasks=found.tasks,
        rooms=found.rooms,
    )
    return finish(graded, out, json)


def show_difference(out: Path, rubrics: Path | None, theme: Path | None, json: bool, course: Course) -> int:
    """Print who would move under other rubrics and return the exit code, as `diff` does: 0 nobody, 1 somebody."""
    from harness.report.staff_pages.difference import summary
    from harness.terminal.difference_table import difference_table
    from harness.terminal.live_screen import screen
    from harness.workflow.preview import preview as run

    found = run(out, rubrics, theme=themed(theme, course), tasks=course.tasks, rooms=course.rooms)
    if json:
        typer.echo(found.model_dump_json())
    else:
        shown = screen()
        if found.moves:
            shown.print(difference_table(found))
        shown.print(summary(found), soft_wrap=True, highlight=False, markup=False)
        shown.print(f"Page: {out / 'diff.html'}", soft_wrap=True, highlight=False, markup=False)
    return 1 if found.moves else 0


def finish(result: "ClassResult", out: Path, json: bool) -> int:
    """Print what a class came to; return the exit code: 0 all passed, 1 some did not or are open, 3 a harness fault."""
    from harness.records.models import Status
    from harness.report.files import results_json
    from harness.terminal.class_table import show_class
    from harness.terminal.live_screen import screen

    if json:
        typer.echo(results_json(result), nl=False)
    else:
        show_class(screen(), result, out / "index.html")
    if any(s.status is Status.HARNESS_ERROR for s in result.students):
        return 3
    return 0 if result.students and all(s.passed for s in result.students) else 1
