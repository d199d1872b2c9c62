"""Verbs of a student: see what a task asks, start it, check one's own work."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.app import app
from harness.cli.grouped import grouped
from harness.cli.options import (
    CourseFolder,
    Json,
    Marking,
    MinIsolation,
    OwnSeeds,
    PassMark,
    Profile,
    Resources,
    TaskNames,
    Training,
    Work,
    course_at,
    reported,
    scaled,
    themed,
)
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.workflow.beginning import Begun
    from harness.workflow.options import Options

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


@dataclass(frozen=True, kw_only=True)
class OwnWork:
    """Which work of one's own to check, how far, and by what."""

    path: Work = Path()
    task: TaskNames = None
    contract: Contract = False
    profile: Profile = ""
    seeds: OwnSeeds = "1"
    report: Report = None
    pass_mark: PassMark = ""
    marking: Marking

    def options(self, resources: Resources, min_isolation: str = "") -> "Options":
        """Return the options of a self-check of it; raises UsageError or CourseError before anything runs."""
        from harness.selfcheck.run import check_report
        from harness.selfcheck.session import options_for
        from harness.workflow.seeding import parse_seeds

        check_report(self.report)
        found = course_at(self.marking.course)
        asked = options_for(
            self.path,
            found,
            tasks=self.task or (),
            profile=self.profile,
            seeds=parse_seeds(self.seeds),
            rubrics=self.marking.rubrics,
            theme=themed(self.marking.theme, found),
            min_isolation=min_isolation,
            **asdict(resources),
        )
        return replace(asked, scale=scaled(asked.scale, self.pass_mark))


@dataclass(frozen=True, kw_only=True)
class Check:
    """What to check, on what, and behind which barrier."""

    work: OwnWork
    training: Training
    min_isolation: MinIsolation = ""
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def check(asked: Check) -> int:
    """Check your own work as grading will: the contract first, then training and every criterion."""
    from harness.selfcheck.beside import saved_since_checked
    from harness.workflow.beginning import Asked, begun

    work, how = asked.work, asked.training
    if work.contract and work.report:
        raise UsageError("Expected --contract or --report, received both; a card needs training.")
    anew = saved_since_checked(work.path.expanduser())
    with begun(Asked(how.backend, how.device, how.jobs) if anew else None) as found:
        return check_with(asked, found)


def check_with(asked: Check, begun: "Begun | None") -> int:
    """Check with what has begun to load already, if anything has; return the exit code."""
    from harness.selfcheck.run import run_check
    from harness.selfcheck.session import SelfCheck
    from harness.terminal.live_screen import screen

    work = asked.work
    options = replace(work.options(asked.training, asked.min_isolation), begun=begun)
    with SelfCheck(work.path, options) as own:
        return run_check(own, screen(), only_contract=work.contract, report=work.report, as_json=asked.json)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What to check after every save, and on what."""

    work: OwnWork
    resources: Resources


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def watch(asked: Watch) -> None:
    """Check your work now and after every save, the contract first, until Ctrl-C."""
    from harness.selfcheck.watch import watch as run

    work = asked.work
    run(work.path, work.options(asked.resources), only_contract=work.contract, report=work.report)
