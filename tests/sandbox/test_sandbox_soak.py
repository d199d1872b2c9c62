"""A whole term of steps from one server: nothing is left behind and nothing grows."""

import tempfile
from pathlib import Path

import psutil
import pytest
from opened import nothing_left_open
from sandbox.noting import processes_of
from sandbox.students import RunStudent, student

from harness.sandbox.detect import strongest
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.pool import ServerPool

STEPS = 500
WARM_UP = 20  # after which caches are filled


def footprint(pool: ServerPool, folder: Path) -> dict[str, float]:
    """Return what this process, the servers and their processes take now; those of other tests do not count."""
    family = [psutil.Process(pid) for server in pool._all for pid in processes_of(server)]
    return {
        "processes": len(family),
        "harness_mb": psutil.Process().memory_info().rss / 1e6,
        "servers_mb": sum(p.memory_full_info().uss for p in family) / 1e6,
        "folders": len(list(folder.iterdir())),
    }


@pytest.mark.slow
@pytest.mark.preflight
def test_500_steps_leave_no_process_file_descriptor_or_growing_memory_behind(
    run_student: RunStudent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pool = ServerPool(lambda: ForkServer("tensorflow", "cpu", strongest("cpu").walls))
    writing = student("open('left', 'w').write('x' * 300_000)")  # 150 MB in all, more than fits if any of it stayed
    try:
        for _ in range(WARM_UP):
            assert run_student(writing, launcher=pool).fault is None
        before = footprint(pool, tmp_path)
        with nothing_left_open():
            for _ in range(STEPS):
                assert run_student(writing, launcher=pool).fault is None
        grown = {name: value - before[name] for name, value in footprint(pool, tmp_path).items()}
    finally:
        pool.close()
    assert (grown["processes"], grown["folders"]) == (0, 0)
    assert grown["harness_mb"] < 20 and grown["servers_mb"] < 20, grown
