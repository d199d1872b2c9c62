"""A class on a cluster that others started: it grows and shrinks, is encrypted, and its workers must be alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import toy
from distributed import LocalCluster
from workers.conftest import of_course, written
from workflow.classes import FakeSandbox, graded, marks

from harness.grading.results import ClassResult
from harness.workers.asked import Asked
from harness.workers.cluster import DaskCluster
from harness.workers.crew import Crew
from harness.workflow.grade import grade
from harness.workflow.plan import ClassPlan
from harness.workflow.schedule import Board

pytestmark = pytest.mark.slow

WAITING = {name: f"{toy.GOOD}# {name}\n# waits\n" for name in ("ann", "bob", "cy")}


@contextmanager
def cluster(workers: int = 1, **more: Any) -> Iterator[LocalCluster]:
    settings = {"threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None, "memory_limit": None}
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
    left, leave = list[bool](), Crew.leave

    def noted(crew: Crew, address: str, *, orderly: bool) -> Any:
        left.append(orderly)
        return leave(crew, address, orderly=orderly)

    monkeypatch.setattr(Crew, "leave", noted)
    with cluster() as made:
        adapting = made.adapt(minimum=1, maximum=3, interval="200 ms", target_duration="1 s")

        def show(board: Board, plan: ClassPlan) -> None:
            if len([*pretending_workers.glob("waiting *")]) == 3 and adapting.periodic_callback:
                adapting.stop()
                made.scale(1)
            if len(left) >= 2:
                (pretending_workers / "go on").touch()

        result = on(made, tmp_path, course, show, out=tmp_path / "elsewhere")
    assert left[:2] == [True, True]
    assert marks(result) == marks(graded(tmp_path / "class", of_course(tmp_path, course)))
