"""What a module in `harness.data.sets` exports as `DATASET`: where the set is, and how it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from harness.data.base import Dataset, Sizes
from harness.data.folders import Folders
from harness.data.key import Key
from harness.errors import DataError

Where = Literal["shipped", "data folder", "course", "cache", "would be downloaded", "nowhere"]


class Loader(Protocol):
    """A data set that can be loaded."""

    def where(self, folders: Folders) -> Where:
        """Return where `load` would take the set from, without reading it."""

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Return the set, its parts drawn with `key`.

        Raises DataError for a size that does not fit, or a missing or wrong file.
        """


@dataclass(frozen=True)
class Shipped:
    """A set that comes with the code; `make` draws its parts by size and key."""

    make: Callable[[Sizes, Key], Dataset]

    def where(self, folders: Folders) -> Where:
        del folders
        return "shipped"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        del folders
        return self.make(sizes, key)


@dataclass(frozen=True)
class Invented(Shipped):
    """A set of which the key draws everything, in any size, so that nobody can hold any of it beforehand."""


@dataclass(frozen=True)
class Whole:
    """A set that comes with the code and has no sizes to choose from; `make` draws with the key what is drawn of it.

    Of an `invented` one the key draws everything, so that nobody can hold any of it beforehand.
    """

    name: str
    make: Callable[[Key], Dataset]
    invented: bool = False

    def where(self, folders: Folders) -> Where:
        del folders
        return "shipped"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        del folders
        refuse_sizes(self.name, sizes)
        return self.make(key)


def refuse_sizes(name: str, sizes: Sizes) -> None:
    """Raise DataError if sizes are asked of a set that has no parts to choose from."""
    if asked := ", ".join(f"{part}={size}" for part, size in sizes.asked()):
        raise DataError(
            f"The data set {name!r} is always taken whole, but sizes are asked of it ({asked}); leave them out."
        )
