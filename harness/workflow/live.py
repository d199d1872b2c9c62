"""Pages that are written while a class is being graded: the class so far, and the cards of finished submissions."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from harness.errors import ResultsError
from harness.grading.people import NO_RULES, Rules
from harness.grading.results import ClassResult, StudentResult
from harness.grading.rubric_model import Rubric
from harness.records.store import Records
from harness.report.card_page.card import ClassFacts
from harness.report.class_page.progress import Live
from harness.report.files import write_results
from harness.report.pages import write_card, write_live_page
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.marks import as_shown
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.by_hand import SO_FAR, turn_to_write
from harness.workflow.collect import Collection
from harness.workflow.fingerprints import given_of
from harness.workflow.marking import class_result, mark_student
from harness.workflow.measured import Measured
from harness.workflow.pictures import drawn_before
from harness.workflow.plan import ClassPlan, StudentEntry, Unit, asking
from harness.workflow.schedule import Board
from harness.workflow.standards import Standards, standards_for

EVERY_S = 10.0  # not more often than this ...
SHARE = 0.03  # ... and never more than this share of the time
CARDS_A_TIME = 50  # of a class that was graded before, all are finished at once


@dataclass(frozen=True)
class Snapshot:
    """A class at one moment. `left_s` estimates the seconds to the end, None where there is no estimate yet."""

    measured: Measured
    left_s: float | None


@dataclass
class LivePages:
    """Writes the pages of a class into `out` as it goes on.

    `offer` is called in the thread that runs the class and only takes a snapshot; the writing is done by the one
    thread that draws figures. The first card is written as soon as anybody is through, the others by the clock. A page
    that cannot be written stops nothing: the last pages are written, or refused, when grading ends.
    """

    out: Path
    records: Records
    tasks: Mapping[str, Task]
    rubrics: Mapping[str, Rubric]
    revealed: bool = False
    theme: Theme = PLAIN
    rooms: Rooms = SHIPPED
    rules: Callable[[ClassPlan], Rules] = lambda plan: NO_RULES
    every_s: float = EVERY_S
    _started: float = field(default_factory=time.monotonic)
    _due: float = 0.0
    _somebody: bool = False  # was through, and waited for no clock
    _at_once: bool = False
    _took_s: float = 0.0
    _writing: Future[None] | None = None
    _standards: Standards | None = None
    _marked: dict[str, tuple[object, StudentResult]] = field(default_factory=dict)
    _cards: dict[str, StudentResult] = field(default_factory=dict)
    _without_figures: set[str] = field(default_factory=set)

    def follow(self, collection: Collection, unit: Unit) -> None:
        """Let pages be written at the next offer if this unit was the last of the first who is through."""
        if not self._somebody:
            people = (collection.plan.person(number) for number, _ in collection.awaiting.get(unit.key, ()))
            self._somebody = self._at_once = any(
                all(collection.measured.complete(entry) for entry in person.tasks) for person in people
            )

    def offer(self, collection: Collection, board: Board, drawing: Executor) -> None:
        """Let the pages be written if it is time and the last ones are done."""
        now = time.monotonic()
        if (now < self._due and not self._at_once) or (self._writing is not None and not self._writing.done()):
            return
        self._at_once = False
        seconds = collection.plan.seconds + now - self._started
        plan = collection.plan  # whose decisions go on
        decided = {"asked": {**plan.asked}, "chosen": {**plan.chosen}}
        plan = plan.model_copy(update={"seconds": seconds, **decided})
        self._writing = drawing.submit(
            self.write, Snapshot(Measured(plan, dict(collection.have)), board.seconds_left())
        )

    def write(self, now: Snapshot) -> None:
        """Write the class page and new cards, and put off the next time by what this took."""
        started = time.monotonic()
        try:
            self._write(now, started)
        except ResultsError:
            pass  # a full disk, say: what is measured tells so itself
        finally:
            self._took_s = time.monotonic() - started
            self._due = started + self._interval(self._took_s)

    def _interval(self, took_s: float) -> float:
        return max(self.every_s, took_s / SHARE)

    def _write(self, now: Snapshot, started: float) -> None:
        with turn_to_write(self.out) as by_hand:
            measured, standards = now.measured, self._known_standards(now.measured.plan)
            students = [self._mark(entry, measured, standards) for entry in measured.plan.students]
            result = class_result(measured, students, standards, revealed=self.revealed, by_hand=by_hand)
            self._write_cards(result, measured)
            so_far = time.monotonic() - started
            live = Live(
                written=datetime.now(UTC).isoformat(timespec="seconds"),
                every_s=self._interval(max(self._took_s, so_far)),
                left_s=now.left_s,
                cards=frozenset(self._cards),
            )
            write_live_page(result, self.out, live, theme=self.theme)
            write_results(self.out / SO_FAR, result)

    def _known_standards(self, plan: ClassPlan) -> Standards:
        if self._standards is None:
            found = standards_for(plan, self.tasks, self.rubrics, self.rooms)
            self._standards = replace(found, rules=self.rules(plan))
        return self._standards

    def _mark(self, entry: StudentEntry, measured: Measured, standards: Standards) -> StudentResult:
        """Mark a student again only if something new was measured for them."""
        state = measured_of(entry, measured)
        known = self._marked.get(entry.slug)
        if known is None or known[0] != state:
            known = self._marked[entry.slug] = state, mark_student(entry, measured, standards)
        return known[1]

    def _write_cards(self, result: ClassResult, measured: Measured) -> None:
        """Write cards that are new or changed, with the figures that are drawn already."""
        written, facts = 0, ClassFacts.of(result)
        for entry, student in zip(measured.plan.students, result.students, strict=True):
            finished = all(measured.complete(e) for e in entry.tasks)
            same = self._cards.get(entry.slug) == student and entry.slug not in self._without_figures
            if finished and not same and written < CARDS_A_TIME:
                seen = [as_shown(task, revealed=self.revealed) for task in student.tasks]
                figures = {t.task: drawn_before(self.records, t.measurements) for t in seen}
                drawn = {t: f or [] for t, f in figures.items()}
                write_card(result, student, drawn, self.out, theme=self.theme, facts=facts)
                self._cards[entry.slug] = student
                (self._without_figures.add if None in figures.values() else self._without_figures.discard)(entry.slug)
                written += 1


def measured_of(entry: StudentEntry, measured: Measured) -> object:
    """Return what changes whenever something is measured that counts for a student."""
    keys = (key for e in entry.tasks for key in (e.contract, *e.keys.values(), *e.spare.values()))
    chosen = (key for e in entry.tasks for key in measured.plan.chosen.get(asking(e), {}).values())
    given = (key for e in entry.tasks for key in given_of(measured.plan, e).values())
    return [key in measured.have for key in (*keys, *chosen, *given)]
