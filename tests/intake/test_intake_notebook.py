"""What is taken from a notebook's cells, what is left out, and what the card says of it. Nothing is run."""

import ast

import pytest
from intake.choosing import USES, code, taken
from intake.notebooks import TEXT, notebook

from harness.intake.bound import sets
from harness.intake.taken import HEADER

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
