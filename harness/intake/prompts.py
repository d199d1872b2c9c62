"""The text of a cell as IPython reads it: indented as a whole, or pasted with the prompts of a terminal.

As its TransformerManager does (https://ipython.readthedocs.io, `leading_indent`, `classic_prompt`, `ipython_prompt`);
lines stay in their places, so that a fault names the line that the student sees.
"""

import re
from collections.abc import Sequence

INDENT = re.compile(r"[ \t]*+")
CLASSIC, CLASSIC_FIRST = re.compile(r"(?:>>>|\.\.\.)(?: |$)"), re.compile(r">>>(?: |$)")
NUMBERED = re.compile(r"(?:(?:\[(?:nav|ins)\])? )?In \[\d+\]: |\s*+\.{3,}: ?")


def lines_of(source: str) -> list[str]:
    """Return the lines of a cell without the indentation of its first line, and without prompts."""
    lines = re.sub(r"\r\n?", "\n", source).split("\n")
    lines = unindented(lines)
    lines = stripped(lines, CLASSIC, CLASSIC_FIRST)
    return stripped(lines, NUMBERED, NUMBERED)


def unindented(lines: Sequence[str]) -> list[str]:
    """Return the lines without the indentation of the first that is not empty, where they begin with it."""
    first = next((line for line in lines if line.strip()), "")
    indent = INDENT.match(first)
    return [line.removeprefix(indent[0]) for line in lines] if indent and indent[0] else list(lines)


def stripped(lines: Sequence[str], prompt: re.Pattern[str], first: re.Pattern[str]) -> list[str]:
    """Return the lines without prompts, if the first or second that is not empty has one."""
    start = [line for line in lines if line.strip()][:2]
    if not start or not (first.match(start[0]) or (len(start) > 1 and prompt.match(start[1]))):
        return list(lines)
    return [line[found.end() :] if (found := prompt.match(line)) else line for line in lines]
