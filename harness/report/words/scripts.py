"""The scripts of pages, in the page itself, and what its content security policy calls them."""

import base64
import functools
import hashlib
from importlib.resources import files

from markupsafe import Markup

CLASS_PAGE = ("keep", "table", "scatter", "live")
TABLES = ("keep", "table")


@functools.cache
def script(names: tuple[str, ...]) -> tuple[Markup, str]:
    """Return one script made of several files, each in a scope of its own but the first, and its `sha256-…` digest.

    The first file's names are seen by the others.
    """
    folder = files("harness.report").joinpath("templates")
    first, *rest = (folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in names)
    text = first + "".join(f"{{\n{part}}}\n" for part in rest)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 - our own files
