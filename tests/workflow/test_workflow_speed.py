"""Limits in seconds mean the same work on every machine: a slow one gives a submission more of them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, NoLauncher, graded, options, task_of

from harness.selfcheck.slices import few_seconds, trial_step
from harness.task import Limits
from harness.workflow import speed
from harness.workflow.context import TaskContext, prepare
from harness.workflow.machine import Machine

LIMITS = Limits(wall_s=90, cpu_s=40, memory_mb=3_000)


@pytest.mark.parametrize(
    ("ratio", "found"),
    [(1.0, 1.0), (1.04, 1.0), (0.96, 1.0), (1.07, 1.1), (0.5, 0.51), (2.0, 1.95), (1e9, 1.95), (1e-9, 0.1)],
)
def test_a_speed_comes_in_steps_of_ten_percent_within_bounds(ratio: float, found: float) -> None:
    """So that what measuring alone moves is not told, and a broken clock sets no limit of nothing or of days."""
    assert speed.rounded(ratio) == found


@pytest.mark.parametrize(
    ("of_machine", "cpu_s", "wall_s"), [(1.0, 40, 90), (0.5, 80, 180), (0.1, 400, 900), (1.95, 21, 90), (0.91, 44, 99)]
)
def test_limits_follow_the_speed_and_waiting_is_never_cut(of_machine: float, cpu_s: float, wall_s: float) -> None:
    assert speed.scaled(LIMITS, of_machine) == Limits(wall_s, cpu_s, 3_000)


def test_measuring_is_short_and_gives_about_the_same_each_time() -> None:
    """Half a second at most, of a machine of speed 1, in a process of its own that loads no backend."""
    code = (
        "import sys, time; from harness.workflow.speed import least, array_work, python_work, speed\n"
        "began = time.process_time(); found = speed(); took = time.process_time() - began\n"
        "print(found, took * found, *{'tensorflow', 'keras'} & set(sys.modules))"
    )
    done = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    found, took = zip(*(map(float, one.stdout.split()) for one in done), strict=True)
    assert all(0.1 <= value <= 2 for value in found)
    assert max(took) < 0.5


def test_the_work_that_is_measured_is_done() -> None:
    assert speed.python_work() == speed.python_work() > 0
    assert speed.cpu_seconds(lambda: sum(range(200_000))) > 0


def on(of_machine: float, folder: Path) -> TaskContext:
    chosen = Machine("tensorflow", "cpu", "some processor", NoLauncher().walls, "a process", speed=of_machine)
    return prepare(toy.TASK, "quick", None, chosen, folder)


def test_every_step_is_scaled_where_it_becomes_one(tmp_path: Path) -> None:
    even, slow = on(1.0, tmp_path / "even"), on(0.5, tmp_path / "slow")
    for variant in toy.TASK.trained():
        for one, other in zip(even.steps(variant), slow.steps(variant), strict=True):
            assert one.limits == (toy.QUICK.limits if one.trains else toy.QUICK.asking)
            assert other == replace(one, limits=speed.scaled(one.limits, 0.5))
    assert slow.contract_step().limits.cpu_s == 2 * even.contract_step().limits.cpu_s
    train = even.steps(toy.TASK.trained()[0])[0]
    assert trial_step(train, 0.5).limits.cpu_s == 2 * trial_step(train, 1.0).limits.cpu_s
    assert few_seconds(Limits(5, 3, 100), 0.5) == Limits(5, 3, 100), "never more than the step itself"


def test_the_speed_is_kept_with_what_was_measured_and_changes_no_key(tmp_path: Path) -> None:
    even, slow = on(1.0, tmp_path / "even"), on(0.5, tmp_path / "slow")
    assert (even.provenance.speed, slow.provenance.speed) == (1.0, 0.5)
    assert even.key("source", "plain", 1) == slow.key("source", "plain", 1)
    assert even.provenance != slow.provenance and not even.provenance.differing(slow.provenance)
    assert even.provenance.differing(slow.provenance.model_copy(update={"device": "gpu"})) == ["device"]


def test_a_class_runs_under_the_limits_of_its_machine(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "speed", lambda: 0.25)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    chosen = {4 * 10, 4 * toy.QUICK.limits.cpu_s, 4 * toy.QUICK.asking.cpu_s}
    assert {job.step.limits.cpu_s for job in sandbox.jobs} == chosen
    assert {m.provenance.speed for m in task_of(result, "ann").measurements} == {0.25}
    sandbox.jobs.clear()
    monkeypatch.setattr(speed, "speed", lambda: 1.0)
    graded(tmp_path / "class", options(tmp_path))
    assert not sandbox.jobs, "nothing is measured again because the machine was busier"
