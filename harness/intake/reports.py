"""What students write beside their code, for people who mark it: reports as they are, and the prose of notebooks."""

import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from harness.intake.archive import BROKEN
from harness.intake.names import clean, is_skipped
from harness.intake.sources import NOTEBOOK

TEXTS = frozenset({".md", ".markdown", ".txt", ".rst", ".tex"})  # shown as they are
FORMS = TEXTS | {".pdf", ".docx", ".odt", ".html"}
NOT_MEANT = frozenset({"pseudonym.txt", "requirements.txt"})
MOST_BYTES = 10_000_000  # of one file; larger ones are left out
MOST_NOTEBOOK = 5_000_000  # whose text cells are looked for
MOST_FILES = 20
MOST_LOOKED_AT = 2_000  # files of one submission, and members of a zip


def read_reports(entry: Path) -> dict[str, bytes]:
    """Return the reports in a submission by path, and what text cells of notebooks say under `NAME.ipynb.md`.

    Links are not followed, nothing is unpacked to the disk, and what is too large or damaged is left out: it is for
    people to read and decides nothing.
    """
    return kept_of(_files(entry))


def kept_of(files: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    """Return the reports among files by path, as `read_reports`; reading may fail, which loses what comes after."""
    found: dict[str, bytes] = {}
    try:
        for path, data in files:
            for name, content in _kept(path, data):
                if len(found) < MOST_FILES:
                    found[name] = content
    except (*BROKEN, RecursionError, MemoryError):
        pass
    return found


def _files(entry: Path) -> Iterator[tuple[str, bytes]]:
    if entry.is_symlink():
        return
    if entry.is_dir():
        yield from _of_folder(entry)
    elif entry.suffix.lower() == ".zip":
        yield from of_zip(_read(entry))
    elif entry.suffix.lower() == NOTEBOOK:
        yield entry.name, _read(entry)


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    looked = 0
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            looked += 1
            if looked > MOST_LOOKED_AT:
                return
            path = Path(parent) / name
            relative = path.relative_to(folder).as_posix()
            if path.suffix.lower() == ".zip" and parent == str(folder):
                yield from of_zip(_read(path))
            elif is_meant(relative):
                yield relative, _read(path)


def of_zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not data:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist()[:MOST_LOOKED_AT]:
            if is_meant(member.filename) and not member.flag_bits & 1 and member.file_size <= MOST_BYTES:
                with archive.open(member) as file:
                    content = file.read(MOST_BYTES + 1)
                yield member.filename, content if len(content) <= MOST_BYTES else b""


def is_meant(path: str) -> bool:
    pure = PurePosixPath(path)
    suffix = pure.suffix.lower()
    return (suffix in FORMS or suffix == NOTEBOOK) and pure.name.lower() not in NOT_MEANT and not is_skipped(path)


def _read(path: Path) -> bytes:
    """Return a plain file that is not too large; nothing for any other, and for a link."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        return file.read() if stat.S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES else b""


def _kept(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    name = clean(path, 200)
    if path.lower().endswith(NOTEBOOK):
        if prose := _prose(data):
            yield f"{name}.md", prose.encode("utf-8", "replace")
    elif data:
        yield name, data


def _prose(notebook: bytes) -> str:
    """Return the text cells of a notebook, one after the other; empty where there are none to be read."""
    if len(notebook) > MOST_NOTEBOOK:
        return ""
    found = json.loads(notebook)
    cells = found.get("cells") if isinstance(found, dict) else None
    texts = [
        "".join(map(str, source)) if isinstance(source := cell.get("source"), list) else str(source or "")
        for cell in (cells if isinstance(cells, list) else [])
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    ]
    return "\n\n".join(t.strip() for t in texts if t.strip())
