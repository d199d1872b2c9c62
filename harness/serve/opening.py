"""Opens a browser on an address with a secret in it, which must not stand on a command line: everybody reads those."""

import html
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    '<meta http-equiv="refresh" content="0;url={address}"><title>Marking</title>'
)
SOON_S = 0.2  # until the server answers


@contextmanager
def opened_in_browser(address: str, folder: Path) -> Iterator[None]:
    """Have a browser open `address` while inside, by a page in `folder` that only its owner may read."""
    page = write_page(address, folder)
    timer = threading.Timer(SOON_S, webbrowser.open, [page.as_uri()])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        page.unlink(missing_ok=True)


def write_page(address: str, folder: Path) -> Path:
    """Return the path of the page; `mkstemp` makes it for its owner alone."""
    with tempfile.NamedTemporaryFile(
        "w", dir=folder, prefix="open-the-desk-", suffix=".html", delete=False, encoding="utf-8"
    ) as file:
        file.write(PAGE.format(address=html.escape(address)))
    return Path(file.name).resolve()
