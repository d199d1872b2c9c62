"""The template engine: every value is escaped, and a theme's own templates come before the built-in ones."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from traceback import walk_tb

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from harness.errors import ThemeError, did_you_mean
from harness.report.drawing.vetted import picture
from harness.report.themes.catalogue import built_in_templates
from harness.report.themes.compiled import Compiled
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.phrase import Phrase
from harness.report.words.text import clean, points

BUILT_IN = "harness"  # `{% extends "harness/card.html" %}` in an own card.html means the one it replaces
_SPECIAL = re.compile("[&<>'\"]")
_MODULE = re.compile(r"\b(?:\w+\.)+(?=[A-Z]\w* object)")


@lru_cache(maxsize=8)
def environment(theme: Theme = PLAIN) -> Environment:
    """Return the environment of a theme, in which every template is compiled once.

    A template of the theme can extend or include the built-in one of the same name as `harness/NAME.html`. Own
    templates run in Jinja's sandbox: a theme from a colleague is wording, and need not be trusted like code.
    """
    kind: Callable[..., Environment] = ImmutableSandboxedEnvironment if theme.templates else Environment
    made = kind(
        loader=_loader(theme),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=partial(_shown, theme),
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=Compiled() if theme is PLAIN else None,  # a theme's words may be compiled in
    )
    made.code_generator_class = _Printing
    made.filters["breakable"] = _breakable
    made.filters["points"] = points
    made.filters["picture"] = picture
    made.filters["rows"] = partial(_rows, theme)
    made.globals["theme"] = theme
    _speak(made, theme)
    return made


def render(theme: Theme, name: str, **values: object) -> str:
    """Return the page that the template `name` makes of the values.

    Raises ThemeError `FILE:LINE: one sentence` where a template of the theme is broken.
    """
    with _told(theme, values):
        return environment(theme).get_template(name).render(**values)


def template(theme: Theme, name: str) -> Template:
    """Return a template, compiled; raises ThemeError where it is one of the theme and broken."""
    with _told(theme, {}):
        return environment(theme).get_template(name)


@contextmanager
def _told(theme: Theme, values: Mapping[str, object]) -> Iterator[None]:
    """Turn an error that comes from a template of the theme into a ThemeError; others are ours and stay."""
    try:
        yield
    except Exception as error:
        place = _place(error, theme)
        if place is None:
            raise
        raise ThemeError(f"{place}: {_sentence(error, theme, values)}") from error


def _loader(theme: Theme) -> BaseLoader:
    def own(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = theme.templates.get(name)
        return None if source is None else (source, str(theme.path_of(name)), lambda: True)

    shipped = PackageLoader("harness.report")
    return ChoiceLoader([FunctionLoader(own), shipped, PrefixLoader({BUILT_IN: shipped})])


def _shown(theme: Theme, value: object) -> str:
    """Return what is printed for a value, escaped: phrases in the theme's words, text without disguising characters.

    Most values hold nothing to escape, and are cheaper as they are than as `Markup`.
    """
    if type(value) in (float, int):
        return str(value)
    if type(value) is not str and not isinstance(value, Phrase):
        return escape(value)
    said = clean(value if type(value) is str else str(theme.spoken(value)))
    return escape(said) if _SPECIAL.search(said) else said


class _Printing(CodeGenerator):
    """Leaves escaping to `finalize`, which does it: Jinja would do it once more to each value."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        assert finalize.src is not None  # it is `_shown`
        self.write(finalize.src)

    def _output_child_post(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")")


def _breakable(name: str) -> Markup:
    """Return a name that may go on in the next line after an underscore; a number or a word is never taken apart."""
    return Markup("_<wbr>").join(clean(name).split("_"))


def _rows(theme: Theme, rows: Iterable[Sequence[str]]) -> Markup:
    """Return the rows of a table of numbers, the label of each first: as a loop in a template they are half of a card.

    All is escaped at once, with characters between cells and between rows that no cleaned text holds.
    """
    text = escape("\1".join(["\0".join([clean(str(theme.spoken(cell))) for cell in row]) for row in rows]))
    return Markup("".join(map(_row, str(text).split("\1")))) if text else Markup()  # noqa: S704 - it is escaped


def _row(escaped: str) -> str:
    label, between, cells = escaped.partition("\0")
    values = "<td>" + cells.replace("\0", "</td><td>") + "</td>" if between else ""
    return f'<tr><th scope="row">{label}</th>{values}</tr>\n'


def _speak(made: Environment, theme: Theme) -> None:
    """Let `_()` and `{% trans %}` take their words from the theme; what comes out is escaped like any value."""

    def gettext(text: str, **values: object) -> str:
        return theme.say(text, values)

    def ngettext(one: str, many: str, n: float, **values: object) -> str:
        return theme.say(one if n == 1 else many, {"n": n, "num": n, **values})

    made.newstyle_gettext = True  # type: ignore[attr-defined]  # values are handed to gettext, not put in after it
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(gettext=gettext, ngettext=ngettext, _=gettext)


def _place(error: Exception, theme: Theme) -> str | None:
    """Return `FILE:LINE` of the own template that an error comes from; None if it comes from none of them."""
    files = {str(theme.path_of(name)) for name in theme.templates}
    if isinstance(error, TemplateSyntaxError) and error.filename in files:
        return f"{error.filename}:{error.lineno}"
    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    return next((f"{file}:{line}" for file, line in reversed(lines) if file in files), None)


def _sentence(error: Exception, theme: Theme, values: Mapping[str, object]) -> str:
    """Return what is wrong, with a close name where a name is unknown."""
    said = _MODULE.sub("", str(getattr(error, "message", None) or error)).rstrip(".")
    made = environment(theme)
    if isinstance(error, TemplateNotFound):
        known = {*built_in_templates(), *theme.templates}
        return f"there is no template {error.name!r}.{did_you_mean(str(error.name), known)}"
    if isinstance(error, TemplateSyntaxError):
        return f"this is no valid template: {said}.{_close(said, [*made.filters, *made.tests])}"
    if isinstance(error, UndefinedError):
        return f"{said}.{_close(said, [*values, *made.globals])}"
    return f"this cannot be shown ({type(error).__name__}: {said}); the built-in template shows how it is meant."


def _close(said: str, known: Iterable[str]) -> str:
    """Return a close name for the one quoted in a sentence, or nothing."""
    quoted = re.search(r"'(\w+)'", said)
    hint = did_you_mean(quoted[1], known) if quoted else ""
    return hint if "Did you mean" in hint else ""
