"""What a grader sent, read once: decisions as typed values, or a sentence for the field that is not one."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.records.models import HandMark, MarkedPlace
from harness.report.words.phrase import Phrase

LONGEST = 10_000  # characters of a comment or reason
NAME_LENGTH = 80
_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Mistyped(ValueError):
    """A field that is no decision; `said` is one sentence for the grader."""

    def __init__(self, said: Phrase) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True)
class EnteredMark:
    """A decision as entered: about `place`, by a grader who saw the change `seen` (0: none) of the version `source`."""

    place: MarkedPlace
    points: float | None
    comment: str
    reason: str
    source: str
    seen: int


@dataclass(frozen=True)
class Typed:
    """The fields of one criterion as typed, to be shown again where one of them is wrong."""

    points: str = ""
    comment: str = ""
    reason: str = ""
    seen: int = 0
    confirm: bool = False


@dataclass(frozen=True)
class Sent:
    """A form as read: `entries` to be recorded, `typed` as it stood, `errors` by criterion."""

    entries: list[EnteredMark] = field(default_factory=list)
    typed: dict[MarkedPlace, Typed] = field(default_factory=dict)
    errors: dict[MarkedPlace, str] = field(default_factory=dict)


def field_name(kind: str, task: str, criterion: str) -> str:
    return f"{kind}/{task}/{criterion}"


def typed_of(mark: HandMark | None, *, manual: bool) -> Typed:
    """Return the fields that show a decision. A reason for points of the harness's is shown, others are history."""
    if mark is None:
        return Typed()
    reason = "" if manual or mark.points is None else mark.reason
    return Typed(points_text(mark.points), mark.comment, reason, mark.id)


def points_text(points: float | None) -> str:
    return "" if points is None else f"{points:.10g}"


def criteria_of(student: StudentResult) -> Iterator[tuple[TaskResult, CriterionResult, MarkedPlace]]:
    for task in student.tasks:
        for criterion in task.criteria:
            yield task, criterion, (student.slug, task.task, criterion.id)


def read_form(
    form: Mapping[str, str], student: StudentResult, sources: Mapping[str, str], shown: Mapping[int, HandMark]
) -> Sent:
    """Read the fields of a student's form that differ from what it showed.

    `sources` maps a task to the fingerprint of what was handed in, `shown` the ids in the form to their changes.
    Criteria that the form does not have are left alone.
    """
    sent = Sent()
    for task, criterion, place in criteria_of(student):
        name = field_name("points", task.task, criterion.id)
        if name not in form or form.get(field_name("use", task.task, criterion.id)) == "theirs":
            continue
        typed = _typed(form, task.task, criterion.id)
        sent.typed[place] = typed
        before = shown.get(typed.seen)
        if before is not None and (before.slug, before.task, before.criterion) != place:
            before = None
        was = typed_of(before, manual=criterion.manual)
        if not _differs(typed, was, criterion) and not typed.confirm:
            continue
        try:
            sent.entries.append(_entry(place, typed, was, criterion, sources.get(task.task, "")))
        except Mistyped as error:
            sent.errors[place] = error.said
    return sent


def _typed(form: Mapping[str, str], task: str, criterion: str) -> Typed:
    def text(kind: str) -> str:
        return tidy(form.get(field_name(kind, task, criterion), ""))

    seen = text("seen")
    return Typed(
        points=text("points"),
        comment=text("comment"),
        reason=text("reason"),
        seen=int(seen) if re.fullmatch(r"[0-9]{1,15}", seen) else 0,
        confirm=text("confirm") == "yes",
    )


def tidy(text: str) -> str:
    """Return text without control characters and blank ends; lines end in a line feed."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str) -> str:
    """Return a grader's name as it is recorded: one line, not too long."""
    return " ".join(tidy(text).split())[:NAME_LENGTH]


def _differs(typed: Typed, was: Typed, criterion: CriterionResult) -> bool:
    if typed.points != was.points and _points_or_none(typed.points) != _points_or_none(was.points):
        return True
    if typed.comment != was.comment:
        return True
    return not criterion.manual and typed.reason != was.reason


def _points_or_none(text: str) -> float | str | None:
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError:
        return text


def _entry(place: MarkedPlace, typed: Typed, was: Typed, criterion: CriterionResult, source: str) -> EnteredMark:
    """Return the decision that was typed; raises Mistyped."""
    points = _points(typed.points, criterion.points)
    _check_length(Phrase("a comment"), typed.comment)
    _check_length(Phrase("a reason"), typed.reason)
    if not criterion.manual and points is not None and not typed.reason:
        raise Mistyped(
            Phrase("Expected a reason beside points that replace those of the harness; the student reads it.")
        )
    if not criterion.manual and points is None and typed.reason and not was.points:
        raise Mistyped(
            Phrase("Expected points beside a reason; to say something without changing the mark, use the comment.")
        )
    if was.points and points != _points_or_none(was.points) and not typed.reason:
        raise Mistyped(Phrase("Expected a reason for changing points that were given before; it stays in the history."))
    return EnteredMark(place, points, typed.comment, typed.reason, source, typed.seen)


def _check_length(what: Phrase, text: str) -> None:
    if len(text) > LONGEST:
        said = Phrase(
            "Expected %(what)s of at most %(most)s characters, received %(n)s.",
            what=what,
            most=f"{LONGEST:,}",
            n=f"{len(text):,}",
        )
        raise Mistyped(said)


def _points(text: str, most: float) -> float | None:
    """Return the points typed, None for none; raises Mistyped where they are no number from 0 to `most`."""
    if not text:
        return None
    value = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) and len(text) < 30 else math.nan
    if not 0 <= value <= most:
        raise Mistyped(
            Phrase(
                "Expected points from 0 to %(most)s, or nothing, received %(typed)s.",
                most=points_text(most),
                typed=repr(text[:40]),
            )
        )
    return value
