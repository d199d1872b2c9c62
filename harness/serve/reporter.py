"""Writes cards, grades and the class page soon after marks were entered, beside the answers to the graders."""

import threading
import time

from harness.errors import HarnessError
from harness.report.pages import write_reports
from harness.report.words.phrase import Phrase
from harness.serve.desk import Desk
from harness.workflow.by_hand import turn_to_write

QUIET_S = 1.0  # marks that come within a second of each other are written together,
LONGEST_S = 10.0  # but never later than this after the first of them
LOOK_S = 2.0  # how often what other processes entered is looked for


class Reporter(threading.Thread):
    """Keeps the files of a class in step with what people decided. `trouble` says why it cannot, or is empty.

    What a crash keeps from being written is written by the next one that starts.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(name="reports", daemon=True)
        self.desk = desk
        self.trouble = ""
        self._changed, self._over = threading.Event(), threading.Event()
        self._last = 0.0

    def note(self) -> None:
        """Say that a mark was entered."""
        self._last = time.monotonic()
        self._changed.set()

    def finish(self) -> None:
        """Write what is still to be written, and end."""
        self._over.set()
        self._changed.set()
        if self.is_alive():
            self.join()
        self.try_to_write()

    def run(self) -> None:
        while not self._over.is_set():
            self.try_to_write()
            if self._changed.wait(LOOK_S):
                self._settle()

    def _settle(self) -> None:
        first = time.monotonic()
        while not self._over.is_set() and time.monotonic() < min(self._last + QUIET_S, first + LONGEST_S):
            self._over.wait(QUIET_S / 5)
        self._changed.clear()

    def try_to_write(self) -> None:
        try:
            write_due(self.desk)
            self.trouble = ""
        except HarnessError as error:
            self.trouble = str(error)
        except Exception as error:  # the thread must live on: marks are safe, and the next look tries again
            why = f"{type(error).__name__}: {error}"
            self.trouble = Phrase("The reports could not be written (%(why)s); marks are safe.", why=why)


def write_due(desk: Desk) -> bool:
    """Write the reports that do not hold the newest decisions; return whether there were any.

    Those of a class that is being graded are written by who grades it.

    Raises ResultsError where they cannot be written.
    """
    graded = desk.graded
    sight = desk.look()
    if sight is None or sight.so_far or not (sight.stale or graded.marks.reported() < sight.last):
        return False
    with turn_to_write(graded.out):
        sight = desk.look()
        if sight is None or sight.so_far or sight.stamp != desk.stamp():  # what cannot be read is not written over
            return False
        unsure = {mark.slug for mark in graded.marks.since(graded.marks.reported())}
        write_reports(sight.result, graded.figures, graded.out, theme=graded.theme, only=sight.stale | unsure)
        desk.written(sight)
        graded.marks.set_reported(sight.last)
    return True
