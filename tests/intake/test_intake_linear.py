"""Reading takes time linear in what was handed in: twice the input never costs much more than twice the steps.

Steps are counted as lines of the package that Python runs, which do not hang on the machine. What one step of a
pattern costs is bounded by reading inputs of 200 kB in the same test: a quadratic pattern would take hours.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import harness
from harness.intake.exported import may_be_exported, without_magics
from harness.intake.facts import facts_of
from harness.intake.from_notebook import from_notebook
from harness.intake.notebook import Cell, Notebook
from harness.intake.packages import with_folder, without_dots

ROOT = str(Path(harness.__file__).parent)
ALLOWANCE = 2.6  # times the steps for twice the input; a quadratic walk takes 4


def cells(*sources: str) -> None:
    found = tuple(Cell(number, source) for number, source in enumerate(sources, 1))
    from_notebook("work.py", Notebook("work.ipynb", found), {}, {})


def file(text: str) -> None:
    source = text.encode()
    files, _ = without_dots({"work.py": source})
    files, _ = with_folder(files, "work/")
    facts = facts_of("work.py", source, files)
    if may_be_exported(source, facts):
        without_magics("work.py", source)


def steps(read: Callable[[], None]) -> int:
    """Return how many lines of the package run."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(ROOT):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read()
    finally:
        sys.settrace(before)
    return count


def numbered(count: int, line: str) -> str:
    return "".join(line.format(i=i, j=i + 1) for i in range(count))


F = "def f():\n    return x\n"
WALKS: dict[str, Callable[[int], None]] = {
    "lines": lambda n: cells("\n" * n + "!ls\nx x"),
    "shell lines": lambda n: cells("!ls\n" * n + F),
    "statements": lambda n: cells("x = 1\n" * n + F),
    "statements on a line": lambda n: cells("x = 1;" * n + "\n" + F),
    "changes": lambda n: cells("x = []\n" + "x.append(1)\n" * n + F),
    "names": lambda n: cells(numbered(n, "x{i} = 1\n") + F),
    "aliases": lambda n: cells("x0 = []\n" + numbered(n, "x{j} = x{i}\n") + f"def f():\n    return x{n}"),
    "aliases that change": lambda n: cells(
        "x0 = []\n" + numbered(n, "x{j} = x{i}\n") + numbered(n, "x{i}.append(1)\n") + f"def f():\n    return x{n}"
    ),
    "functions": lambda n: cells(numbered(n, "def f{i}():\n    return f{j}()\n")),
    "functions twice": lambda n: cells(numbered(n, "def f():\n    return f()\n")),
    "calls that change": lambda n: cells("x = []\n" + numbered(n, "def f{i}():\n    x.append(1)\nf{i}()\n") + F),
    "a star": lambda n: cells("from a import *\n" + numbered(n, "x{i} = y()\nz{i} = x{i}\n") + F),
    "elif": lambda n: cells("if 1:\n    x = 1\n" + "elif 1:\n    x = 1\n" * (n // 4) + F),
    "blocks": lambda n: cells(numbered(n, "if 1:\n    if 1:\n        x = {i}\n") + F),
    "missing": lambda n: cells(numbered(n, "import a{i}\nclass B{i}(a{i}.C): ...\n") + F),
    "broken cells": lambda n: cells(F, *["x x"] * n),
    "cells": lambda n: cells(*["x = 1"] * n, F),
    "methods": lambda n: cells("class A:\n" + numbered(n, "    def m{i}(self): self.x = {i}\n") + "A().m1()\n" + F),
    "a chain of methods": lambda n: cells("x = []\nx" + ".a" * n + ".b()\n" + F),
    "functions that call the next": lambda n: cells(
        "x = {}\n" + numbered(n, "def f{i}(a, b): f{j}(b, a)\n") + f"def f{n}(a, b): a['u'] = x\nf0(x, x)\n" + F
    ),
    "functions that change more and more": lambda n: cells(
        numbered(n, "x{i} = []\ndef f{i}():\n    f{j}()\n    x{i}.append(1)\n") + "f0()\n" + F
    ),
    "definitions of one name": lambda n: cells("x = []\n" + numbered(n, "def f(a{i}): a{i}.append(1)\nf(x)\n") + F),
    "classes of one another": lambda n: cells("class A0: ...\n" + numbered(n, "class A{j}(A{i}): ...\nA{j}()\n") + F),
    "functions in a function": lambda n: cells(
        "x = []\ndef f():\n" + numbered(n, "    def g{i}(y{i}): x.append(y{i})\n") + "f()\n" + F
    ),
    "arguments": lambda n: cells("x = []\ndef g(*a): a[0].append(1)\ng(" + "x, " * n + ")\n" + F),
    "names of a class": lambda n: cells("class A:\n" + numbered(n, "    a{i} = 1\n    b{i} = a{i}\n") + F),
    "names set again": lambda n: cells(numbered(n, "x = open({i})\nx = 3\ndef g{i}(a=x): ...\n") + F),
    "a dictionary": lambda n: cells("x = {" + "1: [2]," * n + "}\n" + F),
    "imports of one path": lambda n: file(f"from {'a.' * n}a import {'b,' * n}b"),
    "imports": lambda n: file(numbered(n, "import a{i}.b.c\n")),
    "relative imports": lambda n: file("from .work import x\n" * n),
    "notebook calls": lambda n: file("get_ipython().x()\n" * n),
    "exported lines": lambda n: file("%x\n" * n),
    "literals": lambda n: file(f"x = [{'1, ' * n}]"),
    "comments": lambda n: file("# x\n" * n),
}


@pytest.mark.parametrize("case", WALKS)
def test_twice_the_input_takes_twice_the_steps(case: str) -> None:
    once, twice = (steps(lambda n=n: WALKS[case](n)) for n in (200, 400))  # type: ignore[misc]
    assert twice < ALLOWANCE * once + 500


LONG = 190_000
PATTERNS: dict[str, Callable[[], None]] = {
    "spaces before a shell line": lambda: cells(" " * LONG + "!ls\nx x"),
    "spaces behind an equals sign": lambda: cells("!ls\nx =" + " " * LONG + "y z"),
    "spaces between names": lambda: cells("a" + " " * LONG + "b\n!ls"),
    "spaces, then a prompt": lambda: cells("x\n" + " " * LONG + "...x\nx x"),
    "names": lambda: cells("a, " * (LONG // 3) + "!ls"),
    "a name": lambda: cells("a" * LONG + " b\n?x"),
    "stars": lambda: cells("*" * LONG + "\n!x"),
    "per cents": lambda: cells("%" * LONG),
    "dots": lambda: cells("." * LONG + "\n>>> x"),
    "quotes": lambda: cells("!x\n" + "'" * LONG),
    "backslashes": lambda: cells("!x\n'" + "\\" * LONG),
    "long strings left open": lambda: cells("!x\n" + "'''a\"\"\"\n" * (LONG // 8)),
    "brackets": lambda: cells("!x\n" + "(" * LONG),
    "a def that is none": lambda: cells(F, "def " * (LONG // 4)),
    "spaces before no def": lambda: cells(F, " \t" * (LONG // 2) + "x x"),
    "a word that is a statement": lambda: file("type " * (LONG // 5)),
    "spaces before it": lambda: file("x x\n" + "async " + " " * LONG),
    "codings": lambda: file("#" + " coding" * (LONG // 7)),
    "relative imports that are none": lambda: file("x = '" + "from " * (LONG // 5) + "'"),
    "spaces in one": lambda: file("x = 'from" + " " * LONG + "'"),
    "quotes in quotes": lambda: file("x = '''" + "\"'#" * (LONG // 3) + "'''"),
}


@pytest.mark.parametrize("case", PATTERNS)
def test_no_pattern_goes_back_over_a_long_line(case: str) -> None:
    PATTERNS[case]()
