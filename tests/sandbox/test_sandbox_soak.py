"""A whole term of steps from one server: nothing is left behind and nothing grows."""

import tempfile
from pathlib import Path

import psutil
import pytest
from sandbox.students import RunStudent, student

from harness.sandbox.detect import strongest
from harness.sandbox.launch import ForkServer
from harness.sandbox.pool import ServerPool

STEPS = 500
WARM_UP = 20  # after which caches are filled


def footprint(folder: Path) -> dict[str, float]:
    me = psutil.Process()
    family = me.children(recursive=True)
    return {
        "processes": len(family),
        "descriptors": me.num_fds(),
        "harness_mb": me.memory_info().rss / 1e6,
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
        before = footprint(tmp_path)
        for _ in range(STEPS):
            assert run_student(writing, launcher=pool).fault is None
        grown = {name: value - before[name] for name, value in footprint(tmp_path).items()}
    finally:
        pool.close()
    assert (grown["processes"], grown["descriptors"], grown["folders"]) == (0, 0, 0)
    assert grown["harness_mb"] < 20 and grown["servers_mb"] < 20, grown
