"""What an instructor's Python says when it cannot be run, as one sentence with file and line."""

import inspect
import re
import traceback
from pathlib import Path
from types import FrameType

from harness.errors import did_you_mean

UNEXPECTED = re.compile(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'")


def broken(error: BaseException, file: Path, what: str = "this cannot be run") -> str:
    """Return `FILE:LINE: one sentence` for an error met in the module `file` of a task, or in what lies beside it.

    `what` is said before the error; the line is the last one of the instructor's own files that was reached.
    """
    if isinstance(error, OSError) and error.filename == str(file):
        return f"{file}: the file cannot be read ({error.strerror}); check it."
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}: this is not Python ({error.msg}); correct the line."
    if not (frames := _own_frames(error, file)):
        return f"{file}:1: {what}: {_said(error)}."
    frame, line = frames[-1]
    said = _unexpected(error, frame.f_globals) or f"{what}: {_said(error)}."
    return f"{frame.f_code.co_filename}:{line}: {said}"


def _own_frames(error: BaseException, file: Path) -> list[tuple[FrameType, int]]:
    walked = traceback.walk_tb(error.__traceback__)
    return [(frame, line) for frame, line in walked if Path(frame.f_code.co_filename).is_relative_to(file.parent)]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(". :")


def _unexpected(error: BaseException, known: dict[str, object]) -> str:
    """Say which argument a call does not know, and which may be meant; nothing for any other mistake."""
    found = UNEXPECTED.search(str(error)) if isinstance(error, TypeError) else None
    if not found:
        return ""
    called, argument = found.groups()
    target = known.get(called)
    arguments = [a for a in inspect.signature(target).parameters if a != "_"] if callable(target) else []
    return f"{called} takes no argument {argument!r}.{did_you_mean(argument, arguments)}"
