"""What a self-check looks like in a terminal or a notebook."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.grading.results import StudentResult
from harness.intake.submission import Submission
from harness.records.models import Status
from harness.report.words.text import clean
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.words import SYMBOLS, TaskTold, Told, time_spent, told
from harness.terminal.class_table import STYLE

COLOURS = {Ending.PASSED: "green", Ending.FAILED: "red", Ending.SKIPPED: "dim", Ending.ERROR: "magenta"}
ADVICE = ("likely mistake", "next step")


def show_notes(screen: Console, submission: Submission) -> None:
    """Print what intake says of the submission, such as what was left out."""
    for note in submission.notes:
        screen.print(Text(clean(note), "dim"))


def show_contract(screen: Console, contracts: Sequence[Contract]) -> None:
    """Print every check with how it ended."""
    for contract in contracts:
        screen.print(Text(f"{contract.title}: contract", "bold"))
        table = Table(box=None, show_header=False, pad_edge=False)
        for check in contract.checks:
            style = COLOURS[check.ending]
            words = Text(check.words, "dim" if check.ending is Ending.PASSED else style)
            said = Text(clean(check.text)) + (Text("\n") + words if check.words else Text())
            table.add_row(Text(SYMBOLS[check.ending], style), said)
        screen.print(Padding(table, (0, 2)))
    screen.print(Text(f"Contract checked: {time_spent(contracts)}.", "dim"), soft_wrap=True)


def show_criteria(screen: Console, student: StudentResult, isolation: str) -> None:
    """Print what each criterion came to, and what to do about those that were missed."""
    for task in told(student):
        screen.print(Text(f"\n{task.title}: {task.mark}", "bold"))
        if task.fault:
            screen.print(Padding(Text(clean(task.fault), "red"), (0, 2)))
        else:
            _show_criteria(screen, task)
        if task.hidden:
            screen.print(Padding(Text(task.hidden, "dim"), (0, 2)))
    screen.print(Text(f"Trained behind: {isolation}.", "dim"), soft_wrap=True)


def _show_criteria(screen: Console, task: TaskTold) -> None:
    said: set[tuple[str, str]] = set()
    for one in task.criteria:
        by_hand = one.outcome.kind == "by-hand"
        style = "dim" if by_hand else STYLE.get(one.status, "")
        head = Text.assemble((one.outcome.symbol, style), f" {one.id}  ", (one.points, "dim"))
        body: list[RenderableType] = [Text(one.text)]
        if not by_hand:
            body.append(Text(one.reason, style))
        if one.status in (Status.FAILED, Status.STUDENT_ERROR):
            body.append(_lines(one, said))
        screen.print(Padding(head, (0, 2)))
        screen.print(Padding(Group(*body), (0, 4)))


def _lines(one: Told, said: set[tuple[str, str]]) -> Table:
    """Return the lines of a criterion; advice that an earlier one gave is not repeated."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    for line in one.lines:
        label, text = line
        table.add_row(label, Text("as above" if line in said else text))
        said |= {line} if label in ADVICE else set()
    return table
