"""What the rules of a class changed about a mark, in sentences for the card and the class page."""

from dataclasses import dataclass

from harness.grading.results import TaskResult
from harness.grading.terms import SECONDS, Absent, Late, Terms, adjusted, late_points
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase, listed, plural
from harness.report.words.text import count, percent, points, sentence


@dataclass(frozen=True)
class RuleLine:
    """One line of how a mark came about: what was added or taken off, in points, and why; nothing for a remark."""

    amount: str
    text: str


@dataclass(frozen=True)
class RulesView:
    """How a mark came about: what was earned, what changed it, and what it is; `when` tells the dates."""

    title: str
    earned: str
    lines: list[RuleLine]
    mark: str
    when: str


def rules_view(task: TaskResult) -> RulesView | None:
    """Return how the mark in a task came about; None where no rule says anything about it."""
    terms = task.terms
    if terms is None:
        return None
    lines = [*_late(task, terms), *(RuleLine(signed(c.points), sentence(c.reason)) for c in terms.changes)]
    if terms.late or terms.changes:
        lines += _bounded(task, terms)
    if terms.excused is not None:
        lines.append(RuleLine("", excused_text(terms.excused)))
    if terms.unclear:
        lines.append(RuleLine("", Phrase("The platform says that this came late, but not when; nothing is taken off.")))
    when = _when(terms)
    if not lines and not when:
        return None
    counts = Phrase("does not count") if terms.excused is not None else points(task.mark)
    return RulesView(task.title, points(task.earned), lines, counts, when)


def _late(task: TaskResult, terms: Terms) -> list[RuleLine]:
    late = terms.late
    if late is None:
        return []
    taken = late_points(task.earned, task.possible, terms)
    said = listed([Phrase("Handed in %(time)s late", time=lateness(late.seconds)), *_why(late, task)], ": ")
    return [RuleLine(signed(-taken) if taken or late.taken else "0", Phrase("%(said)s.", said=said))]


def _why(late: Late, task: TaskResult) -> list[str]:
    if late.too_late:
        return [Phrase("too late to earn anything")]
    parts = []
    if late.free:
        parts.append(plural(late.free, "%(n)s late day of the budget used", "%(n)s late days of the budget used"))
    if late.charged:
        begun = count(late.charged, late.unit)
        basis = count(task.earned if late.of == "earned" else task.possible, "point")
        share = percent(late.share)
        parts.append(Phrase("%(share)s of %(basis)s for each of %(begun)s", share=share, basis=basis, begun=begun))
    return [listed(parts)] if parts else [Phrase("nothing is taken off")]


def _bounded(task: TaskResult, terms: Terms) -> list[RuleLine]:
    """Return what is to be said where a mark would be below 0 or above all points."""
    plain = task.earned - late_points(task.earned, task.possible, terms) + sum(c.points for c in terms.changes)
    mark = adjusted(task.earned, task.possible, terms)
    if abs(plain - mark) < 1e-9:
        return []
    if mark > plain:
        return [RuleLine("", Phrase("No mark falls below 0."))]
    return [RuleLine("", Phrase("No mark is above all points of the task that are decided."))]


def _when(terms: Terms) -> str:
    parts = []
    if terms.due:
        parts.append(Phrase("Due %(date)s", date=date(terms.due)))
    if terms.extended:
        parts.append(Phrase("extended: %(why)s", why=terms.extended.strip().rstrip(".")))
    if terms.due and terms.handed_in:
        parts.append(Phrase("handed in %(date)s", date=date(terms.handed_in)))
    return Phrase("%(said)s.", said=listed(parts, "; ")) if parts else ""


def excused_text(reason: str) -> str:
    return Phrase("Excused, so this does not count: %(reason)s", reason=sentence(reason))


def absent_text(absent: Absent) -> str:
    """Return what a task that nothing was handed in for counts."""
    if absent.excused is not None:
        return Phrase("%(task)s: %(excused)s", task=absent.title, excused=excused_text(absent.excused))
    if absent.worth:
        given = count(absent.worth, "point")
        return Phrase(
            "%(task)s: nothing was handed in, which counts as 0 of %(points)s.", task=absent.title, points=given
        )
    return Phrase("%(task)s: nothing was handed in.", task=absent.title)


def changed_text(task: TaskResult) -> str:
    """Return in one line, for a table, what the rules did to the mark in a task; nothing where they did nothing."""
    terms = task.terms
    if terms is None:
        return ""
    said: list[str] = [Phrase("%(time)s late", time=lateness(terms.late.seconds))] if terms.late else []
    said += [" ".join(f"{signed(c.points)} {c.reason}".split()) for c in terms.changes]
    said += [Phrase("excused: %(reason)s", reason=terms.excused)] if terms.excused is not None else []
    said += [Phrase("late, but not known how late")] if terms.unclear else []
    return listed(said, "; ") if said else ""


def signed(amount: float) -> str:
    """Return points with their sign: `+3`, `−20`, `0`."""
    text = points(abs(amount))
    return text if text == "0" else f"{'+' if amount > 0 else '−'}{text}"


def lateness(seconds: float) -> str:
    """Return so many seconds in the two largest units: `2 days 3 h`, `5 min 10 s`."""
    left, parts = round(seconds), list[str]()
    for name, size in (("day", SECONDS["day"]), ("h", SECONDS["hour"]), ("min", 60), ("s", 1)):
        n, left = divmod(left, size)
        if n or parts or name == "s":
            parts.append(f"{n} {'days' if name == 'day' and n != 1 else name}" if n else "")
        if len(parts) == 2:
            break
    return " ".join(filter(None, parts)) or "0 s"
