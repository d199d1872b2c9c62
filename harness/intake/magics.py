"""What IPython adds to Python, taken out of a cell before it is parsed: magics, shell lines and help.

Each pattern takes time linear in the length of a line: none can give back what it has matched.
"""

import ast
import re
import warnings
from dataclasses import dataclass, replace

from harness.intake.prompts import lines_of, unindented

PYTHON_CELLS = frozenset({"time", "capture", "prun", "mprun"})  # these run the rest of their cell as Python, in place
WRITES = frozenset({"%%writefile", "%%file"})
# `name?` is help; `/f x`, `,f x` and `;f x` call f.
ESCAPED = re.compile(
    r"(?P<indent>\s*+)(?P<shown>%{1,2}\w+|!{1,2}[^\s]*|\?{1,2}[\w%][\w.*]*|%{0,2}[A-Za-z_*][\w.*]*\?{1,2}\s*$|[/,;]\w+)"
)
TIMED = re.compile(r"(\s*+)%time\s++(?=\S)")
# Lines that run other files, or bind names that are nowhere to be seen.
RUNS = re.compile(r"\s*+(%(?:(?:run|store|reset|pylab|rerun|recall|macro)\b|env\s++(?:KERAS|TF)_)[^\n]{0,60}+)")
WORD = re.compile(r"[^\W\d]\w*+")
SHOWN = re.compile(r"\s*+(!{1,2}[^\s]*|%\w+)")
NAMES = re.compile(r"[\w.,\s*\[\]()]+")  # what may stand before the `=` of `names = !command`
CODE_TOKEN = re.compile(r"""#|\"\"\"|'''|"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|[([{)\]}]""")
CLOSING = {
    quote: re.compile(rf"(?:[^\\{quote[0]}]++|\\.|{quote[0]}(?!{quote[1:]}))*+{quote}") for quote in ('"""', "'''")
}


@dataclass(frozen=True)
class Plain:
    """A cell without magics, line for line: `text` to parse, what was `skipped` as it starts, the names that set.

    `tree` is that of the text where it is Python as it stands. `whole` is the cell magic that makes all of the cell
    something else than Python, such as %%bash; `writes` is the file that %%writefile names. `runs` are lines, by
    number, that run what cannot be read here.
    """

    text: str
    skipped: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    whole: str = ""
    writes: str = ""
    runs: tuple[tuple[int, str], ...] = ()
    tree: ast.Module | None = None


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
    if tree := tree_of(text):
        return Plain(text, tuple(skipped), tree=tree)
    lines, found = without_escapes(lines)
    names = frozenset(name for one in found for name in WORD.findall(one.names))
    runs = tuple((one.line, one.runs) for one in found if one.runs)
    return Plain("\n".join(lines), (*skipped, *(one.shown for one in found)), names, runs=runs)


def timed(line: str) -> str:
    """Return the statement that `%time` runs in its place, if it is one; any other line as it is."""
    found = TIMED.match(line)
    return found[1] + line[found.end() :] if found and tree_of(line[found.end() :]) else line


def tree_of(text: str) -> ast.Module | None:
    """Return the syntax tree of a text; None if it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@dataclass(frozen=True)
class Escaped:
    """A line that only IPython understands: how it starts, the text with the names it sets, and what it runs."""

    shown: str
    names: str = ""
    line: int = 0
    runs: str = ""


def without_escapes(lines: list[str]) -> tuple[list[str], list[Escaped]]:
    """Return the lines with `pass` for each escaped one, and those."""
    kept: list[str] = []
    escapes: list[Escaped] = []
    quote, depth, continued, swallowing = "", 0, False, False
    for number, line in enumerate(lines, 1):
        outside = not (quote or depth or continued)
        text = timed(line) if outside else line
        found = escaped(text) if outside else None
        if swallowing:
            kept.append("")
            swallowing = text.rstrip().endswith("\\")
        elif found:
            kept.append(f"{text[: len(text) - len(text.lstrip())]}pass")
            escapes.append(replace(found, line=number, runs=found_run[1] if (found_run := RUNS.match(text)) else ""))
            swallowing = text.rstrip().endswith("\\")
        else:
            kept.append(text)
            quote, depth, continued = after(text, quote, depth)
    return kept, escapes


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
