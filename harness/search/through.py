"""Looking through many files on the cores there are."""

from collections.abc import Iterator, Sequence

from harness.search.files import File
from harness.search.known import Wanted
from harness.search.looking import Looker


def look_through(files: Sequence[File], wanted: Sequence[Wanted]) -> Iterator[tuple[File, tuple[str, ...]]]:
    """Yield each file with the names of what it holds; one that has several paths is looked at once."""
    looker, by_inode = Looker(wanted), dict[tuple[int, int], tuple[str, ...]]()
    for file in files:
        if file.inode not in by_inode:
            by_inode[file.inode] = looker.look(file.path)
        yield file, by_inode[file.inode]
