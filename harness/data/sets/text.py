"""A text file of a data folder: nobody may download it for others."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from harness.data.base import Dataset, Sizes
from harness.data.corpus import corpus
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.key import Key
from harness.data.loader import Where, refuse_sizes
from harness.errors import DataError

LARGEST: Final = 50_000_000  # bytes of a text file
FILE: Final = "text.txt"


@dataclass(frozen=True)
class TextFile:
    """One UTF-8 file, taken whole; its parts are those of `corpus`."""

    def where(self, folders: Folders) -> Where:
        found = locate(folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        refuse_sizes("text", sizes)
        found = locate(folders)
        if found is None:
            file = place_for(f"one UTF-8 file {FILE}", folders)
            raise DataError(f"There is no text to learn from, and none is downloaded; {file}.")
        path, folder = found
        if path.stat().st_size > LARGEST:
            raise DataError(f"Expected {path.name} of at most {LARGEST / 1e6:.0f} MB; cut it.")
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(
                f"{path.name} in {folder.words} cannot be read as UTF-8 text; save it again as UTF-8."
            ) from error
        return corpus("text", text, f"{path.name} in {folder.words}", key)


def locate(folders: Folders) -> tuple[Path, DataFolder] | None:
    """Return `text.txt` of the first folder that has it or else one only file that ends in .txt, and that folder."""
    for folder in folders:
        found = sorted(p for p in folder.path.glob("*.txt") if p.is_file())
        named = [p for p in found if p.name == FILE]
        if named or len(found) == 1:
            return (named or found)[0], folder
    return None


DATASET = TextFile()
