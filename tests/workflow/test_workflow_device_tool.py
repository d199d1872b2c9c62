"""The command for a bare machine: what matters most comes first, what is done is kept, a second run goes on."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import device_baselines
import pytest
import toy
import toy_search
from device_run import Wanted, measure, until
from device_tiny import tiny
from workflow.classes import FakeSandbox, units

from harness.sandbox import environment
from harness.sandbox.job import Job
from harness.task import Variant, Winner
from harness.tasks import find, names
from harness.workflow import machine


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wanted:
    """Two references, the same under two names, and no limit of time."""
    folder = tmp_path / "project" / "reference_models"
    folder.mkdir(parents=True)
    second = replace(toy.TASK, name="second")
    for name in ("toy", "second"):
        (folder / f"{name}.py").write_text(toy.GOOD)
    monkeypatch.setattr("harness.shipped.folder", lambda name: folder.parent / name)
    for variable in environment.SHARED:
        monkeypatch.setenv(variable, "")  # put back afterwards
    monkeypatch.setattr("device_run.registry", lambda: {"second": second, "toy": toy.TASK})
    return Wanted(
        tasks=["toy", "second"],
        seeds=2,
        out=tmp_path / "out",
        to=tmp_path / "to",
        data=None,
        backend=(machine.installed() or ["tensorflow"])[0],
        device="cpu",
        jobs=1,
        minutes=0,
        tiny=False,
        profile="quick",
        walls="none",
    )


def seeds(wanted: Wanted, task: str) -> list[int]:
    return list(json.loads((wanted.to / f"{task}.quick.cpu.json").read_text())["seeds"])


def test_one_seed_of_every_task_comes_before_the_next(wanted: Wanted, sandbox: FakeSandbox) -> None:
    assert measure(wanted) == 0
    order = list(dict.fromkeys((job.entry, job.seed) for job in sandbox.jobs))
    assert order == [("toy.py", 1), ("second.py", 1), ("toy.py", 2), ("second.py", 2)]
    assert seeds(wanted, "toy") == seeds(wanted, "second") == [1, 2]
    summary = json.loads((wanted.to / "summary.json").read_text())
    assert summary["seeds"] == {"toy": [1, 2], "second": [1, 2]} and not summary["faults"]


def test_what_is_done_is_kept_and_a_second_run_goes_on(wanted: Wanted, sandbox: FakeSandbox) -> None:
    sandbox.fails = lambda job: KeyboardInterrupt() if (job.entry, job.seed) == ("second.py", 2) else None
    assert measure(wanted) == 1
    assert (seeds(wanted, "toy"), seeds(wanted, "second")) == ([1, 2], [1])
    sandbox.fails = lambda job: None
    sandbox.jobs.clear()
    assert measure(wanted) == 0
    assert {(job.entry, job.seed) for job in sandbox.jobs} == {("second.py", 2)}
    assert seeds(wanted, "second") == [1, 2]


WINNER = Variant("winner", "the best candidate", winner=Winner("search", "val_accuracy"))
SEARCH = replace(toy_search.TASK, name="second", variants=(*toy_search.VARIANTS, WINNER))


@pytest.fixture
def searching(wanted: Wanted, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch) -> Wanted:
    """The second reference names two candidates, of which the second is better by validation."""
    (wanted.out.parent / "project" / "reference_models" / "second.py").write_text(toy_search.GOOD)
    monkeypatch.setattr("device_run.registry", lambda: {"second": SEARCH, "toy": toy.TASK})
    sandbox.chosen = lambda job: json.dumps({"search": [{"units": 8}, {"units": 64}]}).encode()
    return wanted


def trained(sandbox: FakeSandbox) -> list[tuple[str, int, int]]:
    return [(job.entry, job.seed, units(job)) for job in sandbox.jobs if job.step.name == "train"]


def test_candidates_come_first_and_then_their_winner(searching: Wanted, sandbox: FakeSandbox) -> None:
    assert measure(searching) == 0
    second = [(seed, size) for entry, seed, size in trained(sandbox) if entry == "second.py"]
    for of_seed in (second[:4], second[4:]):
        assert len({seed for seed, _ in of_seed}) == 1
        assert sorted(size for _, size in of_seed[:3]) == [8, 16, 64], "candidates, and the usual settings"
        assert of_seed[3][1] == 64, "the winner"
    assert list(dict.fromkeys(job.entry for job in sandbox.jobs)) == ["toy.py", "second.py"]
    found = json.loads((searching.to / "second.quick.cpu.json").read_text())
    assert found["seeds"] == [1, 2]
    assert found["measures"]["winner.test_accuracy"]["values"] == found["measures"]["all.winner"]["values"]


def test_a_seed_without_its_winner_is_not_complete(searching: Wanted, sandbox: FakeSandbox) -> None:
    def stops(job: Job) -> BaseException | None:
        return KeyboardInterrupt() if job.entry == "second.py" and len(trained(sandbox)) > 5 else None

    sandbox.fails = stops
    assert measure(replace(searching, seeds=1)) == 1
    assert not (searching.to / "second.quick.cpu.json").exists()
    sandbox.fails = lambda job: None
    sandbox.jobs.clear()
    assert measure(replace(searching, seeds=1)) == 0
    assert trained(sandbox) == [("second.py", 1, 64)]
    assert seeds(searching, "second") == [1]


def test_what_cannot_begin_is_one_sentence(wanted: Wanted, capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(replace(wanted, backend="jaxx")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_time_that_is_up_and_a_polite_end_stop_it() -> None:
    with pytest.raises(KeyboardInterrupt), until(0.05):
        time.sleep(5)
    with pytest.raises(KeyboardInterrupt), until(0):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)


def test_every_task_has_its_place_in_the_order_of_worth() -> None:
    assert sorted(device_baselines.WORTH) == sorted(names())


@pytest.mark.parametrize("name", names())
def test_a_rehearsal_is_small_and_otherwise_the_same(name: str) -> None:
    whole, small = find(name).profile("full"), tiny(find(name), "full").profile("full")
    assert small.epochs <= 2 and type(small.settings) is type(whole.settings)
    assert (small.dataset, small.batch_size) == (whole.dataset, whole.batch_size)


def test_an_environment_has_the_packages_of_the_interpreter_it_is_built_on(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    python = device_baselines.environment(tmp_path / "wheels", tmp_path / "environment")
    assert python.exists()
    (listed,) = (tmp_path / "environment").rglob("parent.pth")
    assert str(Path(pytest.__file__).parents[1]) in listed.read_text().splitlines()
