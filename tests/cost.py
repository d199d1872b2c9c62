"""What something costs, so that a test of it passes on any machine, however slow or busy.

Seconds of CPU, times how fast this machine is: what others do meanwhile does not count, and slower machines get more.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from harness.workflow.speed import speed


@dataclass
class Cost:
    """CPU seconds of this process, as of a machine of speed 1."""

    seconds: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    cost, scale = Cost(), speed()
    began = time.process_time()
    yield cost
    cost.seconds = (time.process_time() - began) * scale
