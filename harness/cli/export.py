"""Verbs that take marks out: into a platform's worksheet, into tables, and cards for a platform to hand back."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.after_grading import PANEL, Graded
from harness.cli.app import app
from harness.cli.collecting import seldom_collected
from harness.cli.grouped import grouped
from harness.cli.options import InCourse, Json, Reveal, TaskNames, course_of, reported, themed
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.export.given import Ready
    from harness.export.into import Into
    from harness.grading.results import ClassResult
    from harness.platforms.kept import Kept


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Which cells of a worksheet marks go into, and how they are written there."""

    column: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="Column for the marks, or TASK=TITLE for each task, given several times."),
    ] = None
    columns: Annotated[
        str,
        typer.Option(
            metavar="ROLE=HEADER,...",
            help="Which column is which, where the file is not recognised: identifier, name, number, login, email,"
            " group, grade, maximum, feedback.",
        ),
    ] = ""
    out_of: Annotated[
        str, typer.Option(metavar="N", help="What all points are worth, where the file does not say it.")
    ] = ""
    whole: Annotated[bool, typer.Option("--whole", help="Round to whole numbers, halves up.")] = False
    comments: Annotated[
        bool, typer.Option("--comments", help="Fill empty feedback cells of Moodle's worksheet, too.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class Export:
    """Which marks go where."""

    graded: Graded = Path("results")
    into: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="The worksheet or gradebook that the platform gave.")
    ] = None
    form: Annotated[
        str,
        typer.Option(
            "--as", metavar="FORM", help="A new table instead: csv, xlsx, gradescope, brightspace or nbgrader."
        ),
    ] = ""
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File to write.")] = None
    feedback: Annotated[
        Path | None,
        typer.Option(metavar="FILE.zip", help="Write the cards there, named as Canvas or Moodle wants them."),
    ] = None
    task: TaskNames = None
    cells: Cells
    reveal: Reveal = False
    course: InCourse
    json: Json = False


@app.command(rich_help_panel=PANEL)
@reported
@grouped
@seldom_collected()
def export(asked: Export) -> int:
    """Fill a copy of the platform's own worksheet with the marks, or write them as a table of their own."""
    from harness.export.feedback import Cards, return_cards
    from harness.export.feedback import told as told_cards
    from harness.export.given import told
    from harness.files import write_out
    from harness.grading.by_hand import class_by_hand
    from harness.platforms.kept import load
    from harness.workflow.graded_class import opened

    _check(asked)
    own = course_of(asked.graded, asked.course.course)
    with opened(asked.graded, theme=themed(asked.course.theme, own), tasks=own.tasks, only_read=True) as graded:
        result = class_by_hand(graded.results(), graded.marks.newest())
        graded.check_course(result)
        kept = load(asked.graded)
        ready = _table(asked, result, kept)
        cards = None
        if asked.feedback:
            of = Cards(graded, result, kept, tasks=asked.task or (), revealed=asked.reveal)
            cards = return_cards(of, asked.feedback)
        if ready and asked.out:
            write_out(asked.out, ready.content)
    exported = ready.exported if ready else None
    if asked.json:
        data = {"marks": exported.model_dump() if exported else None, "cards": cards.model_dump() if cards else None}
        typer.echo(dumps(data, ensure_ascii=False))
    else:
        lines = (*(told(exported) if exported else ()), *(told_cards(cards) if cards else ()))
        for line in lines:
            typer.echo(line)
    return 0 if exported is None or exported.whole else 1


@app.command(rich_help_panel=PANEL)
@reported
@seldom_collected()
def results(
    graded: Graded = Path("results"),
    table: Annotated[str, typer.Option(help="marks, criteria or measures.")] = "marks",
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the table there, as CSV.")] = None,
    json: Json = False,
) -> None:
    """Show what a class came to as a table; `harness.results(DIR)` in Python gives it as pandas data frames."""
    from harness.export.frames import results as frames_of
    from harness.export.frames import table_csv
    from harness.files import write_out

    found = frames_of(graded).named(table)
    if out:
        write_out(out, table_csv(found).encode("utf-8", "replace"))
    if json:
        typer.echo(found.to_json(orient="records", force_ascii=False))
    elif out:
        typer.echo(f"{out}: {len(found):,} rows of {table}")
    else:
        typer.echo(found.to_string(index=False) if len(found) else f"No {table} in {graded}.")


def _check(asked: Export) -> None:
    """Raise UsageError where it is not said what to write, or where."""
    if asked.into and asked.form:
        raise UsageError("Expected --into or --as, received both; a copy of the platform's file needs no other form.")
    if not (asked.into or asked.form or asked.feedback):
        raise UsageError("Expected --into WORKSHEET.csv, --as FORM or --feedback FILE.zip; say what to write.")
    if (asked.into or asked.form) and not asked.out:
        raise UsageError("Expected --out FILE for the marks, received none; the file that was given stays as it is.")


def _table(asked: Export, result: "ClassResult", kept: "Kept") -> "Ready | None":
    """Return the table to write; None where only cards are asked for."""
    from harness.export.into import fill_worksheet
    from harness.export.tables import Table, table

    if asked.into and asked.out:
        return fill_worksheet(result, kept, _into(asked, asked.into, asked.out))
    if asked.form and asked.out:
        cells = asked.cells
        return table(result, kept, Table(asked.form, asked.out, asked.task or (), _out_of(cells.out_of), cells.whole))
    return None


def _into(asked: Export, worksheet: Path, out: Path) -> "Into":
    from harness.export.into import Into
    from harness.export.layout import parse_roles

    cells = asked.cells
    return Into(
        worksheet,
        out,
        tasks=asked.task or (),
        columns=cells.column or (),
        roles=parse_roles(cells.columns),
        out_of=_out_of(cells.out_of),
        whole=cells.whole,
        comments=cells.comments,
    )


def _out_of(text: str) -> Decimal | None:
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        found = Decimal("NaN")
    if found is not None and not (found.is_finite() and found > 0):
        raise UsageError(f"Expected --out-of with a number above 0, such as 100, received {text!r}.")
    return found
