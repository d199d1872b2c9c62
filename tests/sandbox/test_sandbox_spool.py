"""What steps hand out passes through the harness piece by piece: its memory does not grow with their weights."""

import errno
import tempfile
import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sandbox.students import check_step

from harness.errors import SandboxError
from harness.sandbox import receiving, sending, spool, watch, wire
from harness.sandbox.job import Job
from harness.sandbox.spool import Blob, Spool
from harness.task import ArrayOutput, BytesOutput

SIZE = 64_000_000
WEIGHTS = BytesOutput("weights", SIZE)
COUNT = ArrayOutput("count", (3,), "int64")


def test_weights_of_a_step_take_no_memory_of_the_harness_on_their_way() -> None:
    """In, through judging, and out to the next step: a few pieces are in memory at once, whatever the size."""
    job = Job(check_step(outputs=(WEIGHTS, COUNT)), "work.py", {}, {}, 1)
    seen, piece = watch.Watch(), bytes(1 << 20)
    tracemalloc.start()
    try:
        watch.take(b"R" + wire.LENGTH.pack(SIZE), job, seen)
        for start in range(0, SIZE, len(piece)):
            watch.take(piece[: SIZE - start], job, seen)
        watch.take(wire.LENGTH.pack(24) + np.arange(3).tobytes(), job, seen)
        arrays, blobs = receiving.read_result(seen.result, job.step.outputs)
        with sending.as_file(blobs["weights"]) as file:
            assert file.seek(0, 2) == SIZE
        assert receiving.read_error(seen.start) is None
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert arrays["count"].tolist() == [0, 1, 2]
    assert not seen.overflow
    assert peak < SIZE / 8


@pytest.mark.parametrize("size", [0, 10, spool.IN_MEMORY - 1, spool.IN_MEMORY + 1, 3 * spool.PIECE + 7])
def test_bytes_come_back_as_they_came_in(size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    kept = Spool(b"before")
    for start in range(0, size, 100_003):
        kept.add(data[start : start + 100_003])
    kept.add(b"after")
    blob = Blob(kept, 6, size)
    assert kept.size == size + 11
    assert blob.read() == data
    with tempfile.TemporaryFile() as file:
        blob.copy(file)
        file.seek(0)
        assert file.read() == data


def test_arrays_that_came_out_can_be_changed() -> None:
    """Scorers may work in place, and two arrays share no memory."""
    payload = b"R" + wire.LENGTH.pack(24) + np.arange(3).tobytes()
    arrays, _ = receiving.read_result(Spool(payload), (COUNT,))
    arrays["count"] += 1
    assert arrays["count"].tolist() == [1, 2, 3]


def test_a_full_disk_is_a_fault_of_the_harness(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = Spool()
    with tempfile.TemporaryFile() as file:
        monkeypatch.setattr(kept, "_file", SimpleNamespace(seek=file.seek, write=full))
        with pytest.raises(SandboxError, match=r"Expected room for what steps hand out in .*No space left"):
            kept.add(b"x")
