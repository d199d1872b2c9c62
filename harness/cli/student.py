"""Verbs of a student: see what a task asks, start it, check one's own work."""

from pathlib import Path
from typing import Annotated

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
    OwnSeeds,
    Profile,
    Rubrics,
    TaskNames,
    ThemeFolder,
    Work,
    course_at,
    reported,
    themed,
)
from harness.errors import UsageError

PANEL = "Your own work"
Contract = Annotated[bool, typer.Option("--contract", help="Only what is checked before training.")]
Report = Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write the card there.")]


@app.command(rich_help_panel=PANEL)
@reported
def tasks(
    name: Annotated[str | None, typer.Argument(help="Show this task's contract.")] = None,
    course: CourseFolder = None,
    json: Json = False,
) -> None:
    """List the tasks, or show what one of them asks of a student."""
    from harness.terminal import describe

    registry = course_at(course).tasks
    describe.show_task(name, registry, as_json=json) if name else describe.show_tasks(registry, as_json=json)


@app.command(rich_help_panel=PANEL)
@reported
def new(
    tasks: Annotated[list[str] | None, typer.Argument(metavar="TASK...", help="One task or more.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every task there is.")] = False,
    course: CourseFolder = None,
) -> None:
    """Start a task in this folder: write TASK.py to work in, and test_self_check.py for pytest."""
    from harness.selfcheck.starter import start

    if every == bool(tasks):
        raise UsageError("Expected the names of tasks or --all; `harness tasks` lists them.")
    found = course_at(course)
    for path in start(tasks or (), Path.cwd(), found.tasks, found.rooms):
        typer.echo(f"wrote {path.name}")
    typer.echo("Next: `harness check --contract` in seconds, `harness check` or `pytest` in about a minute a task.")


@app.command(rich_help_panel=PANEL)
@reported
def check(
    path: Work = Path(),
    task: TaskNames = None,
    contract: Contract = False,
    profile: Profile = "",
    seeds: OwnSeeds = "1",
    report: Report = None,
    jobs: Jobs = 0,
    course: CourseFolder = None,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    backend: Backend = "tensorflow",
    device: Device = "auto",
    min_isolation: MinIsolation = "",
    theme: ThemeFolder = None,
    json: Json = False,
) -> int:
    """Check your own work as grading will: the contract first, then training and every criterion."""
    from harness.selfcheck.run import check_report, run_check
    from harness.selfcheck.session import SelfCheck, options_for
    from harness.terminal.live_screen import screen
    from harness.workflow.seeding import parse_seeds

    if contract and report:
        raise UsageError("Expected --contract or --report, received both; a card needs training.")
    check_report(report)
    found = course_at(course)
    options = options_for(
        path,
        found,
        tasks=task or (),
        profile=profile,
        seeds=parse_seeds(seeds),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        backend=backend,
        device=device,
        min_isolation=min_isolation,
        theme=themed(theme, found),
    )
    with SelfCheck(path, options) as own:
        return run_check(own, screen(), only_contract=contract, report=report, as_json=json)


@app.command(rich_help_panel=PANEL)
@reported
def watch(
    path: Work = Path(),
    task: TaskNames = None,
    contract: Contract = False,
    profile: Profile = "",
    seeds: OwnSeeds = "1",
    report: Report = None,
    jobs: Jobs = 0,
    course: CourseFolder = None,
    rubrics: Rubrics = None,
    data_dir: DataDir = None,
    theme: ThemeFolder = None,
) -> None:
    """Check your work now and after every save, the contract first, until Ctrl-C."""
    from harness.selfcheck.run import check_report
    from harness.selfcheck.session import options_for
    from harness.selfcheck.watch import watch as run
    from harness.workflow.seeding import parse_seeds

    check_report(report)
    found = course_at(course)
    options = options_for(
        path,
        found,
        tasks=task or (),
        profile=profile,
        seeds=parse_seeds(seeds),
        jobs=jobs,
        rubrics=rubrics,
        data_dir=data_dir,
        theme=themed(theme, found),
    )
    run(path, options, only_contract=contract, report=report)
