"""A class on a cluster that others started: it grows and shrinks, is encrypted, and its workers must be alike."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import pytest
import toy
from distributed import Client, LocalCluster, Lock, Security
from workers import pretending
from workers.conftest import of_course, written
from workflow.classes import FakeSandbox, graded, marks

from harness.grading.results import ClassResult
from harness.workers.asked import Asked
from harness.workers.assignment import Assignment
from harness.workers.cluster import DaskCluster
from harness.workers.plugin import NAME
from harness.workflow.grade import grade
from harness.workflow.plan import ClassPlan
from harness.workflow.schedule import Board

pytestmark = pytest.mark.slow

WAITING = {name: f"{toy.GOOD}# {name}\n# waits\n" for name in ("ann", "bob", "cy")}


@contextmanager
def cluster(workers: int = 1, **more: Any) -> Iterator[LocalCluster]:
    settings = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "memory_limit": None}
    with LocalCluster(n_workers=workers, silence_logs=50, **{**settings, **more}) as made:
        yield made


def on(
    made: LocalCluster,
    folder: Path,
    course: Path,
    show: Callable[[Board, ClassPlan], None] = lambda board, plan: None,
    told: Any = None,
    **changes: Any,
) -> ClassResult:
    said = told if told is not None else []
    where = DaskCluster(Asked(address=made.scheduler_address))
    return grade(folder / "class", of_course(folder, course, **changes), show, said.append, where)


def test_a_cluster_that_adapts_grows_for_what_waits_and_shrinks_without_blame(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, WAITING)
    left = leaving(monkeypatch)
    with cluster(0) as made:
        adapting = made.adapt(minimum=0, maximum=3, interval="200 ms", target_duration="1 s")

        def show(board: Board, plan: ClassPlan) -> None:
            if len([*pretending_workers.glob("waiting *")]) == 3 and adapting.periodic_callback:
                adapting.stop()
                made.scale(1)
            if len(left) >= 2:
                (pretending_workers / "go on").touch()

        result = on(made, tmp_path, course, show, out=tmp_path / "elsewhere")
    assert left[:2] == [True, True]
    assert marks(result) == marks(graded(tmp_path / "class", of_course(tmp_path, course)))


def test_a_worker_that_is_asked_to_end_hands_its_units_on(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a batch system does at the end of its time, and whoever preempts it."""
    written(tmp_path, WAITING)
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__PRELOAD", pretending.__file__)
    monkeypatch.setenv("PYTHONPATH", str(Path(toy.__file__).parent))
    left = leaving(monkeypatch)
    with cluster(0) as made, worker_of(made, tmp_path) as first, worker_of(made, tmp_path), Client(made) as other:
        lock = Lock(NAME, scheduler_rpc=other.scheduler, loop=other.loop)  # as another command holds it
        lock.acquire()

        class Said(list[str]):
            def append(self, sentence: str) -> None:
                super().append(sentence)
                if "another command" in sentence:
                    lock.release()

        def show(board: Board, plan: ClassPlan) -> None:
            if len([*pretending_workers.glob("waiting *")]) == 2:
                first.terminate()
            if left:
                (pretending_workers / "go on").touch()

        said = Said()
        result = on(made, tmp_path, course, show, said, seeds=[1])
    assert left[0] is True
    assert "another command measures on these workers" in said[0]
    assert all(task.earned is not None for student in result.students for task in student.tasks)


@contextmanager
def worker_of(made: LocalCluster, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker by Dask's own command, and end it."""
    command = [sys.executable, "-m", "distributed.cli.dask_worker", made.scheduler_address, "--nthreads", "1"]
    command += ["--no-dashboard", "--memory-limit", "0", "--local-directory", str(folder), "--host", "127.0.0.1"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(300)


def leaving(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that grows with every worker that leaves the assignment: whether it did so in good order."""
    left, leave = list[bool](), Assignment.leave

    def noted(assignment: Assignment, address: str, *, orderly: bool) -> Any:
        left.append(orderly)
        return leave(assignment, address, orderly=orderly)

    monkeypatch.setattr(Assignment, "leave", noted)
    return left


def test_over_tls_a_worker_that_differs_gets_nothing_and_the_fact_is_told(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path, WAITING)
    keys, said = Security.temporary(), list[str]()
    with cluster(security=keys, protocol="tls://") as made:

        def show(board: Board, plan: ClassPlan) -> None:
            if board.running and not (pretending_workers / "other processor").exists():
                (pretending_workers / "other processor").touch()
                made.scale(2)
            if any("another processor" in sentence for sentence in said):
                (pretending_workers / "go on").touch()

        with dask.config.set({"distributed.comm.tls": tls_of(keys)}):
            result = on(made, tmp_path, course, show, said, out=tmp_path / "elsewhere")
    assert len(said) == 1
    assert "with another machine (another processor, one core a step, not" in said[0]
    assert [*pretending_workers.glob("waiting *")] == [*pretending_workers.glob("waiting *")][:1], "one alone ran"
    assert marks(result) == marks(graded(tmp_path / "class", of_course(tmp_path, course)))


def tls_of(keys: Security) -> dict[str, Any]:
    """Return certificates as Dask's configuration names them."""
    return {
        "ca-file": keys.tls_ca_file,
        "client": {"cert": keys.tls_client_cert, "key": keys.tls_client_key},
        "scheduler": {"cert": None, "key": None},
        "worker": {"cert": None, "key": None},
        "ciphers": None,
        "min-version": 1.2,
        "max-version": None,
    }
