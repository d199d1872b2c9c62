"""Who would pass and who would no longer, in sentences for terminal and page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.grading.difference import Difference
from harness.grading.scale import percentage
from harness.grading.turned import Turned
from harness.report.words.links import Link, link
from harness.report.words.marks import NOT_PASSED, OPEN, PASSED
from harness.report.words.phrase import Phrase, listed, plural
from harness.report.words.text import MISSING, short_name

NAMED = 10  # students named in a sentence; the page has all
WORDS = {True: PASSED.word, False: NOT_PASSED.word, None: OPEN.word}


@dataclass(frozen=True)
class TurnedRow:
    """`result` and `grade` are what was and what is, or what stays."""

    student: Link
    result: str
    grade: str


def turned_lines(diff: Difference) -> Iterator[Phrase]:
    """Yield a sentence on those who would pass, who would no longer, who would be open, and on other grades."""
    if not diff.turned:
        return
    to = {p: [t for t in diff.turned if t.passed is p is not t.passed_before] for p in (True, False, None)}
    grades = [t for t in diff.turned if t.grade != t.grade_before]
    yield Phrase("The pass mark is %(mark)s.", mark=percentage(diff.scale.pass_mark))
    if n := len(to[True]):
        who = _named(to[True])
        yield plural(n, "%(n)s student would pass now: %(who)s.", "%(n)s students would pass now: %(who)s.", who=who)
    if n := len(to[False]):
        yield plural(
            n,
            "%(n)s student would not pass any more: %(who)s.",
            "%(n)s students would not pass any more: %(who)s.",
            who=_named(to[False]),
        )
    if n := len(to[None]):
        yield plural(
            n,
            "For %(n)s student it would be open: %(who)s.",
            "For %(n)s students it would be open: %(who)s.",
            who=_named(to[None]),
        )
    if n := len(grades):
        yield plural(
            n,
            "%(n)s student would get another grade: %(who)s.",
            "%(n)s students would get another grade: %(who)s.",
            who=_named(grades, grades=True),
        )


def turned_row(one: Turned) -> TurnedRow:
    result = _arrow(WORDS[one.passed_before], WORDS[one.passed])
    return TurnedRow(link(one.student, one.slug), result, _arrow(one.grade_before or MISSING, one.grade or MISSING))


def _arrow(before: str, after: str) -> str:
    return before if before == after else listed([before, after], " → ")


def _named(those: Sequence[Turned], *, grades: bool = False) -> Phrase:
    names = [
        short_name(t.student, t.slug, 40) + (f" ({t.grade_before or MISSING} → {t.grade or MISSING})" if grades else "")
        for t in those[:NAMED]
    ]
    more = [Phrase("%(n)s more", n=len(those) - NAMED)] if len(those) > NAMED else []
    return listed([*names, *more])
