"""What IPython adds to Python, taken out of a cell before it is parsed: magics, shell lines and help."""

import ast
import re
import warnings
from dataclasses import dataclass

PYTHON_CELLS = frozenset({"time", "capture", "prun", "mprun"})  # these run the rest of their cell as Python, in place
# `name?` is help; `/f x`, `,f x` and `;f x` call f.
ESCAPED = re.compile(
    r"(?P<indent>\s*)(?P<shown>%{1,2}\w+|!{1,2}[^\s]*|\?{1,2}[\w%][\w.*]*|%{0,2}[A-Za-z_*][\w.*]*\?{1,2}\s*$|[/,;]\w+)"
)
ASSIGNED = re.compile(r"(?P<indent>\s*)(?P<names>[\w.,\s*\[\]()]+?)=\s*(?P<shown>!{1,2}[^\s]*|%\w+)")
CODE_TOKEN = re.compile(r"""#|\"\"\"|'''|"(?:[^"\\\n]++|\\.)*+"?|'(?:[^'\\\n]++|\\.)*+'?|[([{)\]}]""")
CLOSING = {
    quote: re.compile(rf"(?:[^\\{quote[0]}]++|\\.|{quote[0]}(?!{quote[1:]}))*+{quote}") for quote in ('"""', "'''")
}


@dataclass(frozen=True)
class Plain:
    """A cell without magics, line for line: `text` to parse, what was `skipped` as it starts, the names that set.

    `whole` is the cell magic that makes all of the cell something else than Python, such as %%bash.
    """

    text: str
    skipped: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    whole: str = ""


def plain(source: str) -> Plain:
    """Return a cell without what only IPython understands; each such line becomes `pass`."""
    lines = re.sub(r"\r\n?", "\n", source).split("\n")
    skipped: list[str] = []
    first = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None)
    if first is not None and (magic := re.match(r"%%(\w*)", lines[first])):
        if magic[1] not in PYTHON_CELLS:
            return Plain("", (magic[0],), whole=magic[0])
        lines[first] = ""
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
            found = ESCAPED.match(line) or ASSIGNED.match(line)
        if swallowing:
            kept.append("")
            swallowing = line.rstrip().endswith("\\")
        elif found:
            kept.append(f"{found['indent']}pass")
            skipped.append(found["shown"].strip())
            names.update(re.findall(r"[^\W\d]\w*", found.groupdict().get("names") or ""))
            swallowing = line.rstrip().endswith("\\")
        else:
            kept.append(line)
            quote, depth, continued = after(line, quote, depth)
    return kept, skipped, frozenset(names)


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
