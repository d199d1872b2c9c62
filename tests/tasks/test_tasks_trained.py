"""Each task's reference goes the whole way at the tiny size: built, trained, run, scored and drawn. Nothing is marked.

`make preflight` does the same at the quick size, with every variant, the template and the mistakes.
"""

import math
from pathlib import Path

import pytest
from tasks.trained import Trained, trained

from harness.diagnosis import findings
from harness.report.drawing.figures import drawn
from harness.sandbox.pool import ServerPool
from harness.task import Recorded, Task, Variant
from harness.tasks import find, names

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session alone that all its processes see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if own.name.startswith("popen-") else own


@pytest.fixture(scope="module", params=names())
def task(request: pytest.FixtureRequest) -> Task:
    return find(request.param)


@pytest.fixture(scope="module")
def made(task: Task, fork_server: ServerPool, shared_folder: Path) -> Trained:
    return trained(task.name, fork_server, shared_folder)


def of_students(task: Task, made: Trained) -> list[Variant]:
    return [v for v in task.trained() if v.name in made.variants]


def test_the_contract_check_finds_nothing(task: Task, made: Trained) -> None:
    measurement = made.contract.measurement
    assert measurement.fault is None
    assert (measurement.parameters or 0) > 0


def test_every_measure_is_there_and_a_number(task: Task, made: Trained) -> None:
    for name, one in made.variants.items():
        assert one.measurement.fault is None, (name, one.measurement.fault, one.log)
        measures = one.measurement.measures
        assert set(measures) == {m.name for m in task.measures_of(task.variant(name))}
        assert all(math.isfinite(score.value) and score.signature for score in measures.values()), name


def test_a_training_has_a_curve_facts_and_usage(task: Task, made: Trained) -> None:
    tiny = task.profile("tiny")
    assert of_students(task, made)
    for variant in of_students(task, made):
        m = made.variants[variant.name].measurement
        assert m.curve and {len(column) for column in m.curve.values()} == {tiny.epochs}
        assert all(math.isfinite(value) for column in m.curve.values() for value in column)
        assert (m.parameters or 0) > 0 and (m.optimizer_steps or 0) > 0
        assert m.usage and all(u.wall_s > 0 and u.cpu_s > 0 and u.peak_memory_mb > 0 for u in m.usage.values())


def test_what_was_recorded_can_be_told_and_drawn(task: Task, made: Trained) -> None:
    runs = {}
    for name, one in made.variants.items():
        m = one.measurement
        values = {measure: score.value for measure, score in m.measures.items()}
        runs[name] = Recorded(name, values, m.curve, one.evidence)
    figures = task.figures(runs)
    assert figures
    for figure in figures:
        made_of = drawn(figure)
        assert made_of.svg.startswith("<") or len(made_of.table) > 1, figure.title
    told = findings(task, [one.measurement for one in made.variants.values()])
    assert all(f.variant in made.variants for f in told)
