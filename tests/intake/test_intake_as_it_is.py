"""Real submissions are taken as they are: what ran where it was written, and what is said where something is amiss."""

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest
from intake.notebooks import notebook

from harness.intake.exports import Exports
from harness.intake.gather import gather
from harness.intake.submission import Submission

TASK = "rnn_regression"
KNOWN = (TASK, "autoencoder")
EXPORTS = {TASK: Exports(frozenset({"build_model"})), "autoencoder": Exports(frozenset({"build_dense", "build_conv"}))}
START = "import keras\nfrom keras import layers"
BUILD = """def build_model(window, units):
    model = keras.Sequential([keras.Input((window, 1)), layers.GRU({}), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model"""
PLAIN = BUILD.format("units")


def handed_in(folder: Path, files: Mapping[str, bytes]) -> Submission:
    """Return what becomes of files in a student's folder."""
    for name, content in files.items():
        path = folder / "class" / "ann" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (found,) = gather(folder / "class", KNOWN, exports=EXPORTS)
    return found


def from_cells(folder: Path, *cells: str) -> tuple[list[str], str]:
    """Return the statements taken from a notebook, in one line each, and all that is said of it."""
    found = handed_in(folder, {f"{TASK}.ipynb": notebook(*cells)})
    fault = found.fault or found.syntax_fault(TASK, KNOWN)
    said = "\n".join([*found.notes, *([f"FAULT {fault.message}"] if fault else [])])
    source = found.files.get(f"{TASK}.py", b"")
    return [ast.unparse(node).replace("\n", " ") for node in ast.parse(source).body], said


def indented(text: str, by: str = "    ") -> str:
    return "\n".join(f"{by}{line}" if line else line for line in text.split("\n"))


def prompted(text: str, first: str, other: str) -> str:
    lines = text.split("\n")
    return "\n".join([f"{first}{lines[0]}", *(f"{other}{line}" for line in lines[1:])])


# Cells beside the one with START; each notebook gives the same source.
SAME = {
    "nothing else": (PLAIN,),
    "indented": (indented(PLAIN),),
    "indented by tabs": (indented(PLAIN, "\t"),),
    "indented below a comment and empty lines": (f"\n\n{indented('# the model' + chr(10) + PLAIN)}",),
    "indented under %%time": (f"%%time\n{indented(PLAIN)}",),
    "with prompts of Python": (prompted(PLAIN, ">>> ", "... "),),
    "with prompts of IPython": (prompted(PLAIN, "In [12]: ", "    ...: "),),
    "text that is no Python": (PLAIN, "The GRU is best with a window of 12, see the table above"),
    "a cell cut off": (PLAIN, "scores = {\n  'a': 1,"),
    "HTML": (PLAIN, "<img src='x.png'>"),
    "a class of a missing library": ("import torch\nclass Rows(torch.utils.data.Dataset):\n    pass", PLAIN),
    "a decorator of a missing library": ("from numba_x import jit\n@jit\ndef fast(x): return x", PLAIN),
    "an annotation of a missing library": ("import torch\ndef show(x: torch.Tensor) -> torch.Tensor: ...", PLAIN),
    "a magic that is registered": (
        "from IPython.core.magic import register_cell_magic\n@register_cell_magic\ndef gpu(line, cell): ...",
        PLAIN,
    ),
    "Colab's drive": ("from google.colab import drive\ndrive.mount('/content/drive')", PLAIN),
    "a constant that fails": ("notes = []\nlowest = min(notes)", PLAIN),
    "a constant that fails for another cell": (
        "notes = []",
        "for i in run():\n    notes.append(i)",
        "x = notes[0]",
        PLAIN,
    ),
    "a name that Keras has lost": (
        "from keras.preprocessing.image import ImageDataGenerator\ndef show(x): return ImageDataGenerator().flow(x)",
        PLAIN,
    ),
    "widgets": ("import ipywidgets as w\n@w.interact(x=3)\ndef slide(x): ...", PLAIN),
    "plots and data": ("import seaborn_x as sns\ndata = load()\nsns.set_theme()\ndef plot(d): sns.lineplot(d)", PLAIN),
}


@pytest.mark.parametrize("case", SAME)
def test_what_the_builder_does_not_need_takes_nothing_from_it(tmp_path: Path, case: str) -> None:
    plain, _ = from_cells(tmp_path / "plain", START, PLAIN)
    taken, said = from_cells(tmp_path / "case", START, *SAME[case])
    assert taken == plain
    assert "FAULT" not in said


def test_a_cell_that_is_no_python_is_told(tmp_path: Path) -> None:
    _, said = from_cells(tmp_path, START, PLAIN, "x = 1\nThe best\n")
    assert f"Cell 3 was left out, as nothing taken needs it: {TASK}.ipynb cell 3 line 2 is not valid Python" in said


@pytest.mark.parametrize(
    "cells",
    [
        (START, PLAIN.replace("):", ")")),
        (START, BUILD.format("UNITS"), "UNITS = 4\nprint UNITS"),
        (START, BUILD.format("size(units)"), "def size(n)\n    return n"),
    ],
)
def test_a_cell_that_is_needed_is_named(tmp_path: Path, cells: tuple[str, ...]) -> None:
    _, said = from_cells(tmp_path, *cells)
    assert f"{TASK}.ipynb cell {len(cells)} line " in said.partition("holds no")[0]
    assert "Correct the line and hand in again." in said


def test_what_needs_a_missing_library_and_is_needed_is_named(tmp_path: Path) -> None:
    _, said = from_cells(tmp_path, "import einops_x", "class Patch(einops_x.Layer): ...", BUILD.format("Patch()"))
    assert "Patch (cell 2) was left out: it reads einops_x where it is defined, which is of einops_x, a library" in said


CONFIG = "cfg = {'units': 4, 'deep': {}}\nsizes = [4]"
READS = BUILD.format("cfg['units'] + sizes[0]")
TAKEN_CHANGES = [
    "cfg['units'] = 64",
    "cfg['deep']['rate'] = 0.1",
    "cfg.update(units=64)",
    "cfg |= {'units': 64}",
    "sizes.append(8)",
    "sizes += [8]",
    "del cfg['deep']",
    "cfg.setdefault('more', []).append(3)",
    "for n in (8, 16):\n    sizes.append(n)",
    "if len(sizes) == 1:\n    sizes.append(8)",
    "other = cfg\nother['units'] = 64",
    "both = [cfg, sizes]\nboth[1].append(8)",
]


@pytest.mark.parametrize("change", TAKEN_CHANGES)
def test_what_is_changed_in_place_counts_as_in_the_notebook(tmp_path: Path, change: str) -> None:
    taken, said = from_cells(tmp_path, START, CONFIG, change, READS)
    assert [ast.unparse(node).replace("\n", " ") for node in ast.parse(change).body] == taken[4:-1]
    assert "is left out" not in said


TOLD_CHANGES = {
    "cfg['units'] = best()": "cfg",
    "cfg.update(search(cfg))": "cfg",
    "for n in search():\n    cfg['units'] = n": "cfg",
    "with open('x') as f:\n    cfg['units'] = int(f.read())": "cfg",
    "import random\nrandom.shuffle(sizes)": "sizes",
    "def tune(c):\n    c['units'] = 64\ntune(cfg)": "cfg",
    "def tune():\n    cfg['units'] = 64\ntune()": "cfg",
    "def tune():\n    cfg['units'] = 64\ndef twice():\n    tune()\ntwice()": "cfg",
    "other = cfg\nother['units'] = best()": "other",
    "setattr(cfg, 'units', 3)": "cfg",
    "cfg = load()": "cfg",
}


@pytest.mark.parametrize("change", TOLD_CHANGES)
def test_a_change_that_is_left_out_is_told_with_its_cell(tmp_path: Path, change: str) -> None:
    """Another model than the notebook's is never graded in silence."""
    _, said = from_cells(tmp_path, START, CONFIG, change, READS)
    name = TOLD_CHANGES[change]
    assert f"{name} is changed in cell 3 (line " in said or f"{name} is set again in cell 3 (line " in said


@pytest.mark.parametrize(
    "look", ["print(cfg)", "cfg.items()", "len(sizes)", "model = build_model(12, 4)\nmodel.fit(cfg)", "sizes.index(4)"]
)
def test_looking_at_a_thing_does_not_change_it(tmp_path: Path, look: str) -> None:
    _, said = from_cells(tmp_path, START, CONFIG, READS, look)
    assert "is changed" not in said


def test_attributes_of_classes_and_objects_count(tmp_path: Path) -> None:
    made = "from types import SimpleNamespace\nclass Config:\n    units = 4\nargs = SimpleNamespace(rate=1)"
    changes = "Config.units = 64\nargs.rate = 2"
    taken, _ = from_cells(tmp_path, START, made, changes, BUILD.format("Config.units, args.rate"))
    assert taken[-3:-1] == ["Config.units = 64", "args.rate = 2"]


def test_a_layer_that_was_fitted_to_data_is_told(tmp_path: Path) -> None:
    cells = ("norm = layers.Normalization()", "x = load()\nnorm.adapt(x)", BUILD.format("4), norm, layers.GRU(4"))
    _, said = from_cells(tmp_path, START, *cells)
    assert "norm is changed in cell 3 (line 2), which is left out: as of cell 2 it counts." in said


def test_what_sets_keras_as_a_whole_is_told(tmp_path: Path) -> None:
    _, said = from_cells(tmp_path, START, "keras.mixed_precision.set_global_policy('mixed_float16')", PLAIN)
    assert "What cell 2 (line 1) sets by keras.mixed_precision.set_global_policy does not count" in said


def test_other_names_of_modules_are_followed(tmp_path: Path) -> None:
    cells = (
        "import tensorflow as tf\nL = tf.keras.layers\nstart = tf.random_uniform_initializer(-1, 1)\nact = L.ReLU()",
    )
    taken, _ = from_cells(tmp_path, START, *cells, BUILD.format("4, kernel_initializer=start), act, L.Dense(3"))
    assert taken[2:5] == [
        "import tensorflow as tf",
        "L = tf.keras.layers",
        "start = tf.random_uniform_initializer(-1, 1)",
    ]


def test_a_module_that_a_cell_writes_is_missed_by_name(tmp_path: Path) -> None:
    cells = (
        "%%writefile blocks.py\ndef head(): ...",
        "try:\n    from blocks import head\nexcept ImportError:\n    pass",
    )
    taken, said = from_cells(tmp_path, START, *cells, BUILD.format("units), head("))
    assert "Cell 2 writes blocks.py, which is not run: hand in blocks.py beside the notebook" in said
    taken, said = from_cells(tmp_path / "plain", START, cells[0], "from blocks import head", BUILD.format("4), head("))
    assert "from blocks import head" in taken, "the import fails by name, not a name later on"


def test_annotations_of_what_is_missing_are_not_looked_at(tmp_path: Path) -> None:
    annotated = PLAIN.replace("units)", "units: torch.Tensor) -> 'keras.Model'", 1)
    taken, _ = from_cells(tmp_path, START, "import torch", annotated)
    assert taken[0] == "from __future__ import annotations"


WORK = notebook(START, PLAIN)
SOURCE = f"{START}\n\n\n{PLAIN}\n".encode()
NAMES = [
    f"Copy of {TASK}.ipynb",
    f"Copy of Copy of {TASK} (2).ipynb",
    f"{TASK} (1).ipynb",
    f"{TASK}-1.ipynb",
    f"{TASK} - Copy.py",
    "RNN_Regression.py",
    "rnn-regression.ipynb",
    "RNN Regression.IPYNB",
    f"{TASK}.PY",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_its_task_where_nothing_else_is(tmp_path: Path, name: str) -> None:
    found = handed_in(tmp_path, {name: SOURCE if name.lower().endswith(".py") else WORK})
    assert found.tasks(KNOWN) == (TASK,)
    assert any(note.startswith(f"Read {name} as {TASK}.") for note in found.notes) or Path(name).stem == TASK


@pytest.mark.parametrize("names", [(f"Copy of {TASK}.py", f"{TASK} (1).py"), (f"{TASK}-1.py", f"{TASK}-2.py")])
def test_of_two_copies_none_is_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    found = handed_in(tmp_path, dict.fromkeys(names, SOURCE))
    assert found.tasks(KNOWN) == ()
    assert f"may each be {TASK}.py; hand in one of them, with that name." in " ".join(found.notes)


def test_a_file_with_the_name_of_the_task_counts_before_a_copy(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {f"{TASK}.py": SOURCE, f"Copy of {TASK}.py": b"x = 1"})
    assert found.files[f"{TASK}.py"] == SOURCE


def test_a_folder_of_copies_is_a_class(tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{TASK} ({n}).ipynb").write_bytes(WORK)
    assert len(gather(tmp_path, KNOWN)) == 2


@pytest.mark.parametrize("init", [b"", b"from .blocks import head\n"])
def test_the_folder_of_the_files_may_be_imported_by_its_name(tmp_path: Path, init: bytes) -> None:
    entry = b"from coursework.blocks import head\nimport coursework\nuse = coursework\n"
    files = {"__init__.py": init, "blocks.py": b"def head(): return 3\n", f"{TASK}.py": entry}
    found = handed_in(tmp_path, {f"coursework/{name}": source for name, source in files.items()})
    assert "The folder coursework was taken off" in " ".join(found.notes)
    assert run(tmp_path, found, "result = head(), hasattr(use, 'head')") == (3, bool(init))


def run(folder: Path, found: Submission, more: str) -> object:
    """Return what a few lines of this test compute behind the files of a submission, in a process of their own."""
    import json
    import subprocess
    import sys

    for name, source in found.files.items():
        path = folder / "run" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source)
    code = f"from {TASK} import *\n{more}\nimport json; print(json.dumps(result))"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder / "run", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(json.loads(done.stdout))


def test_relative_imports_find_the_files_beside(tmp_path: Path) -> None:
    entry = b"from .blocks import head\nfrom . import sizes as s\n\nfrom .parts import (\n    tail,\n)\nn = s.N\n"
    files = {
        f"{TASK}.py": entry,
        "blocks.py": b"from .sizes import N\ndef head(): return N\n",
        "sizes.py": b"N = 3\n",
        "parts/__init__.py": b"from .inner import tail\n",
        "parts/inner.py": b"def tail(): return 4\n",
    }
    found = handed_in(tmp_path, files)
    assert run(tmp_path, found, "result = head(), n, tail()") == (3, 3, 4)
    assert found.files[f"{TASK}.py"].count(b"\n") == entry.count(b"\n"), "a fault names the line that the student sees"
    assert f"In blocks.py, {TASK}.py, relative imports were read" in " ".join(found.notes)


EXPORTED = {
    "as files of old are": ("x = 1\rget_ipython().system('ls')\n", "get_ipython"),
    "Colab": ('# -*- coding: utf-8 -*-\n"""Untitled.ipynb"""\n\n!pip install -q keras\n%matplotlib inline\n\n', "!pip"),
    "nbconvert": (
        '# In[1]:\nget_ipython().run_line_magic("matplotlib", "inline")\nget_ipython().system("ls")\n',
        "get_ipython",
    ),
    "both": ('!ls\nout = get_ipython().getoutput("ls")\n', "!ls"),
}


@pytest.mark.parametrize("case", EXPORTED)
def test_a_notebook_written_out_as_a_file_is_taken(tmp_path: Path, case: str) -> None:
    start, word = EXPORTED[case]
    found = handed_in(tmp_path, {f"{TASK}.py": start.encode() + SOURCE})
    assert found.syntax_fault(TASK, KNOWN) is None
    source = found.files[f"{TASK}.py"].decode()
    assert "get_ipython" not in source
    assert source.split("\n").index(START.split("\n", maxsplit=1)[0]) == len(start.splitlines()), (
        "lines keep their numbers"
    )
    assert any(word in note for note in found.notes)


@pytest.mark.parametrize(
    "line", ['x = f"{cfg["a"]}"', "type Pair = tuple[int, int]", "def first[T](x: T) -> T: ...", "class Box[T]: ..."]
)
def test_a_newer_python_is_told_from_a_mistake(tmp_path: Path, line: str) -> None:
    found = handed_in(tmp_path, {f"{TASK}.py": f"cfg = {{'a': 1}}\n{line}\n".encode()})
    fault = found.syntax_fault(TASK, KNOWN)
    assert fault is not None
    assert f"{TASK}.py line 2 is not valid in Python 3." in fault.message
    assert "with which it is graded" in fault.message
