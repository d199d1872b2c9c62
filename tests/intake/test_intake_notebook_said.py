"""Magics and tags of a notebook, and what the card says of its cells. Nothing is run."""

import pytest
from intake.choosing import USES, code, said, taken
from intake.notebooks import notebook

from harness.intake.magics import plain
from harness.intake.remarks import numbered

MAGICS = {
    "%matplotlib inline": "pass",
    "!pip install keras": "pass",
    "!!ls": "pass",
    "?print": "pass",
    "print?": "pass",
    "keras.Model??": "pass",
    "%timeit f(x)": "pass",
    "files = !ls *.py": "pass",
    "a, b = %time f()": "pass",
    "if x:\n    %time f()": "if x:\n    f()",
    "%time !ls": "pass",
    "!pip install a \\\n  b \\\n  c\nx = 1": "pass\n\n\nx = 1",
    "%load_ext tensorboard\nx = 1": "pass\nx = 1",
    "x = (a\n%b)\n!ls": "x = (a\n%b)\npass",
    "x = '''\n!ls\n'''\n!ls": "x = '''\n!ls\n'''\npass",
    "x = \"a'''\"\n!ls": "x = \"a'''\"\npass",
    "x = 1 # '''\n!ls": "x = 1 # '''\npass",
    "x = 1 + \\\n%b\n": "x = 1 + \\\n%b\n",
    "%%time\nx = 1": "\nx = 1",
    "\n# timing\n%%capture out\nx = 1": "\n# timing\n\nx = 1",
    "%%bash\nrm -rf /": "",
    "%%writefile blocks.py\nx = 1": "",
    "%%timeit\nx = 1": "",
    "x = 5 % 3\r\ny = a != b": "x = 5 % 3\ny = a != b",
}


@pytest.mark.parametrize("source", MAGICS)
def test_what_only_ipython_understands_goes_and_lines_stay_in_place(source: str) -> None:
    assert plain(source).text == MAGICS[source]


def test_what_ipython_would_have_run_is_reported() -> None:
    notes = said("!pip install keras\nfiles = !ls", "%%bash\nls", USES.format("files"))
    assert "Skipped magics, shell lines and help in cells 1 and 2: !pip, !ls, %%bash." in notes
    assert "f uses files, set by what was skipped of cell 1" in notes


KEEP, SKIP = {2: ["harness-keep"]}, {2: ["harness-skip"]}


@pytest.mark.parametrize("tags", [KEEP, {2: ["x", "Harness_Keep"]}, None])
def test_a_cell_tagged_keep_is_taken_as_it_is(tags: dict[int, list[str]] | None) -> None:
    comment = "" if tags else "# harness-keep: small\n"
    cell = comment + "import json\n%time\ntable = json.loads('[1]')\nfor i in table:\n    print(i)"
    source, notes = taken(notebook("x = 1", cell, USES.format("table"), tags=tags))
    assert f"# cell 2\n{cell.replace('%time', 'pass')}\n" in source
    assert "cell 2 as a whole" in notes[0]
    assert not any("table" in note for note in notes)


@pytest.mark.parametrize("tags", [SKIP, {2: ["harness-keep", "harness-skip"]}, None])
def test_a_cell_tagged_skip_is_left_out_whatever_it_holds(tags: dict[int, list[str]] | None) -> None:
    comment = "" if tags else "\n#harness-skip\n"
    assert code("def x(): pass", comment + "def broken(", tags=tags) == ["def x():     pass"]
    notes = said("def g(): pass", comment + "y = 2", USES.format("y"), tags=tags)
    assert "Left out, as nothing was run: cell 2, tagged harness-skip." in notes
    assert "f uses y, set by what was skipped of cell 2: if a builder needs it, tag it harness-keep" in notes


def test_a_tag_that_means_nothing_is_told() -> None:
    assert "Cell 1 has the tag harness-kep, which means nothing here" in said(
        "x = 1", tags={1: ["harness-kep", "hide"]}
    )


@pytest.mark.parametrize(
    ("sources", "note"),
    [
        (["x = load()", "def f():\n    return x"], "f uses x, set by what was skipped of cell 1"),
        (["x = load()\ny = x", "def f():\n    return [x, y]"], "f uses x, y, set by what was skipped of cell 1"),
        (["for x in load():\n    pass", "g = lambda: x"], "A lambda uses x, set by"),
        (["class A:\n    def f(self):\n        return x\ndef g(): return A"], "A uses x, which no cell sets."),
        (["x = load()", "def f(a=x): pass"], "f (cell 2) was left out: it reads x where it is defined"),
        (["def f(): pass", "def f(): return 1"], "f is defined more than once (cells 1 and 2): the last one counts."),
        (
            ["x = 1", "def f(): return x", "x = tune()"],
            "x is set again in cell 3 (line 1), which is left out: that of cell 1",
        ),
        (["def f(): pass", "f = tuned(f)"], "f is set again in cell 2 (line 1), which is left out"),
        (["def f(): pass", "# harness-keep\nf(x)"], "Cell 2 uses x, which no cell sets."),
        (["print(1)"], "Nothing was taken from ann.ipynb: it defines no function."),
    ],
)
def test_what_is_missing_is_told(sources: list[str], note: str) -> None:
    assert note in said(*sources)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x",
        "def f():\n    x = 1\n    return [x for x in range(x)]",
        "import math\ndef f():\n    return math.pi",
        "def f():\n    return len(g()), __name__\ndef g(): pass",
        "def f():\n    global x\n    x = 1\ndef g():\n    return x",
        "def f():\n    import math\n    return math.pi",
        "class A:\n    x = 1\n    y = x",
        "from keras.layers import *\ndef f():\n    return Dense",
    ],
)
def test_nothing_is_missing_where_every_name_is_set(source: str) -> None:
    notes = said(source)
    assert "uses" not in notes
    assert "was left out" not in notes


def test_remarks_on_single_names_are_few() -> None:
    notes = said(*(f"def f{i}():\n    return u{i}" for i in range(30)))
    assert notes.count("which no cell sets") == 6
    assert "There are 24 more remarks like these." in notes


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([3], "cell 3"), ([2, 1], "cells 1 and 2"), ([1, 2, 3, 5], "cells 1-3 and 5")],
)
def test_numbers_of_cells_in_words(numbers: list[int], words: str) -> None:
    assert numbered("cell", numbers) == words
