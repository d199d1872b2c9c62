"""Tries a theme on a made-up class, so that a broken template is found before anything is trained."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.errors import ThemeError, UsageError
from harness.report.card_page.card import ClassFacts
from harness.report.files import write_if_changed
from harness.report.pages import render_card, write_reports
from harness.report.rehearsal.specimen import specimen, specimen_difference, specimen_figures, specimen_separation
from harness.report.staff_pages.difference import render_difference
from harness.report.staff_pages.separation import render_separation
from harness.report.themes.engine import template
from harness.report.themes.theme import PLAIN, Theme

MARKED = "<b id=rehearsal>Ada</b>"  # a name that a page must show as it is written
_MADE_UP = "made-up.txt"
_POLICY = 'http-equiv="Content-Security-Policy"'
_UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\s+false")


def rehearsed(theme: Theme) -> Theme:
    """Return the theme after every page was made with it once.

    Raises ThemeError `FILE:LINE: one sentence` where a template of the theme is broken, shows a name unescaped, or
    leaves out the content security policy.
    """
    if theme is PLAIN:
        return theme
    for name in theme.templates:  # a page of the made-up class may come to none of them
        template(theme, name)
    with TemporaryDirectory() as out:
        for page in made_up(theme, Path(out)).values():
            _check(theme, page)
    return theme


def write_preview(theme: Theme, out: Path) -> Path:
    """Write the pages of a made-up class into `out`; return the first. Raises UsageError if it holds other things."""
    if out.exists() and not (out / _MADE_UP).is_file() and (out.is_file() or any(out.iterdir())):
        raise UsageError(f"Expected a new folder for a made-up class, received {out}, which holds other things.")
    write_if_changed(out / _MADE_UP, "The pages here show a theme; nobody was graded.\n")
    for name, page in made_up(theme, out, "Ada Lovelace").items():
        write_if_changed(out / name, page)
    return out / "index.html"


def made_up(theme: Theme, out: Path, name: str = MARKED) -> Mapping[str, str]:
    """Write a made-up class into `out` as a graded one is written; return its pages, and those for staff, by name."""
    result = specimen(name)
    write_reports(result, lambda _student, _task: specimen_figures(), out, theme=theme)
    pages = {file.relative_to(out).as_posix(): file.read_text(encoding="utf-8") for file in out.rglob("*.html")}
    first = result.students[0]
    figures = {task.task: specimen_figures() for task in first.tasks}
    return pages | {
        "revealed.html": render_card(first, ClassFacts.of(result), revealed=True, figures=figures, theme=theme),
        "diff.html": render_difference(specimen_difference(), theme=theme),
        "preflight.html": render_separation(specimen_separation(), theme=theme),
    }


def _check(theme: Theme, page: str) -> None:
    """Raise ThemeError for a page that lets a name be more than text, or lost its policy."""
    if MARKED in page:
        raise ThemeError(
            f"{_suspect(theme)}: names and outputs are shown as HTML here; leave out `safe`, so that they stay text."
        )
    if _POLICY not in page:
        base = theme.path_of("base.html")
        raise ThemeError(
            f"{base}:1: the page has no content security policy; keep the <meta> line of the built-in one."
        )


def _suspect(theme: Theme) -> str:
    """Return `FILE:LINE` of the first own template that switches escaping off; the folder if none seems to."""
    for name, source in theme.templates.items():
        for number, line in enumerate(source.splitlines(), 1):
            if _UNESCAPED.search(line):
                return f"{theme.path_of(name)}:{number}"
    return str(theme.folder)
