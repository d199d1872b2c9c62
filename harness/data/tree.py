"""A folder of files or a zip of one, read in the same way."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.data.folders import DataFolder, Folders
from harness.errors import DataError

LARGEST: Final = 10_000_000  # bytes of one file in a zip, which may claim to be of any size
BROKEN = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def locate_tree(name: str, folders: Folders) -> tuple[Path, DataFolder] | None:
    """Return the first folder `name` or file `name.zip`, and the data folder that it lies in."""
    pairs = ((folder.path / file, folder) for folder in folders for file in (name, f"{name}.zip"))
    return next(((path, folder) for path, folder in pairs if path.is_dir() or path.is_file()), None)


@dataclass(frozen=True)
class Tree:
    """The files below one folder by their paths with `/`, sorted; `shown` is what errors call the whole."""

    shown: str
    names: Sequence[str]
    opened: Callable[[str], bytes]

    @staticmethod
    @contextmanager
    def of(path: Path, top: str) -> Iterator["Tree"]:
        """Open a folder, or a zip that holds the folder `top` or what is in it. Raises DataError for a damaged zip."""
        if path.is_dir():
            files = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
            yield Tree(f"{path.name}/", files, lambda name: (path / name).read_bytes())
            return
        try:
            archive = zipfile.ZipFile(path)
        except BROKEN as error:
            raise DataError(f"{path.name} cannot be read as a zip; fetch it again.") from error
        with archive:
            names = {name.removeprefix(f"{top}/"): name for name in archive.namelist() if not name.endswith("/")}
            yield Tree(path.name, sorted(names), lambda name: unpacked(archive, names[name]))

    def read(self, name: str) -> bytes:
        """Return one file; raises DataError if it is not there or cannot be read."""
        try:
            return self.opened(name)
        except (KeyError, *BROKEN) as error:
            raise DataError(f"{self.shown}: {name} is not there or damaged; fetch the whole again.") from error

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text; raises DataError as `read` does, and for what is no UTF-8."""
        try:
            return self.read(name).decode("utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise DataError(f"{self.shown}: {name} is no UTF-8 text; fetch the whole again.") from error


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(f"more than {LARGEST:,} bytes")
    return data
