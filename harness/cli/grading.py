"""Verbs that grade a class and mark it again."""

from dataclasses import dataclass, replace
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.app import app
from harness.cli.cluster import AtWorkers, Mixed, cluster_of
from harness.cli.collecting import seldom_collected
from harness.cli.grouped import grouped
from harness.cli.listing import OfDownload, show_handed_in
from harness.cli.marked import PANEL, finish, marked_by
from harness.cli.options import (
    ClassMarking,
    Json,
    MinIsolation,
    Profile,
    Search,
    TaskNames,
    Training,
    Trust,
    course_at,
    course_of,
    options_of,
    reported,
    rules_asked,
    say,
    scaled,
    themed,
)
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.course.found import Course
    from harness.workflow.beginning import Begun
    from harness.workflow.options import Options


@dataclass(frozen=True, kw_only=True)
class Grade:
    """Which class to grade, and how."""

    submissions: Annotated[
        Path,
        typer.Argument(
            help="Folder with one folder, .py file, notebook or .zip per student; or the download of Canvas, Moodle,"
            " Gradescope, Blackboard, Brightspace or nbgrader, or a folder of repositories."
        ),
    ]
    task: TaskNames = None
    profile: Profile = ""
    out: Annotated[Path, typer.Option(help="Result folder; measurements found there are used again.")] = Path("results")
    seeds: Annotated[
        str,
        typer.Option(
            help="How many seeds, a list such as 3,5,8, or auto: as the rubric says, or one, and two more if in doubt."
            " Default: the course's, or auto."
        ),
    ] = ""
    replace: Annotated[
        bool,
        typer.Option("--replace", help="The class is who is here now; without it, who was graded before stays in it."),
    ] = False
    again: Annotated[
        list[str] | None,
        typer.Option(metavar="STUDENT", help="Measure this student anew; may be given more than once."),
    ] = None
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File with the key to draw splits, texts, questions and seeds with, to repeat an examination;"
            " default: the class's own.",
        ),
    ] = None
    with_reference: Annotated[
        bool,
        typer.Option(
            "--with-reference",
            help="Grade the reference of each task beside the class, under its key and seeds; it is no student, and in"
            " no table or statistics.",
        ),
    ] = False
    file_times: Annotated[
        bool,
        typer.Option(
            "--file-times",
            help="Take it that work was handed in when its newest file was changed, where nothing else says when.",
        ),
    ] = False
    shard: Annotated[
        str,
        typer.Option(
            metavar="N/M",
            help="Measure only part N of M of the class, into an --out of its own; `harness merge` puts them together.",
        ),
    ] = ""
    workers: AtWorkers = None
    mixed: Mixed = False
    download: OfDownload
    training: Training
    min_isolation: MinIsolation = ""
    trust: Trust = False
    search: Search = True
    marking: ClassMarking
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
def grade(asked: Grade) -> int:
    """Train, measure, mark and report every submission."""
    from harness.workflow.beginning import Asked, begun

    how = asked.training
    here = asked.submissions.exists() and asked.workers is None and not asked.download.listed
    anew = here and not (asked.out / "records").exists()
    with begun(Asked(how.backend, how.device, how.jobs) if anew else None) as found:
        return grade_with(asked, found)


def grade_with(asked: Grade, begun: "Begun | None") -> int:
    """Grade with what has begun to load already, if anything has; return the exit code."""
    from harness.course.remembered import remember
    from harness.terminal.live_screen import live, screen
    from harness.workflow.class_key import read_key
    from harness.workflow.grade import grade as run
    from harness.workflow.protection import Protection
    from harness.workflow.seeding import parse_seeds

    found, marking = course_to_grade(asked), asked.marking
    options = options_of(found, asked.training, asked.out, asked.task, asked.profile)
    rules = replace(rules_asked(marking), file_times=asked.file_times)
    options = replace(options, download=asked.download.told, rules=rules, begun=begun)
    if asked.download.listed:
        return show_handed_in(asked.submissions, options, asked.json)
    options = replace(
        options,
        seeds=parse_seeds(asked.seeds or str(found.says.seeds)),
        rubrics=marking.rubrics,
        reveal=marking.reveal,
        theme=themed(marking.theme, found),
        scale=found.says.scale,
        rescale=lambda scale: scaled(found.scale_after(scale), marking.pass_mark),
        replace=asked.replace,
        again=asked.again or (),
        percent_so_far=marking.percent_so_far,
        protection=Protection(asked.min_isolation, asked.trust),
        search=asked.search,
        key=read_key(asked.key) if asked.key else None,
        with_reference=asked.with_reference,
    )
    if asked.shard:
        return measure_shard(asked, found, options)
    cluster = cluster_of(asked.workers, mixed=asked.mixed)
    try:
        with live(screen(stderr=True), enabled=not asked.json) as show:
            result = run(asked.submissions, options, show, say, cluster)
    except KeyboardInterrupt:
        remember(found, asked.out)
        typer.echo(f"Class page so far: {asked.out / 'index.html'}", err=True)
        raise
    remember(found, asked.out)
    return finish(result, asked.out, asked.json)


def measure_shard(asked: Grade, course: "Course", options: "Options") -> int:
    """Measure one shard and say what is next; return the exit code: 0, or 3 where a fault of the harness is left."""
    from harness.course.remembered import remember
    from harness.terminal.live_screen import live, screen
    from harness.workflow.grade_shard import grade_shard
    from harness.workflow.shard import parse_shard
    from harness.workflow.shards_found import listed

    if asked.workers is not None:
        raise UsageError("Expected --shard or --workers, received both; a shard is measured on one machine.")
    if asked.replace:
        raise UsageError("Expected --shard without --replace: a shard is always of the class that is here now.")
    with live(screen(stderr=True), enabled=not asked.json) as show:
        done = grade_shard(asked.submissions, parse_shard(asked.shard), options, show, say)
    remember(course, asked.out)
    if asked.json:
        said = {"shard": done.shard.number, "of": done.shard.of, "submissions": done.submissions, "open": [*done.open]}
        typer.echo(dumps(said))
    else:
        typer.echo(
            f"Shard {done.shard} of {done.title}: {done.submissions:,} of its submissions in a task are measured; when"
            f" all shards are, `harness merge DIR... --out results` marks the class."
        )
    if done.open:
        say(f"Faults of the harness, tried again by the same command: {listed(done.open)}.")
    return 3 if done.open else 0


@app.command(rich_help_panel=PANEL)
@reported
def key(
    graded: Annotated[Path | None, typer.Argument(metavar="DIR", help="Result folder; default: results.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Make a new key, for a class that is yet to be graded.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="New file to write it to, which only you can read.")
    ] = None,
) -> None:
    """Print the key of a class: what its splits, texts, questions and seeds are drawn with."""
    from harness.workflow.class_key import WHAT_FOR, asked_key, write_key

    found = asked_key(graded, new=new)
    if out:
        write_key(out, found)
        typer.echo(f"wrote {out}")
    else:
        typer.echo(found.value)
    say(WHAT_FOR)


def course_to_grade(asked: Grade) -> "Course":
    """Return the course that is named or here, else the one that the result folder was graded by before."""
    found = course_at(asked.marking.course, asked.submissions)
    if found.folder is None:
        found = course_of(asked.out, asked.marking.course)
        found.not_within(asked.submissions)
    return found


@dataclass(frozen=True, kw_only=True)
class Regrade:
    """Which graded class to mark again, and by what."""

    out: Annotated[Path, typer.Argument(help="Result folder of an earlier `harness grade`.")]
    marking: ClassMarking
    diff: Annotated[
        bool, typer.Option("--diff", help="Only show who would move and why; write diff.csv and diff.html.")
    ] = False
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
@seldom_collected()
def regrade(asked: Regrade) -> int:
    """Mark a graded class again, from what was measured; trains nothing."""
    out, marking = asked.out, asked.marking
    found = course_of(out, marking.course)
    if asked.diff:
        if marking.reveal:
            raise UsageError(
                "Expected --diff or --reveal, received both; --diff compares points and writes no cards, so run it on"
                " its own."
            )
        return show_difference(out, marking, found, asked.json)
    from harness.course.remembered import remember
    from harness.workflow.grade import regrade as run

    result = run(out, marked_by(marking, found), say)
    if marking.course:
        remember(found, out)
    return finish(result, out, asked.json)


def show_difference(out: Path, marking: ClassMarking, course: "Course", json: bool) -> int:
    """Print who would move or pass under other rubrics; return the exit code, as `diff` does: 0 nobody, 1 somebody."""
    from harness.report.staff_pages.difference import summary
    from harness.report.staff_pages.results_turned import turned_lines
    from harness.terminal.difference_table import show_difference as show_moves
    from harness.terminal.lines import print_line
    from harness.terminal.live_screen import screen
    from harness.workflow.preview import preview as run

    found = run(
        out,
        marking.rubrics,
        theme=themed(marking.theme, course),
        tasks=course.tasks,
        rooms=course.rooms,
        rescale=lambda scale: scaled(course.scale_after(scale), marking.pass_mark),
        rules=rules_asked(marking),
    )
    if json:
        typer.echo(found.model_dump_json())
    else:
        shown = screen()
        if found.moves:
            show_moves(shown, found)
        for line in (summary(found), *turned_lines(found), f"Page: {out / 'diff.html'}"):
            print_line(shown, line)
    return 1 if found.moves or found.turned else 0
