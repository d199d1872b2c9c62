"""Verbs of those who make a course: baselines, rubrics, and what the machine can do."""

from dataclasses import dataclass, replace
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import app
from harness.cli.grouped import grouped
from harness.cli.options import (
    CourseFolder,
    DataDir,
    Json,
    Marking,
    Rubrics,
    Search,
    TaskNames,
    Training,
    Trust,
    course_at,
    options_of,
    reported,
    themed,
)
from harness.errors import UsageError, did_you_mean

PANEL = "Making a course"


@dataclass(frozen=True, kw_only=True)
class References:
    """Which references to measure and how, or what to show of them."""

    file2: Annotated[Path | None, typer.Argument(metavar="FILE2", help="A second file for --compare.")] = None
    task: TaskNames = None
    profile: Annotated[str, typer.Option(help="quick or full; default: quick, and both for --table.")] = ""
    table: Annotated[bool, typer.Option("--table", help="Show references beside published figures.")] = False
    compare: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Say whether this baseline and FILE2, or the shipped one, differ by more than seeds do.",
        ),
    ] = None
    seeds: Annotated[str, typer.Option(help="How many seeds, or a list such as 3,5,8.")] = "10"
    out: Annotated[Path, typer.Option(help="Folder that keeps the measurements.")] = Path("results/baselines")
    to: Annotated[Path | None, typer.Option(help="Folder for the baselines; default: beside the references.")] = None
    course: CourseFolder = None
    training: Training
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def baseline(asked: References) -> int:
    """Train the reference models under several seeds and write down what they measure; or show what was."""
    from harness.terminal import baselines as baseline_table
    from harness.terminal.live_screen import live, screen

    if asked.file2 and not asked.compare:
        raise UsageError(f"Expected a file without an option only after --compare FILE, received {str(asked.file2)!r}.")
    if asked.table and asked.compare:
        raise UsageError("Expected --table or --compare, received both; ask for one of them.")
    found, device = course_at(asked.course), asked.training.device
    shelf = baseline_table.Shelf(found.tasks, found.rooms, asked.to)
    if asked.table:
        return baseline_table.show_table(shelf, asked.task or (), asked.profile, device, as_json=asked.json)
    if asked.compare:
        return baseline_table.show_comparison(shelf, asked.compare, asked.file2, device, as_json=asked.json)
    from harness.workflow.baseline import measure_references
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    options = replace(
        options_of(found, asked.training, asked.out, asked.task, asked.profile),
        seeds=parse_seeds(asked.seeds),
        protection=Protection(trusted=True),  # references are the harness's own
    )
    with live(screen(stderr=True), enabled=not asked.json) as show:
        written = [str(path) for path in measure_references(options, asked.to, show)]
    typer.echo(dumps({"written": written}) if asked.json else "\n".join(written))
    return 0


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Which rubrics to hold against which baselines, and what to change in them."""

    task: TaskNames = None
    profile: Annotated[str, typer.Option(help="quick or full; default: the course's, or quick.")] = ""
    rubrics: Rubrics = None
    baselines: Annotated[Path | None, typer.Option(help="Folder of baselines; default: those shipped.")] = None
    write: Annotated[bool, typer.Option("--write", help="Change the rubrics; otherwise only show how.")] = False
    refit: Annotated[bool, typer.Option("--refit-frozen", help="Move frozen targets, too, where they are unfair.")] = (
        False
    )
    course: CourseFolder = None
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def calibrate(asked: Thresholds) -> None:
    """Propose targets and floors from the baselines, and show how often each would be fair."""
    from harness.terminal.calibration import show_calibrations
    from harness.workflow.calibrate import Asked
    from harness.workflow.calibrate import calibrate as run

    found = course_at(asked.course)
    profile = asked.profile or found.says.profile
    held = Asked(asked.task or (), profile, asked.rubrics, asked.baselines, asked.write, asked.refit)
    show_calibrations(run(held, found.tasks, found.rooms), as_json=asked.json)


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """Which tasks to grade before any student, with which mistakes, and how."""

    task: TaskNames = None
    profile: Annotated[str, typer.Option(help="quick or full; default: the course's, or quick.")] = ""
    flawed: Annotated[
        Path | None, typer.Option(help="Folder with TASK/NAME.py, one mistake each; default: mistakes/ of the course.")
    ] = None
    each_once: Annotated[
        bool,
        typer.Option("--each-once", help="Train mistakes until each, and each criterion, is shown once; no designs."),
    ] = False
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path(
        "results/preflight"
    )
    training: Training
    trust: Trust = False
    marking: Marking
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def preflight(asked: Rehearsal) -> int:
    """Say whether the rubrics tell the reference from the template and from known mistakes."""
    from harness.terminal.live_screen import live, screen
    from harness.terminal.preflight import show_separation
    from harness.workflow.preflight import preflight as run
    from harness.workflow.protection import Protection

    own = course_at(asked.marking.course)
    options = replace(
        options_of(own, asked.training, asked.out, asked.task, asked.profile),
        rubrics=asked.marking.rubrics,
        theme=themed(asked.marking.theme, own),
        protection=Protection(trusted=asked.trust or asked.flawed is None),  # what is shipped is the harness's own
    )
    with live(screen(stderr=True), enabled=not asked.json) as show:
        found = run(options, asked.flawed, show, sparing=asked.each_once)
    return show_separation(found, asked.out, as_json=asked.json)


@app.command(rich_help_panel=PANEL)
@reported
def doctor(course: CourseFolder = None, data_dir: DataDir = None, search: Search = True, json: Json = False) -> None:
    """Say what this machine can do: backend, GPU, isolation, data, versions, and which graded data steps could read."""
    from harness.terminal import describe

    describe.show_machine(data_dir, course_at(course).data, as_json=json, search=search)


@app.command(rich_help_panel=PANEL)
@reported
def schema(
    of: Annotated[str, typer.Argument(metavar="[rubric|course|class]", help="What it describes.")] = "rubric",
    out: Annotated[Path | None, typer.Option(help="File to write; default: standard output.")] = None,
) -> None:
    """Write the JSON Schema of rubrics, course.yaml or class.yaml, for editors and checks."""
    import json

    from harness.course.course_file import course_schema
    from harness.files import write_out
    from harness.grading.rubric import rubric_schema
    from harness.roster.class_file import class_schema

    schemas = {"rubric": rubric_schema, "course": course_schema, "class": class_schema}
    if of not in schemas:
        raise UsageError(f"There is no schema of {of!r}.{did_you_mean(of, schemas)}")
    text = json.dumps(schemas[of](), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    write_out(out, text.encode())
