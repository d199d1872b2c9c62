"""What is taken from a notebook's cells, what is left out, and what the card says of it. Nothing is run."""

import ast
import json
import tracemalloc
from collections.abc import Mapping, Sequence

import pytest
from cost import measured
from intake.notebooks import TEXT, cells, executed, notebook, old, raw

from harness.errors import SubmissionError
from harness.intake.bound import sets
from harness.intake.cells import choose
from harness.intake.from_notebook import needed_cell
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.magics import plain
from harness.intake.notebook import Notebook, read_cells
from harness.intake.remarks import numbered, remarks
from harness.intake.taken import HEADER, take

NAME = "ann.ipynb"


def taken(raw: bytes, local: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Return the source that is taken and the remarks for the card."""
    chosen = choose(Notebook(NAME, read_cells(NAME, raw, DEFAULT_LIMITS)))
    found = take(chosen, local)
    if cell := needed_cell(chosen, found, ()):
        raise SubmissionError(cell.problem)
    return found.source, remarks(NAME, chosen, found)


def code(*sources: str, local: Sequence[str] = (), tags: Mapping[int, Sequence[str]] | None = None) -> list[str]:
    """Return the statements taken from cells, in one line each."""
    source, _ = taken(notebook(*sources, tags=tags), local)
    return [ast.unparse(node).replace("\n", " ") for node in ast.parse(source).body]


def said(*sources: str, tags: Mapping[int, Sequence[str]] | None = None) -> str:
    return "\n".join(taken(notebook(*sources, tags=tags))[1])


USES = "def f():\n    return {}"

TAKEN = [
    "def f(): pass",
    "async def f(): pass",
    "class A: pass",
    "@staticmethod\ndef f(): pass",
    "EPOCHS = 10",
    "UNITS = [64, 32]",
    "a = b = -1.5",
    "a, (b, *c) = 1, (2, 3)",
    "RATE: float = 1e-3",
    "NAMES = {'a': (1, None), 'b': {True}}",
    "TEXT = f'{1 + 2} of {[i for i in range(3)]}'",
    "N = 2 ** 3 if True else 4",
    "SIZES = [2 ** i for i in range(4)]",
    "SIZES = tuple(sorted(len(w) for w in ('a', 'bc')))",
    "square = lambda x: anything(x)",
    "import math\nROOT = math.sqrt(2)",
    "from dataclasses import dataclass\n@dataclass\nclass C:\n    units: int = 4\nconfig = C(units=8)",
    "from collections import namedtuple\nShape = namedtuple('Shape', 'height width')\nHERE = Shape(1, 2)",
    "from functools import partial\ndef f(x): pass\ng = partial(f, 1)",
    "UNITS = 4\nWIDE = UNITS * 2",
    "try:\n    import math\nexcept ImportError:\n    math = None\n" + USES.format("math"),
    "if 1 > 0:\n    UNITS = 1\nelse:\n    UNITS = 2\n" + USES.format("UNITS"),
    "if True:\n\n    def f():\n        return 1",
    "for i in range(3):\n    EPOCHS = i",
    "import math\nhere = math\nPI = here.pi",
]


@pytest.mark.parametrize("source", TAKEN)
def test_definitions_and_constants_that_are_read_are_taken(source: str) -> None:
    wanted = [ast.unparse(node).replace("\n", " ") for node in ast.parse(source).body]
    assert code(source, reading(source))[:-1] == wanted


def reading(source: str, *more: str) -> str:
    """Return a function that reads all names which a source sets."""
    return f"def last():\n    return [{', '.join(sorted(sets(ast.parse(source)) | {*more}))}]"


LEFT_OUT = [
    "print('x')",
    "model.fit(x)",
    "model = build()",
    "x = open('data').read()",
    "(x, y), (u, v) = keras.datasets.mnist.load_data()",
    "while True:\n    pass",
    "with open('x') as f:\n    DATA = f",
    "del UNITS",
    "assert UNITS",
    "raise ValueError",
    "plt.rcParams['figure.dpi'] = 72",
    "a.b = 1",
    "UNITS += 1",
    "x: int",
    "x = (yield_ := 3)",
    "x = await_me.shape",
    "x = [load(i) for i in range(3)]",
    "x = unknown",
    "if __name__ == '__main__':\n    def f(): pass",
    "if f():\n    UNITS = 3",
    "try:\n    UNITS = load()\nexcept OSError:\n    UNITS = 3",
    "'a text'",
    "pass",
]


@pytest.mark.parametrize("source", LEFT_OUT)
def test_what_runs_is_left_out(source: str) -> None:
    assert code("KEPT = 1", source, reading(source, "KEPT"))[:-1] == ["KEPT = 1"]


NEEDLESS = [
    "import os",
    "import keras\ninit = keras.initializers.HeNormal()",
    "EPOCHS = 10",
    "class A: pass",
    "sizes = []\nfor i in range(4):\n    sizes.append(i)\nlowest = min(sizes)",
    "class Net:\n    units = 4\nNet.units = 8",
]


@pytest.mark.parametrize("source", NEEDLESS)
def test_what_nothing_needs_does_not_run(source: str) -> None:
    """It may fail for reasons of its own, and the builder would not be to blame."""
    assert code("KEPT = 1", source, reading("KEPT = 1"))[:-1] == ["KEPT = 1"]


NEEDED = [
    ("import keras", "keras"),
    ("import tensorflow as tf", "tf.shape"),
    ("from keras import layers", "layers.Dense"),
    ("import keras.layers", "keras"),
    ("import keras\ninit = keras.initializers.HeNormal(seed=1)", "init"),
    ("from tensorflow.keras.regularizers import l2\nREG = l2(0.1)", "REG"),
    ("import keras\naug = keras.Sequential([keras.layers.RandomFlip('horizontal')])", "aug"),
    ("import numpy as np\nGRID = np.linspace(0, 1, 5) / 2", "GRID"),
    ("from functools import partial\nfrom keras import layers\nConv = partial(layers.Conv2D, padding='same')", "Conv"),
    ("import keras\nOPTS = {'adam': keras.optimizers.Adam}\nOPTS['sgd'] = keras.optimizers.SGD", "OPTS"),
    ("from keras import layers\nact = layers.LeakyReLU(0.1)\nACTS = [act]", "ACTS"),
]


@pytest.mark.parametrize(("source", "name"), NEEDED)
def test_imports_and_objects_are_taken_where_something_taken_needs_them(source: str, name: str) -> None:
    """Most imports of a notebook are for plots and data, and may not even be there when it is graded."""
    wanted = [ast.unparse(node) for node in ast.parse(source).body]
    assert code(source, USES.format(name))[:-1] == wanted
    assert code(source, "def f(): pass") == ["def f():     pass"]


def test_an_import_is_shortened_to_what_is_needed() -> None:
    assert code("import keras, wandb\nfrom keras import layers, utils", USES.format("keras, layers"))[:-1] == [
        "import keras",
        "from keras import layers",
    ]


def test_a_module_of_the_submission_is_always_imported() -> None:
    """It may bring the builder itself, which nothing in the notebook needs to call."""
    wanted = "from blocks import build_model"
    assert code(wanted, "import numpy", local=["blocks"]) == [wanted]
    assert code(wanted.replace("blocks", ".blocks")) == ["from .blocks import build_model"]
    assert code(wanted) == []


def test_a_library_for_plots_alone_may_be_missing() -> None:
    source, notes = taken(notebook("import no_such_library as sns", USES.format("sns.lineplot()")))
    names: dict[str, object] = {}
    exec(source, names)  # the harness's own words around a line of this test
    assert "f" in names
    assert "Cell 1 imports no_such_library, which is not there when models are built." in notes[-1]


def test_a_library_that_is_needed_at_once_is_imported_as_written() -> None:
    assert code("import tqdm", "class A(tqdm.tqdm): pass", USES.format("A"))[0] == "import tqdm"


def test_the_source_as_a_whole() -> None:
    source, notes = taken(
        notebook(
            '"""My work."""\nfrom __future__ import annotations\n%matplotlib inline\nimport keras',
            TEXT,
            "EPOCHS = 10; UNITS = [64, 32]  # of each layer\nprint(UNITS)\n\n"
            "@keras.saving.register_keras_serializable()\n"
            "class Mean(keras.Layer):\n    # as a layer\n    def call(self, x):\n        return x.mean()  # all\n",
            "def f():\n    return EPOCHS, UNITS, Mean",
        )
    )
    assert (
        source
        == f'''{HEADER}
"""My work."""
from __future__ import annotations


# cell 1
import keras


# cell 3
EPOCHS = 10
UNITS = [64, 32]  # of each layer


@keras.saving.register_keras_serializable()
class Mean(keras.Layer):
    # as a layer
    def call(self, x):
        return x.mean()  # all


# cell 4
def f():
    return EPOCHS, UNITS, Mean
'''
    )
    assert notes == (
        "Taken from ann.ipynb (cells 1, 3 and 4): f, Mean, EPOCHS, UNITS; 2 imports.",
        "Left out, as nothing was run: parts of cell 3.",
        "Skipped magics, shell lines and help in cell 1: %matplotlib.",
    )


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
