"""Running a student's file in the process of a test, and what is said of the exception that ends it."""

import linecache
from collections.abc import Mapping
from pathlib import Path

from harness.explain.explained import explained
from harness.explain.seen import Work


def raised(folder: Path, code: str, beside: Mapping[str, str] | None = None, about: str = "") -> str:
    """Run `code` as work.py in a folder; return the message about what it raises, which it has to."""
    files = {"work.py": code, **(beside or {})}
    path = folder / "work.py"
    path.write_text(code, encoding="utf-8")
    linecache.clearcache()
    try:
        exec(compile(code, str(path), "exec"), {"__name__": "work"})
    except BaseException as error:
        return explained(error, Work(folder, files), about)
    raise AssertionError("Expected an exception, received none.")
