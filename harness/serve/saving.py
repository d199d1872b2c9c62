"""The page on which a student is marked, and what happens to what was entered there."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, abort, redirect, request, url_for

from harness.errors import ResultsError
from harness.grading.by_hand import by_harness, source_of
from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.records.hand_marks import Conflict
from harness.records.models import HandMark, MarkedPlace
from harness.report.words.marks import Outcome, criterion_outcome
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase
from harness.report.words.text import count, points, sentence
from harness.serve.desk import Sight, neighbours, next_open
from harness.serve.forms import EnteredMark, Sent, Typed, criteria_of, read_form, typed_of
from harness.serve.room import Room


@dataclass(frozen=True)
class Field:
    """One criterion in the form. `harness_says`, `harness_reason` and `newest` are sentences.

    `earlier`: decided on another version.
    """

    key: str
    text: str
    most: str
    manual: bool
    hidden: bool
    open: bool
    outcome: Outcome
    typed: Typed
    error: str
    given: bool
    unfolded: bool
    harness_says: str
    harness_reason: str
    newest: str
    earlier: bool


@dataclass(frozen=True)
class Clash:
    """A criterion that two graders decided: what the second one entered, and what stands."""

    key: str
    text: str
    most: str
    manual: bool
    mine: Typed
    theirs: HandMark
    at: str


class Marking:
    """Views of one student, and the saving of marks."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def show(self, slug: str) -> Response:
        sight, student = self.find(slug)
        if not self.room.grader():
            return redirect(url_for("ask_grader"), 303)  # type: ignore[return-value]
        return self.page(sight, student, Sent())

    def save(self, slug: str) -> Response:
        """Record what was entered; the answer is sent when it is on the disk."""
        sight, student = self.find(slug)
        grader = self.room.grader()
        if not grader:
            return redirect(url_for("ask_grader"), 303)  # type: ignore[return-value]
        sources = {task.task: source_of(student, task) for task in student.tasks}
        sent = read_form(request.form, student, sources, self.shown(request.form))
        if sent.errors:
            return self.page(sight, student, sent, status=422)
        try:
            saved, conflicts = self.record(sent.entries, grader)
        except ResultsError as error:
            return self.page(sight, student, sent, status=503, trouble=str(error))
        if conflicts:
            return self.conflict(sight, student, sent, saved, conflicts)
        return self.onward(slug, saved)

    def record(self, entries: list[EnteredMark], grader: str) -> tuple[int, dict[MarkedPlace, HandMark]]:
        """Add every entry that overwrites nothing unseen; return how many, and what stands where one would have."""
        saved, conflicts = 0, {}
        for entry in entries:
            try:
                self.room.desk.graded.marks.add(
                    entry.place,
                    grader=grader,
                    points=entry.points,
                    comment=entry.comment,
                    reason=entry.reason,
                    source=entry.source,
                    seen=entry.seen,
                )
                saved += 1
            except Conflict as conflict:
                conflicts[entry.place] = conflict.newer
        if saved:
            self.room.reporter.note()
        return saved, conflicts

    def onward(self, slug: str, saved: int) -> Response:
        """Lead to the next student with anything open if that was asked for, else back to this one."""
        sight, _ = self.find(slug)
        after = next_open(sight, slug) if request.form.get("then") == "next" else slug
        if after is None:
            return redirect(url_for("class_page", marked=slug), 303)  # type: ignore[return-value]
        told = {"saved": saved, "of": slug} if saved else {}
        return redirect(url_for("student", slug=after, **told), 303)  # type: ignore[return-value, arg-type]

    def shown(self, form: Mapping[str, str]) -> dict[int, HandMark]:
        """Return the changes whose ids the form carries."""
        ids = {int(v) for k, v in form.items() if k.startswith("seen/") and v.isascii() and v.isdigit() and len(v) < 16}
        found = (self.room.desk.graded.marks.get(number) for number in ids if number)
        return {mark.id: mark for mark in found if mark}

    def find(self, slug: str) -> tuple[Sight, StudentResult]:
        sight = self.room.desk.look()
        if sight is None or slug not in sight.students:
            abort(404, "Expected the name of a card of this class; choose a student on the class page.")
        return sight, sight.students[slug]

    def page(
        self, sight: Sight, student: StudentResult, sent: Sent, *, status: int = 200, trouble: str = ""
    ) -> Response:
        before, after = neighbours(sight, student.slug)
        fields = [(task, [f for f in _fields(sight, student, sent) if f[0] is task]) for task in student.tasks]
        focus = next((f.key for _, some in fields for _, f in some if f.error or (f.manual and f.open)), "")
        return self.room.page(
            "student.html",
            status=status,
            bar=self.room.bar(sight),
            sight=sight,
            student=student,
            tasks=[(task, [f for _, f in some]) for task, some in fields],
            before=before,
            after=after,
            next_open=next_open(sight, student.slug),
            saved=request.args.get("saved", 0, int),
            saved_of=request.args.get("of", ""),
            trouble=trouble,
            errors=len(sent.errors),
            focus=focus,
            place=sight.order.index(student.slug) + 1,
        )

    def conflict(
        self, sight: Sight, student: StudentResult, sent: Sent, saved: int, conflicts: Mapping[MarkedPlace, HandMark]
    ) -> Response:
        """Show both decisions; the form records the second one only if it is chosen, and over this first one only."""
        clashes = [
            Clash(
                f"{task.task}/{criterion.id}",
                criterion.text,
                points(criterion.points),
                criterion.manual,
                sent.typed[place],
                conflicts[place],
                date(conflicts[place].at),
            )
            for task, criterion, place in criteria_of(student)
            if place in conflicts
        ]
        return self.room.page(
            "conflict.html",
            status=409,
            bar=self.room.bar(sight),
            sight=sight,
            student=student,
            clashes=clashes,
            saved=saved,
            then=request.form.get("then", ""),
        )


def _fields(sight: Sight, student: StudentResult, sent: Sent) -> list[tuple[TaskResult, Field]]:
    return [
        (task, _field(student, task, criterion, sight.mark(place), sent, place))
        for task, criterion, place in criteria_of(student)
    ]


def _field(
    student: StudentResult,
    task: TaskResult,
    criterion: CriterionResult,
    mark: HandMark | None,
    sent: Sent,
    place: MarkedPlace,
) -> Field:
    typed = sent.typed.get(place) or typed_of(mark, manual=criterion.manual)
    error = sent.errors.get(place, "")
    source = source_of(student, task)
    return Field(
        key=f"{task.task}/{criterion.id}",
        text=criterion.text,
        most=points(criterion.points),
        manual=criterion.manual,
        hidden=criterion.hidden,
        open=criterion.earned is None,
        outcome=criterion_outcome(criterion),
        typed=typed,
        error=error,
        given=mark is not None and mark.points is not None,
        unfolded=bool(error or typed.points or typed.comment or typed.reason),
        harness_says="" if criterion.manual else _harness_says(by_harness(criterion)),
        harness_reason="" if criterion.manual else sentence(by_harness(criterion).reason),
        newest="" if mark is None else _newest(mark),
        earlier=mark is not None and mark.points is not None and bool(mark.source) and mark.source != source,
    )


def _newest(mark: HandMark) -> Phrase:
    what = Phrase("Comment") if mark.comment else Phrase("Taken back")
    if mark.points is not None:
        what = count(mark.points, "point")
    return Phrase("%(what)s by %(grader)s, %(moment)s.", what=what, grader=mark.grader, moment=date(mark.at))


def _harness_says(criterion: CriterionResult) -> Phrase:
    if criterion.earned is None:
        return Phrase("The harness has not decided this.")
    return Phrase("The harness gave %(points)s.", points=points(criterion.earned))
