"""Whether a picture is what `harness.report.drawing.figures.draw` makes, so that a page may place it as it is.

Pictures wait in the records between drawing and the page, where anybody with the folder can edit them. Allowed is what
drawing uses and nothing else: no script, no style sheet, no link, no event, no reference but to a picture's own ids and
to embedded PNGs. Comments, declarations and CDATA are refused first: there XML, which is read here, and HTML, which a
browser reads, are not of one mind.
"""

import re
from functools import lru_cache
from typing import Any, Final
from xml.parsers import expat

from markupsafe import Markup

from harness.report.words.text import clean

LEFT_OUT: Final = "This picture was left out: what is kept of it is not as the harness drew it."
LARGEST: Final = 1_400_000  # characters: a card stays under 1.5 MB
DEEPEST: Final = 12

_ATTRIBUTES: Final = {
    "svg": frozenset(
        {
            *("xmlns", "xmlns:xlink", "role", "aria-label", "viewBox", "width", "height"),
            *("stroke-linejoin", "stroke-linecap", "fill"),
        }
    ),
    "title": frozenset[str](),
    "defs": frozenset[str](),
    "g": frozenset({"style", "clip-path", "transform"}),
    "clipPath": frozenset({"id"}),
    "path": frozenset({"id", "d", "style", "clip-path", "transform"}),
    "use": frozenset({"x", "y", "style", "xlink:href", "transform"}),  # nothing with an id holds another: none repeats
    "image": frozenset({"id", "x", "y", "width", "height", "style", "xlink:href", "transform"}),
    "text": frozenset({"x", "y", "style", "transform"}),
}
_WORDS: Final = frozenset({"title", "text"})  # the only elements with text in them, and with nothing else
_NAMESPACES: Final = {"xmlns": "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink"}
_PROPERTIES = (
    r"fill|fill-opacity|fill-rule|stroke|stroke-width|stroke-opacity|stroke-linejoin|stroke-linecap|stroke-miterlimit"
    r"|stroke-dasharray|stroke-dashoffset|opacity|font-size|font-weight|font-style|text-anchor|image-rendering"
)
_STYLE = re.compile(rf"(?:(?:{_PROPERTIES}): ?[-#.,\w ]*(?:; ?|$))*")
_ID = r"f[0-9a-f]{10}-\d+"  # as `harness.report.drawing.svg.tidy` gives them, so that none is one of the page's
_REFERENCE = re.compile(rf"#{_ID}|data:image/png;base64,[A-Za-z0-9+/= ]*")
_CLIP = re.compile(rf"url\(#{_ID}\)")


def picture(svg: str) -> Markup:
    """Return a picture as a page may place it; a sentence in its place where it is not as drawn."""
    if is_drawn(svg):
        return Markup(svg)  # noqa: S704 - the check is what makes it safe
    return Markup('<p class="quiet">{}</p>').format(LEFT_OUT)


class _Refused(Exception):
    """Something in a picture is not what drawing makes."""


@lru_cache(maxsize=64)  # checked where it is read and again where it is placed
def is_drawn(svg: str) -> bool:
    """Say whether `svg` is one `<svg>` element of nothing but shapes, words and embedded PNGs."""
    if len(svg) > LARGEST or not svg.startswith("<svg") or "<!" in svg or "<?" in svg:
        return False
    if not svg.isascii() and clean(svg) != svg:
        return False
    try:
        _read(svg)
    except (_Refused, expat.ExpatError, ValueError):
        return False
    return True


def _read(svg: str) -> None:
    """Read a picture; raises _Refused for what it may not hold and ExpatError for what is no XML."""
    inside: list[str] = []
    checked: set[tuple[str, str]] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        _check_place(name, inside)
        if not attributes.keys() <= _ATTRIBUTES[name]:
            raise _Refused(name)
        for attribute, value in attributes.items():
            if attribute in _RULES and (attribute, value) not in checked:
                if not _RULES[attribute](value):
                    raise _Refused(attribute)
                checked.add((attribute, value))
        inside.append(name)

    def words(text: str) -> None:
        if inside[-1] not in _WORDS and not text.isspace():
            raise _Refused("text")

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = words
    parser.Parse(svg.encode(), True)


def _check_place(name: str, inside: list[str]) -> None:
    """Refuse an element that is unknown, an `svg` in another, anything within words, and deep nesting."""
    if name not in _ATTRIBUTES or (name == "svg") != (not inside) or len(inside) > DEEPEST:
        raise _Refused(name)
    if inside and inside[-1] in _WORDS:
        raise _Refused(name)


_RULES: Final[dict[str, Any]] = {
    "id": re.compile(_ID).fullmatch,
    "style": _STYLE.fullmatch,
    "xlink:href": _REFERENCE.fullmatch,
    "clip-path": _CLIP.fullmatch,
    "xmlns": _NAMESPACES["xmlns"].__eq__,
    "xmlns:xlink": _NAMESPACES["xmlns:xlink"].__eq__,
}
