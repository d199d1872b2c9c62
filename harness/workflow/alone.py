"""Steps side by side, and one alone: what was killed from outside is tried again when nothing else takes memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Lets any number of threads work at once, or one alone. Who waits to be alone is not overtaken."""

    def __init__(self) -> None:
        self._free = Condition()
        self._working = 0
        self._waiting = 0

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        with self._free:
            self._free.wait_for(lambda: self._working >= 0 and not self._waiting)
            self._working += 1
        try:
            yield
        finally:
            with self._free:
                self._working -= 1
                self._free.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._free:
            self._waiting += 1
            self._free.wait_for(lambda: self._working == 0)
            self._waiting -= 1
            self._working = -1
        try:
            yield
        finally:
            with self._free:
                self._working = 0
                self._free.notify_all()
