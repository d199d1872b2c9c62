"""What `harness preflight` shows: a table a task, submissions against criteria, and what does not separate."""

from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from harness.grading.separation import Role, Separation, SeparationRow, TaskSeparation
from harness.report.staff_pages.separation import LEGEND, notes, shown, summary, task_summary
from harness.report.words.text import clean, sentence
from harness.terminal.lines import print_line

WIDTH = 120  # what the table needs; a narrower terminal breaks the lines itself
STYLE = {"passed": "green", "missed": "bold red", "": "dim"}


def show_separation(found: Separation, out: Path, *, as_json: bool) -> int:
    """Print what preflight found and return the exit code: 0 all separate, 1 some do not, 3 a harness fault."""
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        console = Console(width=max(WIDTH, Console().width))
        for task in found.tasks:
            print_task(console, task, found.profile)
        print_line(console, LEGEND, "dim")
        print_line(console, summary(found), "red" if found.failures else "green")
        print_line(console, f"Page: {out / 'preflight.html'}")
    if found.harness_fault:
        return 3
    return 1 if found.failures else 0


def print_task(console: Console, task: TaskSeparation, profile: str) -> None:
    """Print one task: the table, each submission in words, and the failures."""
    print_line(console, f"{task.task}, {profile}: {task_summary(task)}", "bold")
    console.print(separation_table(task))
    for row in task.rows:
        if row.role in (Role.FLAWED, Role.DESIGN) or row.failures or row.fault:
            print_line(console, f"  {words(row)}")
    for note in notes(task):
        print_line(console, f"  {note}", "yellow")
    if task.failures:
        print_line(console, "Not separated:", "red")
    for failure in task.failures:
        print_line(console, f"  {failure}", "red")
    print_line(console, "")


def words(row: SeparationRow) -> str:
    """Return a submission, its mistake or manner, what became of it and what stopped it, on one line."""
    stopped = f"Stopped by: {row.fault}" if row.fault else ""
    manner = sentence(row.mistake) if row.mistake else ""
    return f"{row.name}: {' '.join(filter(None, (manner, row.verdict, stopped)))}"


def separation_table(task: TaskSeparation) -> Table:
    """Return a row a submission and a column a criterion; each cell is points earned of points."""
    table = Table(box=None, pad_edge=False)
    table.add_column("submission", no_wrap=True)
    for name in task.criteria:
        table.add_column(escape(name.replace("-", "-\n")), justify="right", no_wrap=True)
    for row in task.rows:
        cells = [shown(cell, row.role) for cell in row.cells]
        table.add_row(escape(clean(row.name)), *(Text(cell.text, STYLE[cell.kind]) for cell in cells))
    return table
