"""What a worker prepares, what it refuses, and what of others it is let in for."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy
from workers.pretending import Harmful
from workflow.classes import FakeSandbox, reaches, truth

from harness.course.found import read_course
from harness.sandbox.levels import Level
from harness.task import Task
from harness.workers.admission import Admission
from harness.workers.cores import Cores
from harness.workers.messages import RunSettings, WorkerReport, version_of
from harness.workers.runner import Leaving, Runner
from harness.workflow.answers import Answers, Readable
from harness.workflow.plan import TRAINING, Unit
from harness.workflow.protection import Protection

TRUSTED = Protection(trusted=True)


def settings(course: Path | None, **changes: Any) -> RunSettings:
    made = RunSettings(("toy",), "quick", "tensorflow", "cpu", TRUSTED, toy.KEY, course=course)
    return replace(made, **changes)


def tasks_of(course: Path) -> Mapping[str, Task]:
    return {"toy": read_course(course).tasks["toy"]}


@pytest.fixture
def said(course: Path, tmp_path: Path, sandbox: FakeSandbox) -> WorkerReport:
    return reported(settings(course), tmp_path)


def reported(asked: RunSettings, folder: Path, threads: int = 2) -> WorkerReport:
    runner = Runner(asked, threads, folder)
    try:
        return runner.report()
    finally:
        runner.close()


def test_a_worker_says_how_it_measures(said: WorkerReport, course: Path) -> None:
    assert said.refused == ""
    assert said.slots == min(2, len(os.sched_getaffinity(0)))
    assert said.versions == {"toy": version_of(tasks_of(course)["toy"], toy.QUICK)}
    assert said.provenance["toy"].key == toy.KEY.mark


def test_a_worker_makes_a_record_and_leaves_nothing_behind(course: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = tmp_path / "place"
    place.mkdir()
    runner, unit = Runner(settings(course), 1, place), Unit(TRAINING, 0, 0, 1, "toy", "wide", "key", "source")
    with pytest.raises(Leaving):
        runner.make(unit, {})
    runner.report()
    made = runner.make(unit, {"toy.py": toy.GOOD.encode()})
    assert made.measurement.fault is None
    assert made.measurement.measures["test_accuracy"].value > 0.5
    assert made.evidence.keys() == {"confusion"}
    runner.close()
    assert not [*place.iterdir()]
    with pytest.raises(Leaving):
        runner.make(unit, {"toy.py": toy.GOOD.encode()})


def test_a_worker_without_the_course_or_a_task_says_so(tmp_path: Path, course: Path) -> None:
    elsewhere = tmp_path / "nowhere"
    assert f"Expected the course in {elsewhere} on every worker" in reported(settings(elsewhere), tmp_path).refused
    assert "There is no task 'toys'" in reported(settings(course, tasks=("toys",)), tmp_path).refused


def test_a_worker_behind_a_weaker_barrier_than_asked_for_says_so(
    tmp_path: Path, course: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaches(monkeypatch, Level.NONE)
    assert "Expected a barrier" in reported(settings(course, protection=Protection()), tmp_path).refused
    weak = reported(settings(course), tmp_path)
    reaches(monkeypatch, Level.LANDLOCK)
    asked = Protection("namespaces")
    assert "at least namespaces" in reported(settings(course, protection=asked), tmp_path).refused
    told: list[str] = []
    admission = Admission(tasks_of(course), "quick", asked, told.append)
    assert "isolation of at least namespaces" in admission.can(weak)


def other(said: WorkerReport, **changes: Any) -> WorkerReport:
    return replace(said, provenance={"toy": said.provenance["toy"].model_copy(update=changes)})


def test_only_workers_that_measure_alike_come_in_and_each_fact_is_told_once(said: WorkerReport, course: Path) -> None:
    told: list[str] = []
    admission = Admission(tasks_of(course), "quick", TRUSTED, told.append)
    admission.settle(said)
    assert admission.lets_in("a", said)
    assert admission.lets_in("b", other(said, speed=0.5)), "how fast it is decides no number"
    assert told == []
    for address in ("c", "d"):
        assert not admission.lets_in(address, other(said, backend="jax", python="3.99.0"))
    assert not admission.lets_in("e", other(said, backend="jax"))
    assert len(told) == 2
    assert "c gets nothing" in told[0] and "backend (jax, not tensorflow)" in told[1] + told[0]
    assert not admission.lets_in("f", replace(said, versions={"toy": "7"}))
    assert not admission.lets_in("g", WorkerReport(refused="Expected data, found none."))
    assert len(told) == 4


def test_a_mixed_class_takes_other_machines_but_not_other_data_or_devices(said: WorkerReport, course: Path) -> None:
    told: list[str] = []
    admission = Admission(tasks_of(course), "quick", TRUSTED, told.append, mixed=True)
    admission.settle(said)
    assert admission.lets_in("a", said)
    assert admission.lets_in("b", other(said, machine="another", python="3.99.0", libraries={"keras": "9"}))
    assert (len(admission.kinds), told) == (2, [])
    for changes in ({"data_sha256": "0"}, {"device": "gpu"}, {"backend": "jax"}, {"key": "0"}, {"harness": "0"}):
        assert not admission.lets_in("c", other(said, machine="another", **changes))
    assert len(told) == 6, "another key is told twice"
    admission.planned = frozenset(admission.kinds)
    assert admission.lets_in("d", other(said, speed=0.5))
    assert not admission.lets_in("e", other(said, machine="a third"))
    assert "e gets nothing: no submission is pinned to machines like it" in told[6]


def test_how_a_class_was_measured_before_is_known_again(said: WorkerReport, course: Path) -> None:
    admission = Admission(tasks_of(course), "quick", TRUSTED, print, recorded=dict(said.provenance))
    assert admission.as_recorded(said)
    assert not admission.as_recorded(other(said, machine="another"))


def test_workers_of_one_machine_take_cores_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2}, raising=False)
    first, second = Cores(2, tmp_path), Cores(1, tmp_path)
    assert [*first.places] == [(0,), (1,)]
    assert [*second.places] == [(2,)]
    assert [*Cores(2, tmp_path).places] == [(0,), (1,)], "shared where none is left"
    first.close()
    assert [*Cores(3, tmp_path).places] == [(0,), (1,), (0,)]


def test_what_runs_when_a_worker_leaves_is_for_another(
    course: Path, tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, pretending_workers: Path
) -> None:
    monkeypatch.setattr("harness.workflow.execute.run_job", Harmful(truth()))
    runner, unit = Runner(settings(course), 1, tmp_path), Unit(TRAINING, 0, 0, 1, "toy", "wide", "key", "source")
    runner.report()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(runner.make, unit, {"toy.py": (toy.GOOD + "# waits\n").encode()})
        while not [*pretending_workers.glob("waiting *")]:
            time.sleep(0.01)
        runner.close()
        with pytest.raises(Leaving):
            running.result(300)


def test_hidden_data_that_a_worker_s_steps_could_read_is_closed_there_and_told_once(
    course: Path, tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Answers(closed=(Readable("/usr/lib/leak.npz", ("digits",)),))
    monkeypatch.setattr("harness.workflow.workshop.find_answers", lambda *_: found)
    monkeypatch.setattr("harness.workers.runner.common_folder", lambda: tmp_path)
    leaky, told = reported(settings(course, search=True), tmp_path), list[str]()
    admission = Admission(tasks_of(course), "quick", TRUSTED, told.append)
    admission.settle(leaky)
    assert admission.lets_in("a", leaky) and admission.lets_in("b", leaky)
    assert told == admission.readable == found.sentences()
    assert "/usr/lib/leak.npz is closed to every step" in told[0]
