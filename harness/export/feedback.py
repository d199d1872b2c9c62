"""A zip of cards under the names by which Canvas or Moodle finds whose they are."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.export.given import Nothing
from harness.export.mark import Mark, check_tasks, mark_of, tasks_in
from harness.files import out_file
from harness.grading.passing import judged
from harness.grading.people import as_member
from harness.grading.results import ClassResult, StudentResult
from harness.platforms.kept import Kept
from harness.records.models import Frozen
from harness.report.words.text import clean
from harness.workflow.bundle import without_paths
from harness.workflow.graded_class import GradedClass

CARD = {"canvas": "{}_card.html", "moodle": "{}/card.html"}
READABLE = 0o644
DATED = (1980, 1, 1, 0, 0, 0)  # so that the same cards make the same zip


class Returned(Frozen):
    """The zip that was written, the name in it of each card by slug, and who has none and why."""

    out: str
    platform: str
    cards: dict[str, str]
    nothing: list[Nothing]


@dataclass(frozen=True)
class Cards:
    """What the cards are of: a class, what is kept of its deliveries, and the tasks that one download was of."""

    graded: GradedClass
    result: ClassResult
    kept: Kept
    tasks: Sequence[str] = ()
    revealed: bool = False


def return_cards(cards: Cards, out: Path) -> Returned:
    """Write the zip; a card whose mark is open stays out. Raises UsageError for a class that came from neither."""
    check_tasks(cards.result, cards.tasks)
    platform, names = _platform(cards), _names(cards)
    tasks = list(cards.tasks) or tasks_in(cards.result)
    marks = {s.slug: mark_of(s, tasks) for s in cards.result.students}
    going = [s for s in cards.result.students if s.slug in names and marks[s.slug].share is not None]
    _write(out, {names[student.slug]: _card(cards, student) for student in going})
    written = {student.slug: names[student.slug] for student in going}
    nothing = [_nothing(marks[s.slug]) for s in cards.result.students if s.slug not in written]
    return Returned(out=str(out), platform=platform, cards=written, nothing=nothing)


def _write(out: Path, cards: Mapping[str, str]) -> None:
    with out_file(out) as file, zipfile.ZipFile(file, "w") as made:
        for name, page in cards.items():
            info = zipfile.ZipInfo(name, DATED)
            info.external_attr = READABLE << 16
            made.writestr(info, page.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)


def _nothing(mark: Mark) -> Nothing:
    why = mark.why or "its platform did not say under which name"
    return Nothing(slug=mark.slug, name=mark.name, line=0, column="", kind=mark.lack or "stays", why=why)


def told(returned: Returned) -> Iterator[str]:
    """Yield what a person reads of it, line by line."""
    yield f"{returned.out}: {len(returned.cards):,} cards for {returned.platform.capitalize()} to hand back"
    if returned.nothing:
        yield "No card for:"
    for one in returned.nothing:
        yield f"  {' '.join(clean(one.name).split())}: {clean(one.why)}"


def _platform(cards: Cards) -> str:
    """Return the platform that the class came from. Raises UsageError for none, or several."""
    found = {d.platform for d in cards.kept.deliveries if _counts(d.tasks, cards) and d.delivery.returns_as}
    if len(found) != 1 or not found <= {*CARD}:
        received = ", ".join(sorted(found)) or "submissions that came from neither"
        raise UsageError(
            f"Expected a class graded from the zip of Canvas or Moodle, which take cards back, received {received};"
            " `harness publish` writes cards to hand out by other ways."
        )
    return found.pop()


def _counts(tasks: Sequence[str], cards: Cards) -> bool:
    return not cards.tasks or bool({*tasks} & {*cards.tasks})


def _names(cards: Cards) -> Mapping[str, str]:
    """Return the name of every card by slug. Raises UsageError where one of several downloads could be meant."""
    pattern, names = CARD[_platform(cards)], dict[str, str]()
    for one in cards.kept.deliveries:
        place = one.delivery.returns_as
        if not place or not _counts(one.tasks, cards):
            continue
        if not _is_plain(place):
            raise UsageError(f"Expected a name that a zip can hold, received {place!r}; grade the download again.")
        if names.setdefault(one.slug, pattern.format(place)) != pattern.format(place):
            raise UsageError("Expected the tasks of one assignment, received those of several; name them by --task.")
    if len({*names.values()}) < len(names):
        raise UsageError("Expected one submission for each name in the zip, received two for one; grade it again.")
    return names


def _is_plain(place: str) -> bool:
    return clean(place) == place and not any(c in place for c in '/\\:\n\r\t"') and not place.startswith(".")


def _shared(student: StudentResult, result: ClassResult) -> StudentResult:
    """Return what all members of a group may read, who get one card: what rules change only where it is the same."""
    terms = [member.terms for member in student.members]
    if not terms or any(other != terms[0] for other in terms):
        return student
    return as_member(student, student.members[0], result.scale).model_copy(update={"name": student.name})


def _card(cards: Cards, student: StudentResult) -> str:
    shown = without_paths(_shared(student, cards.result), cards.graded.out)
    if cards.tasks:
        kept = [task for task in shown.tasks if task.task in cards.tasks]
        shown = judged(shown.model_copy(update={"tasks": kept}), cards.result.scale)
    return cards.graded.card(cards.result, shown, revealed=cards.revealed)
