"""A course's logo as a data: URI, so that a page stays one file."""

import base64
import re
from pathlib import Path

MOST_BYTES = 200_000  # it is in every card, a third larger than the file
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]", re.DOTALL)
_KINDS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}


def logo_uri(path: Path) -> str:
    """Return the picture at `path` as a data: URI for an `<img>`, in which an SVG runs no script and loads nothing.

    Raises ValueError with the end of a sentence, "must be ...", unless it is a PNG, JPEG, WebP or SVG of at most 200 kB
    by its bytes and by its name.
    """
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"must be a PNG, JPEG, WebP or SVG file, but {path.name!r} ends otherwise")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"must be a file that can be read, but {path} is not ({error.strerror})") from None
    if len(content) > MOST_BYTES:
        raise ValueError(
            f"must have at most {MOST_BYTES // 1000} kB, because every card holds it, but {path.name!r} has"
            f" {len(content) // 1000} kB; make the picture smaller"
        )
    found = kind_of(content)
    if found != kind:
        said = f"is {found}" if found else "is no such picture"
        raise ValueError(f"must be {kind} as its name says, but the content of {path.name!r} {said}")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def kind_of(content: bytes) -> str:
    """Return the media type that the first bytes of a picture tell, or an empty string."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if _SVG.match(content.removeprefix(b"\xef\xbb\xbf")) else ""
