"""What preflight found, as a page for staff: `preflight.html`, submissions against criteria."""

from dataclasses import dataclass
from pathlib import Path

from harness import __version__
from harness.grading.separation import Role, Separation, SeparationCell, SeparationRow, TaskSeparation
from harness.report.files import write_if_changed
from harness.report.pages import POLICY
from harness.report.themes.engine import render
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.links import Link, link
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase, plural
from harness.report.words.text import count, points, sentence

NO_MISTAKES = Phrase("There were no flawed submissions: only the reference and the template are checked.")
MEANT, WRONG = "*", "!"
LEGEND = Phrase(
    "%(meant)s the criterion is meant for this mistake; %(wrong)s these marks ought to be others.",
    meant=MEANT,
    wrong=WRONG,
)


@dataclass(frozen=True)
class Shown:
    """One mark in words: `25/25`, `0/25 *` where it is meant for the mistake, `25/25 !` where it is wrong.

    `kind` is `passed` for a mark as it ought to be, `missed` for another, and empty where nothing is expected.
    """

    text: str
    kind: str


@dataclass(frozen=True)
class ShownRow:
    who: Link
    mistake: str
    cells: list[Shown]
    kind: str
    verdict: str
    fault: str


@dataclass(frozen=True)
class ShownTask:
    name: str
    title: str
    criteria: list[tuple[str, float]]
    rows: list[ShownRow]
    notes: list[str]
    failures: list[str]
    summary: str


def summary(found: Separation) -> str:
    """Return one sentence: whether every rubric separates, and if not, how many marks are not as they ought to be."""
    if not found.failures:
        return plural(
            len(found.tasks), "%(n)s rubric separates what it should.", "%(n)s rubrics separate what they should."
        )
    return plural(
        sum(bool(task.failures) for task in found.tasks),
        "%(n)s of %(rubrics)s does not separate: %(failures)s.",
        "%(n)s of %(rubrics)s do not separate: %(failures)s.",
        rubrics=count(len(found.tasks), "rubric"),
        failures=count(len(found.failures), "failure"),
    )


def task_summary(task: TaskSeparation) -> str:
    """Return what was compared, in one sentence."""
    if task.designs:
        return Phrase(
            "%(criteria)s against the reference, the template, %(designs)s and %(mistakes)s.",
            criteria=count(len(task.criteria), "criterion", "criteria"),
            designs=count(task.designs, "textbook design"),
            mistakes=count(task.mistakes, "flawed submission"),
        )
    return Phrase(
        "%(criteria)s against the reference, the template and %(mistakes)s.",
        criteria=count(len(task.criteria), "criterion", "criteria"),
        mistakes=count(task.mistakes, "flawed submission"),
    )


def notes(task: TaskSeparation) -> list[str]:
    """Return what a reader must know beside the table: what was not tried."""
    if not task.mistakes:
        return [NO_MISTAKES]
    untried = ", ".join(task.untried)
    return [Phrase("No flawed submission is meant for %(criteria)s.", criteria=untried)] if untried else []


def shown(cell: SeparationCell, role: Role) -> Shown:
    """Return a cell as the terminal and the page show it."""
    text = f"{points(cell.earned)}/{points(cell.points)}"
    if cell.failure:
        return Shown(f"{text} {WRONG}", "missed")
    if not cell.meant:
        return Shown(text, "")
    return Shown(f"{text} {MEANT}" if role is Role.FLAWED else text, "passed")


def render_separation(found: Separation, *, theme: Theme = PLAIN) -> str:
    """Return the page, for staff: it shows the reference and the mistakes looked for."""
    return render(
        theme,
        "separation.html",
        policy=POLICY,
        created=date(found.created),
        profile=found.profile,
        seeds=", ".join(map(str, found.seeds)),
        summary=summary(found),
        kind="missed" if found.failures else "passed",
        tasks=[_task(task) for task in found.tasks],
        legend=LEGEND,
        harness=__version__,
    )


def write_separation(found: Separation, out: Path, *, theme: Theme = PLAIN) -> Path:
    """Write `preflight.html` into `out` and return it. Raises ResultsError."""
    page = out / "preflight.html"
    write_if_changed(page, render_separation(found, theme=theme))
    return page


def _task(task: TaskSeparation) -> ShownTask:
    return ShownTask(
        name=task.task,
        title=task.title,
        criteria=list(task.criteria.items()),
        rows=[_row(row) for row in task.rows],
        notes=notes(task),
        failures=[sentence(failure) for failure in task.failures],
        summary=task_summary(task),
    )


def _row(row: SeparationRow) -> ShownRow:
    return ShownRow(
        who=link(row.name, row.slug),
        mistake=row.mistake,
        cells=[shown(cell, row.role) for cell in row.cells],
        kind="missed" if row.failures else "passed",
        verdict=row.verdict,
        fault=row.fault,
    )
