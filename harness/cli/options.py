"""What the verbs share: their options, and how an error becomes one sentence and an exit code."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli.ending import INTERRUPTED, output_failed, path_failed
from harness.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from harness.course.found import Course
    from harness.grading.scale import GradingScale
    from harness.report.themes.theme import Theme
    from harness.workflow.class_rules import AskedRules
    from harness.workflow.options import Options

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read, and nothing else.")]
CourseFolder = Annotated[
    Path | None,
    typer.Option(
        "--course",
        envvar="HARNESS_COURSE",
        metavar="DIR",
        help="Folder of your course; default: one with a course.yaml here or above.",
    ),
]
Rubrics = Annotated[
    Path | None,
    typer.Option(help="Folder with a TASK.yaml for some tasks; those of the others are the course's, or shipped."),
]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder with data sets (mnist.npz, cifar10.npz); default: $HARNESS_DATA.")
]
Jobs = Annotated[int, typer.Option(help="Steps to run at once; 0: one per core.")]
Backend = Annotated[
    str,
    typer.Option(help="Keras backend: tensorflow, jax or torch.", show_default="tensorflow, or else one that is here"),
]
Device = Annotated[str, typer.Option(help="auto, cpu or gpu.")]
TaskNames = Annotated[list[str] | None, typer.Option("--task", "-t", help="A task; may be given more than once.")]
MinIsolation = Annotated[
    str, typer.Option(metavar="LEVEL", help="Refuse below: bubblewrap, namespaces, landlock or seatbelt.")
]
Trust = Annotated[
    bool, typer.Option("--trust-submissions", help="Run them even where nothing walls them in; read them first.")
]
Search = Annotated[
    bool,
    typer.Option(
        "--search/--no-search",
        envvar="HARNESS_SEARCH",
        help="Look through what steps may read for graded data first; minutes once, seconds afterwards.",
    ),
]
Work = Annotated[Path, typer.Argument(help="Your work as you hand it in: a folder, a .py file, a notebook or a .zip.")]
OwnSeeds = Annotated[
    str, typer.Option("--seeds", help="How many seeds, a list such as 3,5,8, or auto: as many as grading would take.")
]
Profile = Annotated[
    str,
    typer.Option(
        help="quick: offline, about a minute a task; full: the published size. Default: the course's, or quick."
    ),
]
ThemeFolder = Annotated[
    Path | None,
    typer.Option("--theme", envvar="HARNESS_THEME", metavar="DIR", help="Folder with your own wording and looks."),
]
PassMark = Annotated[
    str,
    typer.Option(
        "--pass-mark",
        metavar="SHARE",
        help="Share of the points from which a student passes, as 50, 50% or 0.5; default: as before, or 50%.",
    ),
]
PercentSoFar = Annotated[
    bool, typer.Option("--percent-so-far", help="In grades.csv, give a percentage also where points are still open.")
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show hidden criteria on the cards.")]


ClassFile = Annotated[
    Path | None,
    typer.Option(
        "--class",
        metavar="FILE",
        help="class.yaml with class list, groups, due dates and late policy; default: the one among or beside the"
        " submissions, as last time, or the course's.",
    ),
]
HandedIn = Annotated[
    Path | None,
    typer.Option(
        metavar="CSV", help="When each student handed in: columns student, handed in and, for several tasks, task."
    ),
]


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What steps may use of this machine; the fields are some of `harness.workflow`'s `Options`."""

    jobs: Jobs = 0
    data_dir: DataDir = None


@dataclass(frozen=True, kw_only=True)
class Training(Resources):
    """The same, with what trains the models."""

    backend: Backend = ""
    device: Device = "auto"


@dataclass(frozen=True, kw_only=True)
class InCourse:
    """The course that a verb works in, and how what it writes looks."""

    course: CourseFolder = None
    theme: ThemeFolder = None


@dataclass(frozen=True, kw_only=True)
class Marking(InCourse):
    """The same, with the rubrics to mark by."""

    rubrics: Rubrics = None


@dataclass(frozen=True, kw_only=True)
class ClassMarking(Marking):
    """The same for a whole class: what its cards show, and who passes."""

    reveal: Reveal = False
    pass_mark: PassMark = ""
    percent_so_far: PercentSoFar = False
    class_file: ClassFile = None
    handed_in: HandedIn = None


def reported(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn errors raised on purpose into one sentence and an exit code, and a returned int into that code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except HarnessError as error:
            typer.echo(f"harness: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo(
                "harness: interrupted; what was measured is kept, the same command goes on from there.",
                err=True,
            )
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            if (failed := output_failed(error)) is not None:
                raise typer.Exit(failed) from None
            if (said := path_failed(error)) is None:
                raise
            typer.echo(f"harness: {said}", err=True)
            raise typer.Exit(UsageError.exit_code) from None
        raise typer.Exit(code or 0)

    return run


def course_at(named: Path | None, handed_in: Path | None = None) -> "Course":
    """Return the course that is meant; raises CourseError for one that makes no sense, or lies in what is handed in."""
    from harness.course import found

    course = found.find_course(named, Path.cwd())
    if handed_in is not None:
        course.not_within(handed_in)
    return course


def course_of(graded: Path, named: Path | None) -> "Course":
    """Return the course that a result folder was graded by, unless another is named; says which tasks have changed."""
    from harness.course.remembered import recall

    recalled = recall(named, Path.cwd(), graded)
    for name in recalled.changed:
        typer.echo(
            f"harness: the task {name!r} has changed since this class was graded; `harness grade` measures it anew.",
            err=True,
        )
    return recalled.course


def themed(folder: Path | None, course: "Course | None" = None) -> "Theme":
    """Return the theme in a folder, or else the course's, tried out on a made-up class.

    Raises ThemeError before anything else runs. A theme that names no course bears the name of `course`.
    """
    from harness.report.themes.theme import PLAIN, load_theme

    theme = load_theme(folder or (course.theme if course else None))
    named = course.says.name if course and course.folder and not theme.course else theme.course
    if theme is PLAIN and named == theme.course:
        return theme
    from harness.report.rehearsal.rehearsal import rehearsed

    return rehearsed(theme if named == theme.course else replace(theme, course=named))


def say(sentence: str) -> None:
    """Tell whoever runs a verb something about the result folder, beside what the verb prints."""
    from harness.report.words.text import clean

    typer.echo(f"harness: {clean(sentence)}", err=True)


def rules_asked(marking: ClassMarking) -> "AskedRules":
    """Return which class.yaml and times of handing in are asked for."""
    from harness.workflow.class_rules import AskedRules

    return AskedRules(marking.class_file, marking.handed_in)


def scaled(scale: "GradingScale", pass_mark: str) -> "GradingScale":
    """Return `scale` with the pass mark asked for, if any; raises UsageError for one that is no share."""
    from harness.grading.scale import parse_pass_mark

    return scale.with_pass_mark(parse_pass_mark(pass_mark)) if pass_mark else scale


def options_of(
    course: "Course", resources: Resources, out: Path, tasks: Sequence[str] | None, profile: str
) -> "Options":
    """Return how to train and measure into `out`, as `course` says where the command line says nothing."""
    from harness.workflow.options import Options

    return Options(
        out=out,
        tasks=tasks or (),
        profile=profile or course.says.profile,
        registry=course.tasks,
        rooms=course.rooms,
        course_data=course.data,
        **asdict(resources),
    )
