"""Report cards and the class page as HTML that needs nothing from elsewhere.

Every value is escaped by the template engine; the only text placed as it is are the stylesheet, the script
and the pictures that `harness.report.drawing.figures.draw` made.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from harness.errors import ResultsError
from harness.grading.people import behind
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.report.card_page.card import ClassFacts, card_view
from harness.report.class_page.faults_table import HasLog, no_logs
from harness.report.class_page.leaderboard import leaderboard as leaderboard_of
from harness.report.class_page.overview import overview
from harness.report.class_page.progress import Live
from harness.report.drawing.figures import DrawnFigure
from harness.report.files import write_if_changed, write_results
from harness.report.grades import BOM, grades_csv
from harness.report.themes.engine import render
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.links import REFERENCE_CARD, log_path
from harness.report.words.marks import as_shown
from harness.report.words.scripts import CLASS_PAGE, TABLES, script
from harness.report.words.text import clean

FiguresOf = Callable[[StudentResult, TaskResult], Sequence[DrawnFigure]]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def render_card(
    student: StudentResult,
    facts: ClassFacts,
    *,
    revealed: bool,
    figures: Mapping[str, Sequence[DrawnFigure]],
    theme: Theme = PLAIN,
) -> str:
    """Return a student's card; hidden criteria stay out unless revealed. `facts` are about the class.

    `figures` maps the name of a task to its pictures, which must come from `harness.report.drawing.figures.draw`.
    """
    return render(
        theme,
        "card.html",
        policy=POLICY,
        class_title=facts.title,
        card=card_view(student, revealed, figures, facts),
        harness=facts.harness,
    )


def render_class(
    result: ClassResult,
    *,
    expected: int | None = None,
    theme: Theme = PLAIN,
    live: Live | None = None,
    has_log: HasLog = no_logs,
    leaderboard: bool = False,
) -> str:
    """Return the page of a class, for staff: hidden criteria are on it.

    `expected` is the number of submissions in all, where an interrupted result holds fewer; `live` says that grading
    goes on, `has_log` which records have a log beside the page, `leaderboard` that there is one.
    """
    values = class_values(result, expected=expected, theme=theme, live=live, has_log=has_log, leaderboard=leaderboard)
    return render(theme, "class.html", **values)


def class_values(
    result: ClassResult,
    *,
    expected: int | None = None,
    theme: Theme = PLAIN,
    live: Live | None = None,
    has_log: HasLog = no_logs,
    leaderboard: bool = False,
) -> dict[str, object]:
    """Return what `render_class` gives its template; `harness serve` gives it to one that extends it."""
    code, digest = script(CLASS_PAGE)
    return {
        "policy": f"{POLICY}; script-src '{digest}'",
        "script": code,
        "page": overview(
            result,
            expected,
            live=live,
            has_log=has_log,
            price_per_cpu_hour=theme.price_per_cpu_hour,
            currency=theme.currency,
        ),
        "leaderboard": leaderboard,
        "revealed": result.revealed,
        "harness": result.harness,
    }


def render_leaderboard(result: ClassResult, *, theme: Theme = PLAIN) -> str:
    """Return the page of ranks for students: pseudonyms only, and nothing that a hidden criterion says."""
    code, digest = script(TABLES)
    return render(
        theme,
        "leaderboard.html",
        policy=f"{POLICY}; script-src '{digest}'",
        script=code,
        page=leaderboard_of(result),
        harness=result.harness,
    )


def write_reports(
    result: ClassResult,
    figures: FiguresOf,
    out: Path,
    *,
    expected: int | None = None,
    theme: Theme = PLAIN,
    only: Collection[str] | None = None,
) -> Path:
    """Write `cards/SLUG.html`, tables, `leaderboard.html` and `index.html` into `out`; return the index.

    Files are replaced whole and only where they change, the index last. `only` names the slugs whose cards may have
    changed, None for all. Raises ResultsError.
    """
    slugs = [_file_name(card.slug) for student in result.students for card in cards_of(student, result)]
    if len(set(slugs)) != len(slugs):
        raise ResultsError("Expected a slug of its own for every student, received one twice; rename a submission.")
    facts = ClassFacts.of(result)
    for student in result.students:
        if only is not None and student.slug not in only:
            continue
        seen = [as_shown(task, revealed=result.revealed) for task in student.tasks]
        drawn = {task.task: figures(student, task) for task in seen}
        for card in cards_of(student, result):
            write_card(result, card, drawn, out, theme=theme, facts=facts)
    remove_others(out / "cards", set(slugs))
    write_reference(result, figures, out, theme)
    write_if_changed(out / "grades.csv", BOM + grades_csv(result))
    write_results(out / "results.json", result)
    index = out / "index.html"
    write_if_changed(out / "leaderboard.html", render_leaderboard(result, theme=theme))
    write_if_changed(
        index, render_class(result, expected=expected, theme=theme, has_log=logs_in(out), leaderboard=True)
    )
    return index


def cards_of(student: StudentResult, result: ClassResult) -> list[StudentResult]:
    """Return whom a submission has cards for: itself, and each member of a group."""
    return [student, *(member for member in behind(student, result.scale) if member.slug != student.slug)]


def write_card(
    result: ClassResult,
    student: StudentResult,
    figures: Mapping[str, Sequence[DrawnFigure]],
    out: Path,
    *,
    theme: Theme = PLAIN,
    facts: ClassFacts | None = None,
) -> None:
    """Write the card of one student of a class, whose `facts` may be at hand, into `out`. Raises ResultsError."""
    said = facts or ClassFacts.of(result)
    page = render_card(student, said, revealed=result.revealed, figures=figures, theme=theme)
    write_if_changed(out / "cards" / f"{_file_name(student.slug)}.html", page)


def write_reference(result: ClassResult, figures: FiguresOf, out: Path, theme: Theme) -> None:
    """Write the card of the reference beside the class page, for staff; take away one that is no longer true."""
    reference, page = result.reference, out / REFERENCE_CARD
    if reference is None:
        page.unlink(missing_ok=True)
        return
    drawn = {task.task: figures(reference, task) for task in reference.tasks}
    write_if_changed(page, render_card(reference, ClassFacts.of(result), revealed=True, figures=drawn, theme=theme))


def write_live_page(result: ClassResult, out: Path, live: Live, *, theme: Theme = PLAIN) -> None:
    """Write the class page of a class that is still being graded into `out`, and nothing else. Raises ResultsError."""
    write_if_changed(out / "index.html", render_class(result, live=live, theme=theme, has_log=logs_in(out)))


def logs_in(out: Path) -> HasLog:
    """Return what says whether the record of a key has a log in the result folder `out`."""
    return lambda key: (out / log_path(key)).is_file()


def remove_others(cards: Path, slugs: set[str]) -> None:
    """Delete cards of students who are no longer in the class, so that none is handed out by mistake."""
    for card in cards.glob("*.html"):
        if card.stem not in slugs:
            card.unlink(missing_ok=True)


def _file_name(slug: str) -> str:
    if not slug or slug.startswith(".") or clean(slug) != slug or any(c in slug for c in "/\\:\n\r\t"):
        raise ResultsError(f"Expected a slug that can name a file, received {slug!r}; grade the submission again.")
    return slug
