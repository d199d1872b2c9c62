"""A training step that others kill, as the kernel does when memory is short, is nobody's fault."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import psutil
import pytest
import toy
from workflow.classes import graded, marks, options

pytestmark = [pytest.mark.slow, pytest.mark.preflight]


@contextmanager
def steps_killed(most: int, rng: random.Random) -> Iterator[list[int]]:
    """While inside, kill a running step now and then, at most so many; yield their numbers."""
    over, killed, me = Event(), list[int](), psutil.Process()

    def kill() -> None:
        while not over.wait(rng.uniform(0.02, 0.6)) and len(killed) < most:
            with suppress(psutil.Error):
                steps = [s for server in me.children() for s in server.children(recursive=True) if is_step(s)]
                if steps:
                    chosen = rng.choice(steps)
                    chosen.kill()
                    killed.append(chosen.pid)
                    time.sleep(2)  # the next try is alone, and left in peace

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def is_step(process: psutil.Process) -> bool:
    """Say whether a process is a step and no part of the barrier: it has no children and has worked a little."""
    return not process.children() and process.cpu_times().user > 0.01


@pytest.mark.parametrize("seed", range(3))
def test_a_step_killed_at_any_moment_costs_nobody_a_mark(tmp_path: Path, real_launcher: None, seed: int) -> None:
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    right = marks(graded(class_, options(tmp_path, out=tmp_path / "right")))
    rng = random.Random(seed)
    for turn in range(10):
        with steps_killed(1, rng) as killed:
            result = graded(class_, options(tmp_path, out=tmp_path / str(turn)))
        assert marks(result) == right, killed
