"""What cells change in place counts as in the notebook, or a remark names cell and line: never another in silence.

What all cells give from top to bottom is compared with what is taken of them, Keras being a recorder.
"""

import re
from collections import Counter

import numpy as np
import pytest
from intake.drawn import draw
from intake.in_place import CASES, Case
from intake.notebooks import cells as notebook_of
from intake.oracle import FAILED, as_notebook, as_taken

from harness.intake.exports import Exports
from harness.intake.from_notebook import FromNotebook, from_notebook
from harness.intake.limits import DEFAULT_LIMITS
from harness.intake.notebook import Cell, Notebook, read_cells

START = "import keras\nfrom keras import layers"
CALL = "build_model()"
NAMED = re.compile(r"cell \d+ \(line \d+\)|set by what was skipped of cell")


def taken(*cells: Cell, files: dict[str, str] | None = None) -> FromNotebook:
    beside = {path: source.encode() for path, source in (files or {}).items()}
    asked = {"work": Exports(frozenset({"build_model"}))}
    return from_notebook("work.py", Notebook("work.ipynb", cells), beside, asked)


def numbered(*cells: str) -> list[Cell]:
    return [Cell(number, source) for number, source in enumerate(cells, 1)]


def builder(case: Case) -> tuple[str, ...]:
    return (f"def build_model():\n    return layers.Dense({case.reads})",) if case.reads else ()


@pytest.mark.parametrize("name", CASES)
def test_the_model_is_that_of_the_notebook_or_a_remark_names_the_line(name: str) -> None:
    case = CASES[name]
    found = taken(*numbered(START, *case.cells, *builder(case)), files=case.files)
    here = as_notebook([START, *(case.runs or case.cells), *builder(case)], case.files, CALL)
    there = as_taken(found.source.decode(), case.files, CALL)
    assert not str(here).startswith(FAILED), "the case itself is wrong"
    if case.told:
        assert here != there, "nothing to tell"
        assert any(case.told in note.replace("Cell", "cell") for note in found.notes[1:] if "Left out" not in note)
    else:
        assert here == there


QUIET = {
    "reading": "print(cfg['units'], sizes, {**cfg}, f'{cfg}', len(cfg), max(sizes), sorted(cfg), [s for s in sizes])",
    "training": "model = build_model()\nmodel.fit(data, epochs=cfg['units'], batch_size=sizes[0])\nmodel.save('x')",
    "layers of it": "model = keras.Sequential([layers.Dense(n, cfg['act']) for n in sizes])\nmodel.fit(data)",
    "a search with the builder": "tuner = Search(build_model, max_trials=cfg['units'])\ntuner.search(data)",
    "a function that only reads": "def train(model, c):\n    model.fit(c['units'])\ntrain(build_model(), cfg)",
    "a copy": "mine = dict(cfg)\nmine['units'] = open('x')\nmine.update(open('x'))",
    "a deep copy": "import copy\nmine = copy.deepcopy(cfg)\nmine['units'] = open('x')",
    "another thing of the name in a function": "def train():\n    cfg = {}\n    cfg['units'] = 3\ntrain()",
    "plots": "import matplotlib.pyplot as plt\nplt.rcParams['dpi'] = cfg['units']\nplt.plot(sizes)",
    "results": "results = {}\nfor n in sizes:\n    results[n] = run(n)\n    results.setdefault('all', []).append(n)",
    "a table": "import pandas as pd\ntable = pd.DataFrame(cfg)\ntable['more'] = open('x')",
    "a file": "import json\nwith open('cfg.json', 'w') as file:\n    json.dump(cfg, file)",
}


@pytest.mark.parametrize("name", QUIET)
def test_nothing_is_said_where_nothing_is_changed(name: str) -> None:
    constants = "cfg = {'units': 4, 'act': 'relu'}\nsizes = [4, 8]\ndata = open('x')"
    reads = "def build_model():\n    return layers.Dense(cfg['units'], sizes)"
    found = taken(*numbered(START, constants, reads, QUIET[name]))
    assert [note for note in found.notes if NAMED.search(note)] == []


def outcomes(seed: int, count: int) -> Counter[tuple[bool, bool]]:
    """Draw notebooks until so many run, and count for how many (the model is the same, something is told)."""
    rng = np.random.default_rng(seed)
    found: Counter[tuple[bool, bool]] = Counter()
    while found.total() < count:
        drawn = draw(rng)
        here = as_notebook(drawn.cells, {}, CALL)
        if str(here).startswith(FAILED):
            continue
        read = taken(*numbered(*drawn.cells))
        assert not read.origin.problem
        told = any(NAMED.search(note) for note in read.notes)
        same = here == as_taken(read.source.decode(), {}, CALL)
        assert same or told, "\n# ---\n".join(drawn.cells)
        found[same, told] += 1
    return found


def test_drawn_notebooks_give_their_model_or_a_remark() -> None:
    found = outcomes(0, 40)
    assert found[True, False] > 8, "what may be taken is taken without a word"
    assert found[False, True] > 8, "what is left out changes models"


@pytest.mark.slow
@pytest.mark.preflight
@pytest.mark.parametrize("seed", range(1, 6))
def test_many_drawn_notebooks_give_their_model_or_a_remark(seed: int) -> None:
    found = outcomes(seed, 100)
    assert found[True, False] > 20
    assert found[False, True] > 20


def executed(*cells: tuple[str, int | None]) -> FromNotebook:
    """Return what is taken of cells with the count as which each was run."""
    raw = notebook_of(*({"cell_type": "code", "source": s, "execution_count": n} for s, n in cells))
    return taken(*read_cells("work.ipynb", raw, DEFAULT_LIMITS))


BUILD = "def build_model():\n    return layers.Dense(UNITS)"
SWAPPED = "Cell 2 was run after cell 3, but stands before it and counts first (UNITS)"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 2, 3, 4), ""),
        ((1, 5, 3, 4), SWAPPED),
        ((9, 2, 3, 1), ""),
        ((1, 2, None, 4), "Cell 3 was not run in the notebook as it was saved, but counts (UNITS)"),
        ((None, None, None, None), ""),
        ((True, "x", 1e300, -3), ""),
    ],
)
def test_cells_that_were_run_in_another_order_are_told(counts: tuple[int | None, ...], said: str) -> None:
    sources = (START, "UNITS = 4", "UNITS = 64", BUILD)
    notes = " ".join(executed(*zip(sources, counts, strict=True)).notes)
    assert said in notes
    assert said or ("was run after" not in notes and "was not run in" not in notes)


def test_a_library_that_a_block_does_without_is_told() -> None:
    tried = "try:\n    import addons_x\n    UNITS = 4\nexcept ImportError:\n    UNITS = 64"
    found = taken(*numbered(START, tried, BUILD))
    assert "Cell 2 imports addons_x, which is not there when models are built." in found.notes
