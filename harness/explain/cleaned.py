"""What a library says, made fit for a page: no folder of this machine, no address, no escape, no half sentence.

Each pattern takes time linear in the length of a text.
"""

import re
import sys

ESCAPE = re.compile(r"\x1b\[[0-9;]*+[A-Za-z]")
LONGEST_READ = 20_000  # characters of a text that are looked at
# An absolute path, without the quotes around it. A link has a colon before its slashes.
PATH = re.compile(r"(?<![\w:/.\]…])…?/(?:[\w.@+~-]++/)++[\w.@+~:-]*+")
IN_BRACKETS = re.compile(r" \((?:…/[\w.@+~-]++|unknown location)\)")
ADDRESS = re.compile(r"(?: at)? 0x[0-9a-fA-F]{6,}+")
NODES = re.compile(
    r" for '\{\{node[^'\n]*+'|\{\{(?:function_)?node [^{}]*+\}\} ?|\[\[\{\{node[^\[\]]*+\]\]"
    r"|\[Op:[^\[\]\s]*+\](?: name: *+)?"
)
OF_HARNESS = re.compile(r"\bharness(?:\.\w++)++(?:\.<locals>(?:\.\w++)*+)?")
CLASS = re.compile(r"<class '(?:\w++\.)*+(\w++)'>")
TENSOR = re.compile(r"<KerasTensor shape=(\([^()]*+\))[^<>]*+>")
INNER = re.compile(r"\b(keras(?=\.src)|tensorflow(?=\._api))\.(?:src|_api\.v2)\.")
VARIABLE = re.compile(r"<Variable path=([^,<>]*+)[^<>]*+>")
STARS = re.compile(r"\*{5,}+")
OF_TENSORFLOW = re.compile(r"\bkeras\._tf_keras\.keras\b")
UNNAMED = re.compile(r" with name 'None'")
READABLE = (
    (UNNAMED, ""),
    (OF_TENSORFLOW, "tensorflow.keras"),
    (TENSOR, r"a tensor \1"),
    (VARIABLE, r"\1"),
    (CLASS, r"\1"),
    (INNER, r"\1."),
    (STARS, ""),
)
ENDS = (". ", "! ", "? ")


def cleaned(text: str) -> str:
    """Return a text on one line, without paths, addresses, escapes and names that mean something to a machine only."""
    text = ESCAPE.sub("", text[:LONGEST_READ])
    text = without_places(NODES.sub("", text))
    for pattern, instead in READABLE:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def without_places(text: str) -> str:
    """Return a text in which absolute paths are their last part, and in which no address or module of ours is named."""
    text = text[:LONGEST_READ]
    for folder in (sys.prefix, sys.base_prefix):  # which may have spaces in their names
        text = text.replace(f"{folder}/", "…/")
    text = PATH.sub(last_part, text)
    text = ADDRESS.sub("", IN_BRACKETS.sub("", text))
    return OF_HARNESS.sub("the harness", text)


def last_part(path: re.Match[str]) -> str:
    name = path[0].rstrip("/").rpartition("/")[2]
    return f"…/{name}"


def shortened(text: str, most: int) -> str:
    """Return at most `most` characters: whole sentences if there are, else whole words and an ellipsis."""
    text = without_code(text)
    if len(text) <= most:
        return text
    start = text[:most]
    end = max(start.rfind(mark) for mark in ENDS)
    if end > most // 4:
        return start[: end + 1]
    words = start[: most - 2].rpartition(" ")[0]
    return f"{words} …" if len(words) > most // 4 else f"{start[: most - 1]}…"


def without_code(text: str) -> str:
    """Return what stands before a block of code, without the sentence that leads to it."""
    before, block, _ = text.partition("```")
    lead = before.strip().removesuffix(":")
    if block and lead != before.strip():
        before = lead[: max(lead.rfind(mark) for mark in ENDS) + 1]
    return before.strip() or lead
