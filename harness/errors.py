"""Every error the harness raises on purpose, as one tree.

    HarnessError            something the harness expected did not hold
    ├── UsageError          the caller can mend it: a name, a path, an option           exit code 2
    │   ├── RubricError     a rubric that does not make sense, with file and line
    │   ├── CourseError     a course folder, a task or a `course.yaml` that do not make sense, with file and line
    │   ├── ClassError      a `class.yaml`, class list or times of handing in that do not make sense, with file and line
    │   ├── ThemeError      wording, colours or a template that do not make sense, with file and line
    │   ├── DataError       a data set that is missing or not what it says
    │   └── ResultsError    a result folder that cannot be read or written
    ├── SubmissionError     one submission cannot be used; the class goes on
    └── SandboxError        the walls or the processes behind them failed               exit code 3

A message is one sentence: what was expected, what was received, what to do next.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class HarnessError(Exception):
    """Base of all errors raised on purpose; `exit_code` is what the command line returns for it."""

    exit_code = 3


class UsageError(HarnessError):
    exit_code = 2


class RubricError(UsageError):
    pass


class CourseError(UsageError):
    pass


class ClassError(UsageError):
    pass


class ThemeError(UsageError):
    pass


class DataError(UsageError):
    pass


class ResultsError(UsageError):
    pass


class SubmissionError(HarnessError):
    pass


class SandboxError(HarnessError):
    pass


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?` for the known name closest to `name`, else the list of known names."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(names)}." if names else ""
