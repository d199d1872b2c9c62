"""What files held when they were looked through, kept in this user's cache for each set that was looked for."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.files import atomic
from harness.search.files import File
from harness.search.known import Known

MOST = 2_000_000  # files that are remembered: beyond that only those of the last search


class Memory:
    """Which of some data sets files hold, by mark; a file that was looked through for one set only is not known."""

    def __init__(self, sets: Sequence[Known], folder: Path) -> None:
        self._paths = {one.name: folder / f"{one.sha256[:32]}.json" for one in sets}
        self._looked, self._holding = dict[str, set[int]](), dict[str, set[int]]()
        for name, path in self._paths.items():
            self._looked[name], self._holding[name] = read(path)
        self._all = set.intersection(*self._looked.values())
        self._new: dict[int, tuple[str, ...]] = {}

    def knows(self, file: File) -> bool:
        return file.mark in self._all or file.mark in self._new

    def held(self, file: File) -> tuple[str, ...]:
        """Return the names of what a known file holds."""
        known = (name for name, marks in self._holding.items() if file.mark in marks)
        return self._new.get(file.mark) or tuple(known)

    def add(self, file: File, names: tuple[str, ...]) -> None:
        self._new[file.mark] = names

    def keep(self) -> None:
        """Write down what is new; where the cache cannot be written, it is looked for again the next time."""
        for name, path in self._paths.items() if self._new else ():
            looked = self._looked[name] | self._new.keys()
            holding = self._holding[name] | {mark for mark, names in self._new.items() if name in names}
            if len(looked) > MOST:
                looked, holding = set(self._new), holding & self._new.keys()
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                with atomic(path) as file:
                    file.write(json.dumps({"looked": [*looked], "holding": [*holding]}).encode())

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Write down what is new whatever ends the search, so that an interrupted one goes on where it was."""
        try:
            yield
        finally:
            self.keep()


def read(path: Path) -> tuple[set[int], set[int]]:
    """Return the marks of files that were looked through for a set and of those that hold it; none if damaged."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        return set(map(int, kept["looked"])), set(map(int, kept["holding"]))
    return set(), set()
