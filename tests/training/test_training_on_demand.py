"""What few submissions use of Keras costs the others nothing, and is there for those that do."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sandbox.students import student

from harness.sandbox.job import Outcome
from harness.training import on_demand

LATE, RUN = "late_library.part", "late_library_has_run"


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A part of a library, as Keras has them, imported and not yet run: a package that says when it is."""
    folder = tmp_path / "late_library" / "part"
    folder.mkdir(parents=True)
    folder.with_name("__init__.py").write_text("from late_library import part\n")
    (folder / "__init__.py").write_text(f"import sys\nsys.{RUN} = True\nfrom late_library.part.inner import answer\n")
    (folder / "inner.py").write_text("answer = 42\n")
    monkeypatch.setattr(on_demand, "PARTS", frozenset({LATE}))
    monkeypatch.setattr(sys, "meta_path", [on_demand.Parts(), *sys.meta_path])
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("late_library").part
    for name in [name for name in sys.modules if name.partition(".")[0] == "late_library"]:
        del sys.modules[name]
    if has_run():
        delattr(sys, RUN)


def has_run() -> bool:
    return hasattr(sys, RUN)


def test_a_part_runs_when_a_name_in_it_is_asked_for(part: ModuleType) -> None:
    assert part.__file__ and part.__path__ and not hasattr(part, "__warningregistry__")
    assert not has_run(), "what tools look at in every module does not run it"
    assert part.answer == 42 and has_run()


@pytest.mark.parametrize(
    "code",
    [
        f"from {LATE} import answer; assert answer == 42",
        f"from {LATE} import *; assert answer == 42",
        f"import {LATE}; assert 'answer' in dir({LATE})",
    ],
)
def test_a_part_is_found_whole_however_it_is_asked_for(part: ModuleType, code: str) -> None:
    exec(code, {})
    assert has_run()


def test_a_module_within_a_part_needs_not_the_whole(part: ModuleType) -> None:
    assert importlib.import_module(f"{LATE}.inner").answer == 42
    assert not has_run()


def test_nothing_is_a_table_before_pandas_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    with on_demand.parts_on_demand():
        import pandas
    known, table = (pandas.DataFrame, pandas.Series), type("DataFrame", (), {})
    assert not isinstance(table(), known)
    assert "pandas" not in sys.modules
    monkeypatch.setitem(sys.modules, "pandas", ModuleType("pandas"))
    monkeypatch.setattr(sys.modules["pandas"], "DataFrame", table, raising=False)
    assert isinstance(table(), known) and not isinstance(1, known)


def test_what_else_stands_in_pandas_comes_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ModuleType("pandas")
    monkeypatch.setattr(real, "answer", 42, raising=False)
    standing = on_demand.standing_for_pandas()
    monkeypatch.setitem(sys.modules, "pandas", standing)
    monkeypatch.setattr(importlib, "import_module", lambda name: real if "pandas" not in sys.modules else standing)
    assert standing.answer == 42


def test_a_submission_may_use_all_of_it(run_student: Callable[..., Outcome]) -> None:
    body = """say(sorted({"matplotlib", "pandas", "sklearn"} & {*sys.modules}))
import pandas
model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}), pandas.Series([1.0, 2.0]), verbose=0)
from keras.wrappers import SKLearnClassifier
from keras.visualization import plot_image_gallery
plot_image_gallery(np.ones((1, 4, 4, 3)), value_range=(0, 1), rows=1, cols=1)
from sklearn.base import BaseEstimator
say(issubclass(SKLearnClassifier, BaseEstimator))"""
    outcome = run_student(student(body))
    assert outcome.fault is None, outcome.fault
    assert outcome.log.splitlines()[0] == "[]" and outcome.log.splitlines()[-1] == "True"
