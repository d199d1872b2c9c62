"""How fast this machine is, so that a step's limits in seconds mean the same work everywhere.

A speed is relative to the processor that the tasks' limits were set on, an AMD EPYC with AVX-512 (family 26, model 2):
1.0 there, 0.5 on one that takes twice as long.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from harness.task import Limits

# CPU seconds of the two pieces of work below on that processor, Python 3.11 and NumPy 2: the least of 8 rounds, in
# the middle of 8 runs; the largest was 4 % above the smallest, with other processes on both cores.
ARRAYS_S: Final = 1.25e-3
PYTHON_S: Final = 1.98e-3
ROUNDS = 8  # what else runs makes a round slower, never faster
STEP = 1.1  # speeds are told apart in steps of ten percent, since measuring alone moves them by a few
SLOWEST, FASTEST = 0.1, 2.0  # beyond these something else is wrong, or a limit would cut into what it is there for


@cache
def speed() -> float:
    """Return the speed of this machine, within [0.1, 2]; measured once a process, in about 0.03 s of CPU.

    It is the geometric mean over work on float32 arrays and plain Python, as training is made of both, rounded to a
    whole power of 1.1.
    """
    with threadpool_limits(limits=1):
        return rounded(math.sqrt(ARRAYS_S / least(array_work()) * PYTHON_S / least(python_work)))


def rounded(ratio: float) -> float:
    """Return a ratio of seconds as a speed: clipped, a power of 1.1, with two digits."""
    clipped = min(max(ratio, SLOWEST), FASTEST)
    return round(STEP ** round(math.log(clipped, STEP)), 2)


def scaled(limits: Limits, machine_speed: float) -> Limits:
    """Return limits for a machine of that speed, in whole seconds.

    CPU seconds follow it both ways. Seconds by the clock are there against waiting, so that they become more and never
    fewer; they stay at or above the CPU seconds where they were.
    """
    return replace(
        limits,
        cpu_s=float(math.ceil(limits.cpu_s / machine_speed)),
        wall_s=float(math.ceil(limits.wall_s / min(1.0, machine_speed))),
    )


def least(work: Callable[[], object]) -> float:
    """Return the CPU seconds of the fastest of a few rounds."""
    return min(cpu_seconds(work) for _ in range(ROUNDS))


def cpu_seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def array_work() -> Callable[[], object]:
    """Return work on float32 arrays: products of matrices of 256 x 256, and functions of 262,144 numbers.

    It writes where it has written before, since asking for memory takes what the system takes.
    """
    rng = np.random.default_rng(0)
    a, b, x = (rng.random(shape, dtype=np.float32) for shape in ((256, 256), (256, 256), (1 << 18,)))
    product, values = np.empty_like(a), np.empty_like(x)

    def work() -> None:
        for _ in range(4):
            np.matmul(a, b, out=product)
            np.tanh(x, out=values)
            np.multiply(x, values, out=values)

    return work


def python_work() -> object:
    """Count and look up in plain Python, 40,000 times."""
    total, seen = 0, dict[int, int]()
    for i in range(40_000):
        total += i * i % 7
        seen[i & 255] = total
    return total
