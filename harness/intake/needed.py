"""Which pieces of a notebook its source needs, in time linear in their number and in the names they read."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable

from harness.intake.pieces import Chosen, Kind, Piece


def needed(chosen: Chosen, roots: Iterable[int], names: Collection[str]) -> list[Piece]:
    """Return the pieces at `roots`, those that set `names`, and all that these need, in their order.

    What is read as a piece runs is what was set last before it; what a function reads is what was set last of all.
    With a name comes everything that changes its object in place.
    """
    search = Search(chosen)
    for root in roots:
        search.add(root)
    for name in sorted(names):
        search.ask(name, len(chosen.pieces))
    search.run()
    annotated = frozenset().union(*(chosen.pieces[i].annotated for i in search.found))
    for name in sorted(annotated):  # an import for annotations does no harm, and a class may
        search.ask_import(name)
    return [piece for i, piece in enumerate(chosen.pieces) if i in search.found]


class Search:
    """Walks from pieces to those that they need; each is looked at once."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._setting: dict[str, list[int]] = defaultdict(list)
        self._changing: dict[str, list[int]] = defaultdict(list)
        self._asked: set[tuple[str, int]] = set()
        self._waiting: list[int] = []
        self._calls = any(piece.calls for piece in chosen.pieces)
        self.found: set[int] = set()
        for i, piece in enumerate(chosen.pieces):
            for name in piece.sets:
                self._setting[name].append(i)
            for name in piece.changes:
                self._changing[chosen.aliases.of(name)].append(i)

    def add(self, index: int) -> None:
        if index not in self.found:
            self.found.add(index)
            self._waiting.append(index)

    def ask(self, name: str, place: int) -> None:
        """Add the pieces that set a name before a place, back to the one that binds it anew, and what changes it."""
        setting = self._setting[name]
        for at in range(bisect_left(setting, place) - 1, -1, -1):
            index = setting[at]
            if (name, index) in self._asked:
                break
            self._asked.add((name, index))
            self.add(index)
            if self._chosen.pieces[index].fresh and not self._calls:
                break
        for index in self._changing.pop(self._chosen.aliases.of(name), ()):
            self.add(index)

    def ask_import(self, name: str) -> None:
        imports = (i for i in self._setting[name] if self._chosen.pieces[i].kind is Kind.IMPORT)
        self.found.update(i for i in imports if name not in self._chosen.absent)

    def run(self) -> None:
        """Ask for what each piece reads until nothing is left to ask."""
        while self._waiting:
            index = self._waiting.pop()
            piece = self._chosen.pieces[index]
            for name in piece.at_once:
                self.ask(name, index)
            for name in piece.later:
                self.ask(name, len(self._chosen.pieces))
