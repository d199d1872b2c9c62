"""The folder that a theme starts from: a `theme.yaml` that says what can be said, all of it commented out."""

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from harness.errors import ThemeError
from harness.report.files import write_if_changed
from harness.report.themes.catalogue import built_in_templates, catalogue
from harness.report.themes.contrast import built_in
from harness.report.themes.theme import TEMPLATES
from harness.report.themes.theme_file import NAME

_HEAD = """\
# What this folder changes on report cards and on the class page. Everything may be left out.
# Take the # away from what you change; `harness theme DIR` then checks it, and with --preview OUT shows it.
# style.css beside this file comes after the built-in stylesheet; templates/NAME.html replaces a template.

"""
_SETTINGS = """\
course: "Deep Learning, autumn term"   # above the heading of every page
language: en   # what screen readers take the page for
logo: logo.svg   # PNG, JPEG, WebP or SVG in this folder, at most 200 kB
price_per_cpu_hour: 0.04   # for the cost on the class page
currency: EUR
"""
_COLOURS = """\
# Text needs a contrast of 4.5 to 1 against page and sheet, bars 3 to 1; a theme with less is refused.
colours:
"""
_SENTENCES = """\
# English text: what is shown instead. What stands as %(name)s is put in; it may move, or be left out.
sentences:
"""


def write_start(out: Path, *, templates: bool = False) -> list[Path]:
    """Write the folder, with a copy of every template if asked; return the files. Raises ThemeError if one is there."""
    files = {NAME: course_file()}
    if templates:
        files |= {f"{TEMPLATES}/{name}": source for name, source in sorted(built_in_templates().items())}
    there = next((out / name for name in files if (out / name).exists()), None)
    if there:
        raise ThemeError(f"Expected a folder without a theme, but {there} is there already; name another folder.")
    for name, text in files.items():
        write_if_changed(out / name, text)
    return [out / name for name in files]


def course_file() -> str:
    """Return a `theme.yaml` in which every line is a comment."""
    parts = (_SETTINGS, _COLOURS + "".join(_colours(built_in())), _SENTENCES + "".join(_sentences(catalogue())))
    return _HEAD + "\n".join(_commented(part) for part in parts)


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _colours(schemes: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for scheme, colours in schemes.items():
        yield f"  {scheme}:\n"
        yield from (f'    {name}: "{colour}"\n' for name, colour in colours.items())


def _sentences(known: Mapping[str, str]) -> Iterator[str]:
    for place, group in groupby(known.items(), key=lambda item: item[1]):
        yield f"  # {place}\n"
        for sentence, _ in group:
            quoted = json.dumps(sentence, ensure_ascii=False)
            yield f"  {quoted}: {quoted}\n"
