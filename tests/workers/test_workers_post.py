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
from harness.workers.cores import Cores
from harness.workers.post import Leaving, Post, version_of
from harness.workers.reception import Reception
from harness.workers.terms import Introduction, Terms
from harness.workflow.answers import Answers, Readable
from harness.workflow.plan import TRAINING, Unit
from harness.workflow.protection import Protection

TRUSTED = Protection(trusted=True)


def terms(course: Path | None, **changes: Any) -> Terms:
    made = Terms(("toy",), "quick", "tensorflow", "cpu", TRUSTED, toy.KEY, course=course)
    return replace(made, **changes)


def tasks_of(course: Path) -> Mapping[str, Task]:
    return {"toy": read_course(course).tasks["toy"]}


@pytest.fixture
def said(course: Path, tmp_path: Path, sandbox: FakeSandbox) -> Introduction:
    return introduced(terms(course), tmp_path)


def introduced(asked: Terms, folder: Path, threads: int = 2) -> Introduction:
    post = Post(asked, threads, folder)
    try:
        return post.introduce()
    finally:
        post.close()


def test_a_worker_says_how_it_measures(said: Introduction, course: Path) -> None:
    assert said.refused == ""
    assert said.slots == min(2, len(os.sched_getaffinity(0)))
    assert said.versions == {"toy": version_of(tasks_of(course)["toy"], toy.QUICK)}
    assert said.provenance["toy"].key == toy.KEY.mark


def test_a_worker_makes_a_record_and_leaves_nothing_behind(course: Path, tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = tmp_path / "place"
    place.mkdir()
    post, unit = Post(terms(course), 1, place), Unit(TRAINING, 0, 0, 1, "toy", "wide", "key", "source")
    with pytest.raises(Leaving):
        post.make(unit, {})
    post.introduce()
    made = post.make(unit, {"toy.py": toy.GOOD.encode()})
    assert made.measurement.fault is None
    assert made.measurement.measures["test_accuracy"].value > 0.5
    assert made.evidence.keys() == {"confusion"}
    post.close()
    assert not [*place.iterdir()]
    with pytest.raises(Leaving):
        post.make(unit, {"toy.py": toy.GOOD.encode()})


def test_a_worker_without_the_course_or_a_task_says_so(tmp_path: Path, course: Path) -> None:
    elsewhere = tmp_path / "nowhere"
    assert f"Expected the course in {elsewhere} on every worker" in introduced(terms(elsewhere), tmp_path).refused
    assert "There is no task 'toys'" in introduced(terms(course, tasks=("toys",)), tmp_path).refused


def test_a_worker_behind_a_weaker_barrier_than_asked_for_says_so(
    tmp_path: Path, course: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaches(monkeypatch, Level.NONE)
    assert "Expected a barrier" in introduced(terms(course, protection=Protection()), tmp_path).refused
    weak = introduced(terms(course), tmp_path)
    reaches(monkeypatch, Level.LANDLOCK)
    asked = Protection("namespaces")
    assert "at least namespaces" in introduced(terms(course, protection=asked), tmp_path).refused
    told: list[str] = []
    reception = Reception(tasks_of(course), "quick", asked, told.append)
    assert "isolation of at least namespaces" in reception.can(weak)


def other(said: Introduction, **changes: Any) -> Introduction:
    return replace(said, provenance={"toy": said.provenance["toy"].model_copy(update=changes)})


def test_only_workers_that_measure_alike_come_in_and_each_fact_is_told_once(said: Introduction, course: Path) -> None:
    told: list[str] = []
    reception = Reception(tasks_of(course), "quick", TRUSTED, told.append)
    reception.settle(said)
    assert reception.lets_in("a", said)
    assert reception.lets_in("b", other(said, speed=0.5)), "how fast it is decides no number"
    assert told == []
    for address in ("c", "d"):
        assert not reception.lets_in(address, other(said, backend="jax", python="3.99.0"))
    assert not reception.lets_in("e", other(said, backend="jax"))
    assert len(told) == 2
    assert "c gets nothing" in told[0] and "backend (jax, not tensorflow)" in told[1] + told[0]
    assert not reception.lets_in("f", replace(said, versions={"toy": "7"}))
    assert not reception.lets_in("g", Introduction(refused="Expected data, found none."))
    assert len(told) == 4


def test_a_mixed_class_takes_other_machines_but_not_other_data_or_devices(said: Introduction, course: Path) -> None:
    told: list[str] = []
    reception = Reception(tasks_of(course), "quick", TRUSTED, told.append, mixed=True)
    reception.settle(said)
    assert reception.lets_in("a", said)
    assert reception.lets_in("b", other(said, machine="another", python="3.99.0", libraries={"keras": "9"}))
    assert (len(reception.kinds), told) == (2, [])
    for changes in ({"data_sha256": "0"}, {"device": "gpu"}, {"backend": "jax"}, {"key": "0"}, {"harness": "0"}):
        assert not reception.lets_in("c", other(said, machine="another", **changes))
    assert len(told) == 6, "another key is told twice"
    reception.planned = frozenset(reception.kinds)
    assert reception.lets_in("d", other(said, speed=0.5))
    assert not reception.lets_in("e", other(said, machine="a third"))
    assert "e gets nothing: no submission is pinned to machines like it" in told[6]


def test_how_a_class_was_measured_before_is_known_again(said: Introduction, course: Path) -> None:
    reception = Reception(tasks_of(course), "quick", TRUSTED, print, recorded=dict(said.provenance))
    assert reception.as_recorded(said)
    assert not reception.as_recorded(other(said, machine="another"))


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
    post, unit = Post(terms(course), 1, tmp_path), Unit(TRAINING, 0, 0, 1, "toy", "wide", "key", "source")
    post.introduce()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(post.make, unit, {"toy.py": (toy.GOOD + "# waits\n").encode()})
        while not [*pretending_workers.glob("waiting *")]:
            time.sleep(0.01)
        post.close()
        with pytest.raises(Leaving):
            running.result(300)


def test_hidden_data_that_a_worker_s_steps_could_read_is_closed_there_and_told_once(
    course: Path, tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Answers(closed=(Readable("/usr/lib/leak.npz", ("digits",)),))
    monkeypatch.setattr("harness.workflow.workshop.find_answers", lambda *_: found)
    monkeypatch.setattr("harness.workers.post.common_folder", lambda: tmp_path)
    leaky, told = introduced(terms(course, search=True), tmp_path), list[str]()
    reception = Reception(tasks_of(course), "quick", TRUSTED, told.append)
    reception.settle(leaky)
    assert reception.lets_in("a", leaky) and reception.lets_in("b", leaky)
    assert told == reception.readable == found.sentences()
    assert "/usr/lib/leak.npz is closed to every step" in told[0]
