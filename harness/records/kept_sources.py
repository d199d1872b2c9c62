"""The source that was graded, kept beside what was measured: one zip per fingerprint, so that marks can be appealed."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from harness.files import atomic
from harness.records.files import reading, writing

MOST_BYTES = 5_000_000  # far above what intake lets in: more than this was not stored by `keep_source`
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by relative POSIX path; the same files give the same bytes, whenever and wherever.

    Sorted by path, one fixed date and mode, and not compressed: another zlib would pack to other bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, _EPOCH)
            member.create_system = 3  # Unix, also where it is written on another system
            member.external_attr = 0o100644 << 16
            archive.writestr(member, files[path])
    return buffer.getvalue()


def keep_source(records: Path, fingerprint: str, files: Mapping[str, bytes]) -> None:
    """Store the files of a submission as `records/sources/FINGERPRINT.zip`, again where what is there was damaged.

    Raises ResultsError.
    """
    path, content = _place(records, fingerprint), packed(files)
    with writing(records):
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as file:
            file.write(content)


def kept_source(records: Path, fingerprint: str) -> dict[str, bytes] | None:
    """Return the files stored under a fingerprint; None if there are none.

    They are as they lie there: whoever knows how a fingerprint is made can check them against it. Raises
    ResultsError where they cannot be read.
    """
    path = _place(records, fingerprint)
    with reading(records):
        if not path.is_file():
            return None
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
                raise ValueError(f"{path.name} unpacks to more than a submission may hold")
            return {member.filename: archive.read(member) for member in archive.infolist()}


MOST_REPORTS = 250_000_000  # far above what intake lets in


def keep_reports(records: Path, slug: str, files: Mapping[str, bytes]) -> None:
    """Store what a student wrote beside the code as `records/reports/SLUG.zip`. Raises ResultsError."""
    path = _report_place(records, slug)
    with writing(records):
        if not files:
            path.unlink(missing_ok=True)
            return
        content = packed(files)
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as file:
            file.write(content)


def kept_reports(records: Path, slug: str) -> dict[str, bytes]:
    """Return what `keep_reports` stored; nothing where there is none or it is damaged, for it decides nothing."""
    path = _report_place(records, slug)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_REPORTS:
                return {}
            return {member.filename: archive.read(member) for member in archive.infolist()}
    except (OSError, ValueError, zipfile.BadZipFile):
        return {}


def _report_place(records: Path, slug: str) -> Path:
    if not slug.isascii() or not slug.replace("-", "").isalnum():
        raise ValueError(f"Expected a slug, received {slug!r}.")
    return records / "reports" / f"{slug}.zip"


def _place(records: Path, fingerprint: str) -> Path:
    if not (fingerprint.isascii() and fingerprint.isalnum()):
        raise ValueError(f"Expected a fingerprint in hexadecimal digits, received {fingerprint!r}.")
    return records / "sources" / f"{fingerprint}.zip"
