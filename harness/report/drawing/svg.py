"""From what matplotlib writes to an SVG that can stand inside a page beside others.

The text of the picture takes the page's font and colour; ids are prefixed with a hash of the picture;
coordinates are cut to two decimals; prolog, metadata and the stylesheet (which would apply to the whole page)
are removed, and so is what says nothing.
"""

import hashlib
import re
from html import escape

INK = "#0b0c0d"  # drawn in this colour, shown in the colour of the surrounding text
_HEAD = re.compile(r"^.*?<svg [^>]*viewBox=\"0 0 ([\d.]+) ([\d.]+)\"[^>]*>", re.DOTALL)
_DROPPED = re.compile(
    r"<metadata>.*?</metadata>\s*|<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>\s*|<!--.*?-->\s*", re.DOTALL
)
_TAG = re.compile(r"<[a-z][^>]*\d\.\d{3}[^>]*>")
_DECIMALS = re.compile(r"(\d\.\d\d)\d+")
_FONT = re.compile(r"font: (?:[a-z0-9]+ )*?([\d.]+px) [^;\"]*")  # as matplotlib 3.9 writes it
_FAMILY = re.compile(r" font-family: [^;\"]*;?")
_BLANKS = re.compile(r"\s*\n\s*")
_ID = re.compile(r'(?<= id=")[^"]+|(?<=href="#)[^"]+|(?<=url\(#)[^)]+')
_GROUP_ID = re.compile(r'<g id="[^"]*">')
_LONE = re.compile(r"<g>(<(?:path|text)[^>]*(?:/>|>[^<]*</text>))</g>")
_SAYS_NOTHING = re.compile(r' transform="rotate\(-?0 [^"]*\)"|(?<=<text style=")text-anchor: start; |\s(?="/?>)')
_TEXT_INK = re.compile(rf'(<text style="[^"]*?);? ?fill: {INK}(?=")')
_PX_PER_PT = 4 / 3


def tidy(svg: str, title: str, text: str) -> str:
    """Return the `<svg>` element alone, with a role, a title and a text alternative (both escaped here)."""
    head = _HEAD.match(svg)
    if head is None:
        raise ValueError("Expected an SVG written by matplotlib with a viewBox that starts at 0 0.")
    body = _DROPPED.sub("", svg[head.end() :])
    body = _TAG.sub(lambda tag: _DECIMALS.sub(r"\1", tag[0]), body)
    body = _FAMILY.sub("", _FONT.sub(r"font-size: \1", _GROUP_ID.sub("<g>", body)))
    body = _BLANKS.sub(" ", _TEXT_INK.sub(r"\1", body).replace(INK, "currentColor")).replace("> <", "><").strip()
    body = _LONE.sub(r"\1", _SAYS_NOTHING.sub("", body))
    name = "f" + hashlib.sha256(f"{title}\0{text}\0{body}".encode("utf-8", "replace")).hexdigest()[:10]
    return _opening(float(head[1]), float(head[2]), title, text) + _own_ids(body, name)


def _own_ids(body: str, name: str) -> str:
    """Number the ids of a picture behind its own name, where they are given and where they are used."""
    known: dict[str, str] = {}
    return _ID.sub(lambda found: known.setdefault(found[0], f"{name}-{len(known)}"), body)


def _opening(width: float, height: float, title: str, text: str) -> str:
    pixels = f"{width * _PX_PER_PT:.0f}", f"{height * _PX_PER_PT:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-label="{escape(text or title)}" viewBox="0 0 {width:g} {height:g}" width="{pixels[0]}" '
        f'height="{pixels[1]}" stroke-linejoin="round" stroke-linecap="butt" fill="currentColor">'
        f"<title>{escape(title)}</title>"
    )
