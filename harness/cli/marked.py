"""What verbs share that mark a class: by what it is marked, and what is printed of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.cli.options import ClassMarking, rules_asked, scaled, themed

if TYPE_CHECKING:
    from harness.course.found import Course
    from harness.grading.results import ClassResult
    from harness.workflow.grade import Regrading

PANEL = "A class"


def marked_by(marking: ClassMarking, course: "Course") -> "Regrading":
    """Return how a class is marked from what was measured, as the options and the course say."""
    from harness.workflow.grade import Regrading
    from harness.workflow.machine import cores

    return Regrading(
        marking.rubrics,
        reveal=marking.reveal,
        rescale=lambda scale: scaled(course.scale_after(scale), marking.pass_mark),
        theme=themed(marking.theme, course),
        percent_so_far=marking.percent_so_far,
        processes=cores(),
        tasks=course.tasks,
        rooms=course.rooms,
        rules=rules_asked(marking),
    )


def finish(result: "ClassResult", out: Path, json: bool) -> int:
    """Print what a class came to; return the exit code: 0 all passed, 1 some did not or are open, 3 a harness fault."""
    from harness.grading.people import people
    from harness.records.models import Status

    if json:
        from harness.report.files import results_pieces

        for piece in results_pieces(result):
            typer.echo(piece, nl=False)
    else:
        from harness.terminal.class_table import show_class
        from harness.terminal.live_screen import screen

        show_class(screen(), result, out / "index.html")
    if any(s.status is Status.HARNESS_ERROR for s in result.students):
        return 3
    there = people(result, missing=False)
    return 0 if there and all(s.passed for s in there) else 1
