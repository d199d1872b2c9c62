"""Verbs that grade a class and mark it again."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

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
    Profile,
    Reveal,
    Rubrics,
    TaskNames,
    ThemeFolder,
    Trust,
    course_at,
    reported,
    themed,
)
from harness.course.found import Course
from harness.errors import UsageError

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
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Train, measure, mark and report every submission."""
    from harness.report.files import results_json
    from harness.terminal import class_table as console
    from harness.workflow.grade import grade as run
    from harness.workflow.measure import Options
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    found = course_at(course, submissions)
    options = Options(
        out=out,
        registry=found.tasks,
        rooms=found.rooms,
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
        protection=Protection(min_isolation, trust),
    )
    screen = console.screen(stderr=True)
    try:
        with console.live(screen, enabled=not json) as show:
            result = run(submissions, options, show)
    except KeyboardInterrupt:
        typer.echo(f"Class page so far: {out / 'index.html'}", err=True)
        raise
    return finish(result, out, json, results_json, console)


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
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Mark a graded class again, from what was measured; trains nothing."""
    found = course_at(course)
    if diff:
        return show_difference(out, rubrics, reveal, theme, json, found)
    from harness.report.files import results_json
    from harness.terminal import class_table as console
    from harness.workflow.grade import regrade as run
    from harness.workflow.machine import cores

    graded = run(
        out,
        rubrics,
        reveal=reveal,
        theme=themed(theme, found),
        processes=cores(),
        tasks=found.tasks,
        rooms=found.rooms,
    )
    return finish(graded, out, json, results_json, console)


def show_difference(
    out: Path, rubrics: Path | None, reveal: bool, theme: Path | None, json: bool, course: Course
) -> int:
    """Print who would move under other rubrics and return the exit code, as `diff` does: 0 nobody, 1 somebody."""
    from harness.report.staff_pages.difference import summary
    from harness.terminal import class_table as console
    from harness.workflow.preview import preview as run

    if reveal:
        raise UsageError("Expected --diff or --reveal, received both; --diff writes no cards, so run it on its own.")
    found = run(out, rubrics, theme=themed(theme, course), tasks=course.tasks, rooms=course.rooms)
    if json:
        typer.echo(found.model_dump_json())
    else:
        screen = console.screen()
        if found.moves:
            screen.print(console.difference_table(found))
        screen.print(summary(found), soft_wrap=True, highlight=False, markup=False)
        screen.print(f"Page: {out / 'diff.html'}", soft_wrap=True, highlight=False, markup=False)
    return 1 if found.moves else 0


def finish(result: Any, out: Path, json: bool, as_json: Callable[[Any], str], console: Any) -> int:
    """Print the outcome of a class and return the exit code: 0 all passed, 1 some did not, 3 a harness fault."""
    from harness.records.models import Status

    if json:
        typer.echo(as_json(result), nl=False)
    else:
        screen = console.screen()
        screen.print(console.class_table(result))
        for line in console.seeds_lines(result):
            screen.print(line, soft_wrap=True, highlight=False, markup=False)
        screen.print(f"Class page: {out / 'index.html'}", soft_wrap=True, highlight=False, markup=False)
    statuses = {console.student_status(s) for s in result.students}
    if Status.HARNESS_ERROR in statuses:
        return 3
    return 0 if statuses == {Status.PASSED} else 1
