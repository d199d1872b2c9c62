"""What IPython adds to Python, taken out of a cell before it is parsed: magics, shell lines and help.

Each pattern takes time linear in the length of a line: none can give back what it has matched.
"""

import ast
import re
import warnings
from dataclasses import dataclass

from harness.intake.prompts import lines_of, unindented

PYTHON_CELLS = frozenset({"time", "capture", "prun", "mprun"})  # these run the rest of their cell as Python, in place
WRITES = frozenset({"%%writefile", "%%file"})
# `name?` is help; `/f x`, `,f x` and `;f x` call f.
ESCAPED = re.compile(
    r"(?P<indent>\s*+)(?P<shown>%{1,2}\w+|!{1,2}[^\s]*|\?{1,2}[\w%][\w.*]*|%{0,2}[A-Za-z_*][\w.*]*\?{1,2}\s*$|[/,;]\w+)"
)
SHOWN = re.compile(r"\s*+(!{1,2}[^\s]*|%\w+)")
NAMES = re.compile(r"[\w.,\s*\[\]()]+")  # what may stand before the `=` of `names = !command`
CODE_TOKEN = re.compile(r"""#|\"\"\"|'''|"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|[([{)\]}]""")
CLOSING = {
    quote: re.compile(rf"(?:[^\\{quote[0]}]++|\\.|{quote[0]}(?!{quote[1:]}))*+{quote}") for quote in ('"""', "'''")
}


@dataclass(frozen=True)
class Plain:
    """A cell without magics, line for line: `text` to parse, what was `skipped` as it starts, the names that set.

    `whole` is the cell magic that makes all of the cell something else than Python, such as %%bash; `writes` is the
    file that %%writefile names.
    """

    text: str
    skipped: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    whole: str = ""
    writes: str = ""


def plain(source: str, *, cell: bool = True) -> Plain:
    """Return a cell without what only IPython understands; each such line becomes `pass`.

    Without `cell`, the text is that of a file, of which no line is a magic for all of it.
    """
    lines = lines_of(source)
    skipped: list[str] = []
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None)
    if cell and first is not None and (magic := re.match(r"%%(\w*)", lines[first])):
        if magic[1] not in PYTHON_CELLS:
            words = lines[first].split()
            return Plain("", (magic[0],), whole=magic[0], writes=words[-1] if words[0] in WRITES else "")
        lines = unindented(["" if i == first else line for i, line in enumerate(lines)])
        skipped.append(magic[0])
    text = "\n".join(lines)
    if is_python(text):
        return Plain(text, tuple(skipped))
    lines, more, names = without_escapes(lines)
    return Plain("\n".join(lines), (*skipped, *more), names)


def is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def without_escapes(lines: list[str]) -> tuple[list[str], list[str], frozenset[str]]:
    """Return the lines with `pass` for each escaped one, how those start, and the names they would have set."""
    kept: list[str] = []
    skipped: list[str] = []
    names: set[str] = set()
    quote, depth, continued, swallowing = "", 0, False, False
    for line in lines:
        found = None
        if not (quote or depth or continued):
            found = escaped(line)
        if swallowing:
            kept.append("")
            swallowing = line.rstrip().endswith("\\")
        elif found:
            kept.append(f"{line[: len(line) - len(line.lstrip())]}pass")
            skipped.append(found.shown)
            names.update(re.findall(r"[^\W\d]\w*", found.names))
            swallowing = line.rstrip().endswith("\\")
        else:
            kept.append(line)
            quote, depth, continued = after(line, quote, depth)
    return kept, skipped, frozenset(names)


@dataclass(frozen=True)
class Escaped:
    """A line that only IPython understands: how it starts, and the text with the names it sets."""

    shown: str
    names: str = ""


def escaped(line: str) -> Escaped | None:
    """Return what a line is to IPython alone, if it is."""
    if found := ESCAPED.match(line):
        return Escaped(found["shown"].strip())
    names, equals, value = line.partition("=")
    if equals and NAMES.fullmatch(names) and (command := SHOWN.match(value)):
        return Escaped(command[1], names)
    return None


def after(line: str, quote: str, depth: int) -> tuple[str, int, bool]:
    """Return, behind a line, the quote of an open string, how many brackets are open, and whether it goes on."""
    place = 0
    while place < len(line):
        found = CLOSING[quote].match(line, place) if quote else CODE_TOKEN.search(line, place)
        if not found:
            break
        word, place = found[0], found.end()
        if quote:
            quote = ""
        elif word == "#":
            return "", depth, False
        elif word in CLOSING:
            quote = word
        elif word in "([{":
            depth += 1
        elif word in ")]}":
            depth = max(depth - 1, 0)
    return quote, depth, not quote and line.endswith("\\")
