"""Notebooks of all formats, hostile and damaged ones, and the memory that reading them takes."""

import json
import tracemalloc

import pytest
from cost import measured
from intake.choosing import NAME, said, taken
from intake.notebooks import TEXT, cells, executed, notebook, old, raw

from harness.errors import SubmissionError
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.notebook import read_cells
from harness.intake.taken import HEADER

SOURCES = ("x = 1", TEXT, "def f(): return x\nf()")


def test_running_a_notebook_again_changes_nothing_that_is_taken() -> None:
    """Else every class would be trained anew because somebody looked at a notebook."""
    assert taken(executed(notebook(*SOURCES))) == taken(notebook(*SOURCES))


def test_a_notebook_of_format_3_is_read() -> None:
    source, _ = taken(old("x = 1\n%time\n", "def f():\n    return x"))
    assert source == f"{HEADER}\n\n\n# cell 2\nx = 1\n\n\n# cell 3\ndef f():\n    return x\n"


def test_a_notebook_that_leaves_out_what_does_not_matter_is_read() -> None:
    plain_cell = {"cell_type": "code", "source": ["y = 2\n", "def x(): pass"]}
    for cell in (plain_cell, plain_cell | {"metadata": None}, plain_cell | {"metadata": {"tags": "harness-skip"}}):
        assert "def x(): pass\n" in taken(cells(cell, {"cell_type": "markdown"}, {"cell_type": "code"}))[0]
    assert taken(b"\xef\xbb\xbf" + notebook("def x(): pass"))[0].endswith("def x(): pass\n")


CODE = {"cell_type": "code", "source": "x = 1"}


HOSTILE = {
    "not JSON": (b"x = 1", "line 1 is not valid JSON"),
    "cut off": (cells(CODE)[:-20], "is not valid JSON"),
    "empty": (b"", "is not valid JSON"),
    "a merge conflict": (b'{\n<<<<<<< HEAD\n"cells": []}', "line 2 is not valid JSON"),
    "not UTF-8": ("é".encode("latin-1"), "is not UTF-8 text"),
    "UTF-16": (notebook("x").decode().encode("utf-16"), "is not UTF-8 text"),
    "a list": (b"[]", "expected a JSON object"),
    "no format": (raw({"cells": [CODE]}), "does not say which format"),
    "a format that is text": (raw({"nbformat": "4", "cells": []}), "does not say which format"),
    "format 2": (raw({"nbformat": 2, "worksheets": []}), "is a notebook of format 2, expected 3 or 4"),
    "format 5": (raw({"nbformat": 5, "cells": []}), "is a notebook of format 5"),
    "format 10**4000": (b'{"nbformat": 1' + b"0" * 4000 + b"}", "is a notebook of format 1000"),
    "format 10**9000": (b'{"nbformat": 1' + b"0" * 9000 + b"}", "is not a notebook"),
    "no cells": (raw({"nbformat": 4}), "expected a list of cells"),
    "cells as an object": (raw({"nbformat": 4, "cells": {}}), "expected a list of cells"),
    "no worksheets": (raw({"nbformat": 3, "cells": []}), "expected a list of worksheets"),
    "worksheets as text": (raw({"nbformat": 3, "worksheets": ["x"]}), "expected a list of cells"),
    "a cell as a list": (cells([CODE]), "cell 1 has no type that is known"),
    "a cell of no type": (cells(CODE, {"source": "x"}), "cell 2 has no type that is known"),
    "a type as a list": (cells({"cell_type": ["code"]}), "cell 1 has no type that is known"),
    "a number as source": (cells({**CODE, "source": 3}), "the text of cell 1 is not text"),
    "numbers as source": (cells({**CODE, "source": ["x", 3]}), "the text of cell 1 is not text"),
    "keys twice": (b'{"nbformat": 4, "cells": [], "cells": []}', "has the key 'cells' twice"),
    "source twice": (b'{"nbformat":4,"cells":[{"source":"a","source":"b"}]}', "has the key 'source' twice"),
    "in R": (cells(CODE, metadata={"kernelspec": {"language": "R"}}), "is a notebook in R, expected one in Python"),
    "in Julia": (cells(CODE, metadata={"language_info": {"name": "julia"}}), "is a notebook in julia"),
    "deep": (b'{"nbformat": 4, "metadata": ' + b"[" * 400_000 + b"]" * 400_000 + b"}", "nested too deeply"),
    "endless brackets": (b"[" * 5_000_000, "holds more than 1,000,000 values"),
    "endless quotes": (b'"\\"' * 2_000_000, "holds more than 1,000,000 values"),
    "an endless string": (b'"' + b'\\"' * 5_000_000, "is not valid JSON"),
    "many lists": (cells(CODE, metadata={"x": [[]] * 1_100_000}), "holds more than 1,000,000 values"),
    "many cells": (cells(*[CODE] * 6_000), "holds more than 5,000 cells"),
    "many statements": (notebook("a = 1\n" * 6_000), "holds more than 5,000 statements outside of functions"),
    "much code": (notebook(*["x = 1 # " + "x" * 1_000] * 200), "holds more than 200 kB of code"),
    "not Python": (
        notebook(TEXT, "x = 1", "x = 1\nif x\n"),
        "ann.ipynb cell 3 line 2 is not valid Python: expected ':'.",
    ),
    "NUL": (notebook("x = 1\n\0"), "cell 1 line 2 is not valid Python: it holds a NUL byte"),
    "half a character": (cells({**CODE, "source": "x = '\ud800'"}), "cell 1 line 1 is not UTF-8 text"),
    "parentheses": (notebook("x = " + "(" * 90_000), "too many nested parentheses"),
    "attributes": (notebook("x = a" + ".b" * 90_000), "nested too deeply"),
    "open text": (notebook("%x\n" + '"""a\n' * 30_001), "is not valid Python"),
    "a kept cell": (notebook("# harness-keep\nx = ("), "cell 1 line 2 is not valid Python"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_read_is_told_in_one_sentence(case: str) -> None:
    found, reason = HOSTILE[case]
    with measured() as cost, pytest.raises(SubmissionError) as caught:
        taken(found)
    message = str(caught.value)
    assert message.startswith(NAME)
    assert reason in message
    assert "\n" not in message
    assert len(message) < 300
    assert cost.seconds < 20, "the limits bound the time"


def test_outputs_cost_memory_only_while_they_are_read() -> None:
    """A class has two hundred notebooks, and any of them may hold a film."""
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 80 + "\n"] * 100_000}
    packed = cells({**CODE, "outputs": [output]})
    tracemalloc.start()
    found = read_cells(NAME, packed, DEFAULT_LIMITS)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [cell.source for cell in found] == ["x = 1"]
    assert most < 6 * len(packed)
    assert left < 10_000_000, "importing nbformat, and no outputs"


def test_values_that_take_much_more_memory_than_text_are_refused() -> None:
    packed = b'{"a":[' + b"{}," * 4_000_000 + b"{}]}"
    tracemalloc.start()
    with pytest.raises(SubmissionError):
        read_cells(NAME, packed, DEFAULT_LIMITS)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15_000_000


def test_a_notebook_larger_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(SubmissionError, match=r"is larger than 0.001 MB; clear its outputs and hand in again\."):
        read_cells(NAME, notebook("x" * 2_000), IntakeLimits(max_notebook_bytes=1_000))


def test_a_tag_as_a_script_stays_text() -> None:
    assert "harness-<script>" in said("x = 1", tags={1: ["harness-<script>\u202e\n"]}), "escaped where it is shown"
    assert "\u202e" not in said("x = 1", tags={1: ["harness-<script>\u202e\n"]})


def test_json_written_by_others_is_read() -> None:
    loose = json.loads(notebook(*SOURCES)) | {"nbformat_minor": 99, "metadata": {"colab": {"x": float("nan")}}}
    assert taken(raw(loose)) == taken(notebook(*SOURCES))
