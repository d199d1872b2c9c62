"""Report cards and the class page as HTML that needs nothing from elsewhere.

Every value is escaped by the template engine; the only text placed as it is are the stylesheet, the script
and the pictures that `harness.report.figures.draw` made.
"""

import base64
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from harness import __version__
from harness.errors import ResultsError
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.report.card import card_view
from harness.report.figures import DrawnFigure
from harness.report.files import results_json, write_if_changed
from harness.report.grades import grades_csv
from harness.report.overview import overview
from harness.report.text import clean, points

FiguresOf = Callable[[StudentResult, TaskResult], Sequence[DrawnFigure]]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@functools.cache
def environment() -> Environment:
    """Return the template environment, compiled once a process."""
    made = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_finalize,
    )
    made.filters["points"] = points
    made.filters["picture"] = Markup
    return made


def _finalize(value: object) -> object:
    return clean(value) if type(value) is str else value


@functools.cache
def _script() -> tuple[Markup, str]:
    """Return the script of the class page and what the content security policy calls it."""
    text = files("harness.report").joinpath("templates/sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 - our own file


def render_card(
    student: StudentResult,
    *,
    class_title: str,
    published: bool,
    figures: Mapping[str, Sequence[DrawnFigure]],
    harness_version: str = __version__,
    templates: Environment | None = None,
) -> str:
    """Return a student's card; hidden criteria stay out unless published.

    `figures` maps the name of a task to its pictures, which must come from `harness.report.figures.draw`.
    """
    return (
        (templates or environment())
        .get_template("card.html")
        .render(
            policy=POLICY,
            class_title=class_title,
            card=card_view(student, published, figures),
            harness=harness_version,
        )
    )


def render_class(result: ClassResult, *, expected: int | None = None, templates: Environment | None = None) -> str:
    """Return the page of a class, for staff: hidden criteria are on it.

    `expected` is the number of submissions in all, where an interrupted result holds fewer.
    """
    script, digest = _script()
    return (
        (templates or environment())
        .get_template("class.html")
        .render(
            policy=f"{POLICY}; script-src '{digest}'",
            script=script,
            page=overview(result, expected),
            published=result.published,
            harness=result.harness,
        )
    )


def write_reports(result: ClassResult, figures: FiguresOf, out: Path, *, expected: int | None = None) -> Path:
    """Write `cards/SLUG.html`, `grades.csv`, `results.json` and `index.html` into `out`; return the index.

    Files are replaced whole and only where they change, the index last. Raises ResultsError.
    """
    slugs = [_file_name(student.slug) for student in result.students]
    if len(set(slugs)) != len(slugs):
        raise ResultsError("Expected a slug of its own for every student, received one twice; rename a submission.")
    for student, slug in zip(result.students, slugs, strict=True):
        page = render_card(
            student,
            class_title=result.title,
            published=result.published,
            figures={task.task: figures(student, task) for task in student.tasks},
            harness_version=result.harness,
        )
        write_if_changed(out / "cards" / f"{slug}.html", page)
    remove_others(out / "cards", set(slugs))
    write_if_changed(out / "grades.csv", grades_csv(result))
    write_if_changed(out / "results.json", results_json(result))
    index = out / "index.html"
    write_if_changed(index, render_class(result, expected=expected))
    return index


def remove_others(cards: Path, slugs: set[str]) -> None:
    """Delete cards of students who are no longer in the class, so that none is handed out by mistake."""
    for card in cards.glob("*.html"):
        if card.stem not in slugs:
            card.unlink(missing_ok=True)


def _file_name(slug: str) -> str:
    if not slug or slug.startswith(".") or clean(slug) != slug or any(c in slug for c in "/\\:\n\r\t"):
        raise ResultsError(f"Expected a slug that can name a file, received {slug!r}; grade the submission again.")
    return slug
