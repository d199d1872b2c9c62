"""What an instructor replaces on the pages, from a folder: course name, logo, colours, sentences, templates.

THEME/
  theme.yaml            name, language, logo, colours, sentences, price of an hour
  templates/NAME.html   replaces the template of that name; templates/own/ holds what only they include
  style.css             comes after the built-in stylesheet
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from harness.errors import ThemeError, did_you_mean
from harness.report.themes.catalogue import built_in_templates, catalogue, in_template, key
from harness.report.themes.contrast import built_in
from harness.report.themes.logo import logo_uri
from harness.report.themes.theme_file import NAME, Schemes, read_course
from harness.report.words.phrase import Phrase, filled

STYLE, TEMPLATES, OWN = "style.css", "templates", "own"
_LEAVES_THE_PAGE = re.compile(r"</|@import|url\(\s*['\"]?(?!data:|#)[^)]*", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Theme:
    """A theme as read. `logo` is a data: URI, `style` CSS for the end of the stylesheet, both empty if there is none.

    `sentences` maps English texts, as templates and `Phrase`s have them, to what is shown instead. `templates` are the
    sources of own templates by name, and `folder` is where they were read. `price_per_cpu_hour` is in `currency`.
    """

    folder: Path | None = None
    course: str = ""
    language: str = "en"
    logo: str = ""
    style: Markup = field(default_factory=Markup)
    sentences: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    price_per_cpu_hour: float | None = None
    currency: str = "EUR"

    def say(self, text: str, values: Mapping[str, object] | None = None) -> str:
        """Return `text` in the words of the theme, with the values in; those of them that are phrases too."""
        if not self.sentences:  # a phrase is its English text
            return filled(text, values or {})
        said = self.sentences.get(key(text), text)
        return filled(said, {name: self.spoken(value) for name, value in (values or {}).items()})

    def spoken(self, value: object) -> object:
        return self.say(value.msgid, value.values) if self.sentences and isinstance(value, Phrase) else value

    def path_of(self, template: str) -> Path:
        """Return the file of an own template."""
        return (self.folder or Path()) / TEMPLATES / template


PLAIN = Theme()


def load_theme(folder: Path | None) -> Theme:
    """Read a theme; None gives the built-in pages.

    Raises ThemeError `FILE:LINE: one sentence` for an unknown file, key, sentence or colour, for a logo that is no
    picture, for colours that cannot be read on the page, and for a stylesheet that leaves the page. Own templates
    are tried out by `harness.report.rehearsal.rehearsal`.
    """
    if folder is None:
        return PLAIN
    _check_names(folder)
    templates = dict(_templates(folder))
    known = dict(catalogue()) | {s: name for name, source in templates.items() for s in in_template(source)}
    course, logo = read_course(folder / NAME, known, logo_uri)
    return Theme(
        folder=folder,
        course=course.course,
        language=course.language,
        logo=logo,
        style=Markup(_variables(course.colours) + _style(folder)),  # noqa: S704 - hex colours and a checked file
        sentences={key(sentence): instead for sentence, instead in course.sentences.items()},
        templates=templates,
        price_per_cpu_hour=course.price_per_cpu_hour,
        currency=course.currency,
    )


def _check_names(folder: Path) -> None:
    """Refuse a folder that is no theme, and files that would be passed over because of their place or name."""
    if not folder.is_dir():
        raise ThemeError(f"Expected the folder of a theme, received {folder}, which is none; check the path.")
    known = {NAME, STYLE}
    for file in sorted(folder.iterdir()):
        if file.suffix == ".html" and file.is_file():
            raise ThemeError(f"{file}: a template belongs into {folder / TEMPLATES}; move it there.")
        if file.suffix in (".yaml", ".yml", ".css") and file.name not in known:
            raise ThemeError(f"{file}: a theme has no file of this name.{did_you_mean(file.name, known)}")
    if not any((folder / name).exists() for name in (*known, TEMPLATES)):
        raise ThemeError(
            f"Expected {NAME}, {STYLE} or {TEMPLATES}/ in {folder}, found none; `harness theme --out DIR` writes them."
        )


def _templates(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and source of every own template."""
    for file in sorted((folder / TEMPLATES).glob("*")):
        if file.is_file() and file.name not in built_in_templates():
            hint = did_you_mean(file.name, built_in_templates())
            raise ThemeError(f"{file}: there is no template of this name.{hint} New ones belong into {OWN}/ beside it.")
    for file in sorted((folder / TEMPLATES).rglob("*.html")):
        name = file.relative_to(folder / TEMPLATES).as_posix()
        if "/" in name and not name.startswith(f"{OWN}/"):
            raise ThemeError(f"{file}: templates lie in {TEMPLATES}/ itself or in {TEMPLATES}/{OWN}/; move it there.")
        yield name, _read(file)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ThemeError(f"{file}: the file cannot be read ({error.strerror}); check the path.") from None
    except UnicodeDecodeError as error:
        line = file.read_bytes().count(b"\n", 0, error.start) + 1
        raise ThemeError(f"{file}:{line}: the text is not UTF-8; save the file as UTF-8.") from None


def _variables(colours: Schemes) -> str:
    """Return CSS that sets the colours on screens; paper keeps its own."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in mine.items()) for mine in (colours.light, colours.dark)
    )
    css = f"@media screen{{:root{{{light}}}}}\n" if light else ""
    if light or dark:  # a light colour must not stand in for the dark one that the theme leaves as it is
        kept = "".join(f"--{n}:{c};" for n, c in built_in()["dark"].items() if n in colours.light)
        css += f"@media screen and (prefers-color-scheme:dark){{:root{{{kept}{dark}}}}}\n"
    return css


def _style(folder: Path) -> str:
    """Return the theme's stylesheet; raises ThemeError for what would end the style element or load something."""
    file = folder / STYLE
    text = _read(file) if file.is_file() else ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _LEAVES_THE_PAGE.search(line):
            raise ThemeError(
                f"{file}:{number}: a page is one file and loads nothing, but here stands {found[0]!r}; leave it out or"
                " write a picture as url(data:...)."
            )
    return text
