"""Takes over into a result folder what was measured into another: arrays, logs, pictures, sources and reports too."""

import filecmp
import shutil
from collections.abc import Collection
from pathlib import Path

from harness.files import atomic
from harness.records.files import reading, writing
from harness.records.store import Records

BESIDE = ("figures", "sources", "reports")  # by names that say what is in them, or whose it is


def take_over(here: Records, other: Records, keys: Collection[str]) -> None:
    """Store `here` what the `other` folder holds under these keys, as it is; what is here already stays.

    What is damaged there, or lacks its arrays, is not taken. Raises ResultsError.
    """
    known = here.find(keys, whole=True)
    found = other.find([key for key in keys if key not in known], whole=True)
    for measurement in found.values():
        if measurement.evidence:
            _copy(other.folder / "evidence" / measurement.evidence, here.folder / "evidence")
        _copy(other.folder / "logs" / f"{measurement.key}.txt", here.folder / "logs")
    for rows in other.rows(found):
        here.put_rows(rows)
    for name in BESIDE:
        for path in sorted((other.folder / name).glob("[!.]*")):
            _copy(path, here.folder / name)


def _copy(path: Path, folder: Path) -> None:
    """Copy a file into a folder, where it is there and not yet the same in that."""
    to = folder / path.name
    with reading(path.parent.parent):
        if not path.is_file() or (to.is_file() and filecmp.cmp(path, to, shallow=False)):
            return
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as source, atomic(to) as file:
            shutil.copyfileobj(source, file)
