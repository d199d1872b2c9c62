"""Baselines: a reference is measured by the same path as a submission, and goes on where it was interrupted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, criterion, graded, options, with_tasks

from harness.errors import ResultsError, UsageError
from harness.records.models import Fault
from harness.workflow.baseline import SEEDS, measure_references
from harness.workflow.options import Options


def show(*args: object) -> None:
    """Nobody is looking."""


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one reference, whose folders are looked up instead of the shipped ones."""
    folder = tmp_path / "project" / "reference_models"
    folder.mkdir(parents=True)
    (folder / "toy.py").write_text(toy.GOOD)
    monkeypatch.setattr("harness.shipped.folder", lambda name: folder.parent / name)
    return folder


def chosen(tmp_path: Path) -> Options:
    return options(tmp_path, out=tmp_path / "measured")


def test_a_baseline_holds_every_seed_of_every_variant(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    (path,) = measure_references(replace(chosen(tmp_path), seeds=[1, 2, 3]), None, show)
    assert path == reference / "baselines" / "toy.quick.cpu.json"
    body = json.loads(path.read_text())
    assert body["seeds"] == [1, 2, 3]
    assert body["measures"]["plain.test_accuracy"]["values"] == pytest.approx([0.51, 0.52, 0.53])
    assert len(body["measures"]["naive.test_accuracy"]["values"]) == 3
    assert set(body["measures"]) | set(body["budgets"]) == set(toy.TASK.measure_names())
    assert body["parameters"] == {"plain": 1000, "wide": 1000}


def test_ten_seeds_unless_said_otherwise(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    (path,) = measure_references(chosen(tmp_path), tmp_path / "elsewhere", show)
    assert path.parent == tmp_path / "elsewhere"
    assert json.loads(path.read_text())["seeds"] == list(range(1, SEEDS + 1))


def test_students_are_shown_what_the_reference_reached(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    measure_references(replace(chosen(tmp_path), seeds=[1, 3]), None, show)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.UNTRAINABLE}), options(tmp_path))
    assert criterion(result, "ann", "plain").reference == pytest.approx(0.52)
    assert criterion(result, "ann", "plain").earned == 0, "and it changes no mark"


def test_an_interrupted_baseline_goes_on(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    asked = replace(chosen(tmp_path), seeds=[1, 2])
    sandbox.fails = lambda job: KeyboardInterrupt() if job.seed == 2 else None
    with pytest.raises(KeyboardInterrupt):
        measure_references(asked, None, show)
    assert not (reference / "baselines").exists()
    sandbox.fails = lambda job: None
    sandbox.jobs.clear()
    assert len(measure_references(asked, None, show)) == 1
    assert {job.seed for job in sandbox.jobs} == {2}


def test_a_task_in_which_students_build_everything_has_a_baseline(
    reference: Path, tmp_path: Path, sandbox: FakeSandbox
) -> None:
    all_built = replace(toy.TASK, variants=tuple(v for v in toy.VARIANTS if not v.given))
    asked = replace(chosen(tmp_path), registry=with_tasks(all_built), seeds=[1, 2])
    (path,) = measure_references(asked, None, show)
    body = json.loads(path.read_text())
    assert body["measures"]["wide.test_accuracy"]["values"] == pytest.approx([0.71, 0.72])
    assert body["parameters"] == {"plain": 1000, "wide": 1000}


def test_a_reference_with_a_fault_is_no_baseline(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    fault = Fault(owner="student", kind="exception", step="train", message="It broke.")
    sandbox.fails = lambda job: fault if job.step.name == "train" else None
    with pytest.raises(ResultsError, match="It broke"):
        measure_references(replace(chosen(tmp_path), seeds=[1]), None, show)
    assert not (reference / "baselines").exists()


def test_a_task_without_reference_is_told(reference: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    (reference / "toy.py").unlink()
    with pytest.raises(UsageError, match=r"toy\.py"):
        measure_references(chosen(tmp_path), None, show)
