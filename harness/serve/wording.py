"""The words of the desk's pages: sentences of the theme, into which links and names can be put as they look."""

from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

from harness.report.themes.theme import Theme
from harness.report.words.phrase import filled
from harness.report.words.text import clean


def bdi(name: str) -> Markup:
    """Return a name whose direction of writing does not change that of the words around it."""
    return Markup("<bdi>{}</bdi>").format(clean(name))


def wording(theme: Theme) -> dict[str, Callable[..., str]]:
    """Return `_()` and `ngettext()` for templates; a value that is markup stays so, sentence and others are escaped."""

    def gettext(text: str, /, **values: object) -> str:
        return said(theme, text, values)

    def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
        return said(theme, one if n == 1 else many, {"n": n, "num": n, **values})

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}


def said(theme: Theme, text: str, values: Mapping[str, object]) -> str:
    """Return a sentence with the values in; markup if one of them is."""
    if not any(isinstance(value, Markup) for value in values.values()):
        return theme.say(text, values)
    sentence = theme.say(text, {name: f"%({name})s" for name in values})
    parts = {name: _part(theme, value) for name, value in values.items()}
    return Markup(filled(str(escape(sentence)), parts))  # noqa: S704 - all of it was escaped


def _part(theme: Theme, value: object) -> Markup:
    return value if isinstance(value, Markup) else escape(clean(str(theme.spoken(value))))
