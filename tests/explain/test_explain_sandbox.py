"""What a student reads of a mistake where models are really built: behind the walls, without network and files."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from sandbox.students import RunStudent, student, train_step

from harness.intake.cells import KEEP
from harness.intake.taken import HEADER


def said(run_student: RunStudent, files: Mapping[str, str]) -> str:
    """Return the message of the fault that files come to, checked for what holds for each of them."""
    fault = run_student({name: text.encode() for name, text in files.items()}).fault
    assert fault is not None and fault.owner == "student"
    assert not re.search(r"/tmp|site-packages|harness-\w{8}|harness\.|\n", fault.message), fault.message
    return fault.message


BUILT = {
    "a data set": ("keras.datasets.mnist.load_data()", "There is no network and no data set when models are built"),
    "weights": ("keras.applications.MobileNet(weights='imagenet')", "write weights=None"),
    "a download": ("import urllib.request; urllib.request.urlopen('http://example.org')", "There is no network when"),
    "get_file": ("keras.utils.get_file('a.txt', 'https://example.org/a.txt')", "There is no network when"),
    "pip": ("import subprocess; subprocess.run(['pip', 'install', 'torch'])", "Nothing can be installed"),
    "a folder of Colab": ("os.makedirs('/content/drive/models')", "That place cannot be written"),
    "a GPU": ("import tensorflow as tf; tf.config.list_physical_devices('GPU')[0]", "There is no GPU"),
    "processes": ("import multiprocessing; multiprocessing.Lock()", "do without multiprocessing"),
    "a pool": (
        "import concurrent.futures as f; f.ProcessPoolExecutor(2)",
        "do without multiprocessing",
    ),
    "a language": ("import locale; locale.setlocale(locale.LC_ALL, 'xx_XX.UTF-8')", "has no such language setting"),
    "input": ("input('units? ')", "Nobody is there to answer input()"),
}


@pytest.mark.parametrize("case", BUILT)
def test_what_is_not_there_is_named_with_the_way_out(run_student: RunStudent, case: str) -> None:
    line, words = BUILT[case]
    message = said(run_student, {"work.py": student(line)})
    assert message.startswith("The step contract stopped with an error: work.py line 7, in build: ")
    assert words in message


def test_the_builder_the_model_and_the_layer_are_named_with_kerass_cause(run_student: RunStudent) -> None:
    wrong = (
        "input_shape = (9,)\nreturn keras.Sequential([keras.Input((9,)), layers.Dense(3, name='first')], name='net')"
    )
    source = student(wrong.replace("return ", "model = ") + "\nmodel.compile(loss='mse')\nreturn model")
    message = said(run_student, {"work.py": source})
    assert "the model of build, given a batch (2, 4): Layer first was built for 9 numbers" in message
    assert "expected axis -1 of input shape to have value 9, but received input with shape (2, 4))" in message
    assert "Exception encountered" not in message


def test_what_a_layer_of_the_students_own_raises_names_file_line_and_layer(run_student: RunStudent) -> None:
    layer = "class Odd(layers.Layer):\n    def call(self, x):\n        raise ValueError('too odd')\n"
    source = student("model = keras.Sequential([Odd()])\nmodel.compile(loss='mse')\nreturn model")
    message = said(run_student, {"work.py": source.replace("def say", f"{layer}def say")})
    assert "work.py line 7, in the model of build, given a batch (2, 4): ValueError in Odd" in message
    assert message.endswith("too odd")


FILES = {
    "a module named like Python's own": (
        {"work.py": "from random import helper\n", "random.py": "def helper(): ...\n"},
        "random.py has the name of a module of Python's own, which is imported in its place: rename it",
    ),
    "a name that a module of their own lacks": (
        {"work.py": "from blocks import head\n", "blocks.py": "def tail(): ...\n"},
        "work.py line 1: ImportError: cannot import name 'head' from 'blocks'",
    ),
    "another case": (
        {"work.py": "import blocks\n", "Blocks.py": "def head(): ...\n"},
        "There is Blocks.py and no blocks.py: upper and lower case count",
    ),
    "a module that was not handed in": ({"work.py": "import blocks\n"}, "hand in blocks.py as well"),
    "eager execution switched off": (
        {"work.py": "import tensorflow as tf\ntf.compat.v1.disable_eager_execution()\n" + student()},
        "The file switches TensorFlow 2 off",
    ),
    "Keras 2 asked for": (
        {"work.py": student("from tensorflow import keras as k; k.layers").replace(
            "import keras\n", "import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nimport keras\n", 1
        )},
        "TF_USE_LEGACY_KERAS asks for Keras 2, which is not there: take that line out",
    ),
    "a name of a cell that was left out": (
        {"work.py": f"{HEADER}\n\n\n# cell 2\nx = units\n"},
        "work.py line 5 (cell 2): Nothing that was taken from the notebook sets units: the remarks say what was left"
        f" out and why; tag the cell that sets it {KEEP}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_what_is_wrong_with_files_is_named(run_student: RunStudent, case: str) -> None:
    files, words = FILES[case]
    assert words in said(run_student, files)


def test_a_loss_that_does_not_fit_is_told_with_the_one_that_does(run_student: RunStudent, tmp_path: Path) -> None:
    x, y = np.zeros((16, 4), np.float32), np.zeros(16, np.int32)
    for name, array in (("x_train", x), ("y_train", y)):
        np.save(tmp_path / f"{name}.npy", array)
    inputs = {name: tmp_path / f"{name}.npy" for name in ("x_train", "y_train")}
    source = student().replace('"sparse_categorical_crossentropy"', '"categorical_crossentropy"')
    fault = run_student(source, train_step(columns=("loss",)), inputs=inputs).fault
    assert fault is not None
    assert fault.message.startswith("Expected a loss for targets that are integers, one a row")
    assert "compile with loss='sparse_categorical_crossentropy'" in fault.message
