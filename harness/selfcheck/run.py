"""`harness check` from start to end: the contract, then training and criteria, then the exit code."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from harness.errors import UsageError
from harness.grading.results import StudentResult
from harness.records.models import Status
from harness.report.files import write_if_changed
from harness.report.words.marks import without_hidden
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.session import SelfCheck
from harness.selfcheck.show import show_contract, show_criteria, show_notes
from harness.selfcheck.words import as_data, result_told
from harness.terminal import live_screen


def run_check(check: SelfCheck, screen: Console, *, only_contract: bool, report: Path | None, as_json: bool) -> int:
    """Check, print and return the exit code: 0 all holds, 1 some does not, 3 a fault of the harness."""
    if not as_json:
        show_notes(screen, check.submission)
    contracts = check.contract()
    if not as_json:
        show_contract(screen, contracts)
    student = None if only_contract else graded(check, live=not as_json)
    if as_json:
        screen.file.write(json.dumps(as_data(check.submission.notes, contracts, student, check.options.scale)) + "\n")
    elif student:
        show_criteria(screen, student, check.machine.isolation)
        screen.print(result_told(student, check.options.scale), soft_wrap=True, highlight=False, markup=False)
    if student and report:
        write_if_changed(report, check.card(student))
        if not as_json:
            screen.print(f"Card: {report}", soft_wrap=True, highlight=False, markup=False)
    return code_of(contracts, student)


def graded(check: SelfCheck, *, live: bool) -> StudentResult:
    with live_screen.live(live_screen.screen(stderr=True), enabled=live) as show:
        return check.grade(show)


def check_report(report: Path | None) -> None:
    """Raise UsageError if a card cannot be written there, before anything is trained."""
    if report and (report.is_dir() or not report.absolute().parent.is_dir()):
        raise UsageError(f"Expected a file in a folder that is there, received {str(report)!r}; make the folder first.")


def code_of(contracts: Sequence[Contract], student: StudentResult | None) -> int:
    """Return the exit code, which asks for every target, whatever mark passes; hidden criteria have no part in it."""
    endings = {check.ending for contract in contracts for check in contract.checks}
    statuses = {without_hidden(task).status for task in student.tasks} if student else set()
    if Ending.ERROR in endings or Status.HARNESS_ERROR in statuses:
        return 3
    return 1 if Ending.FAILED in endings or statuses - {Status.PASSED} else 0
