"""Reading a zip that may be hostile: nothing is extracted to disk and no size in it is believed."""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from harness.errors import SubmissionError
from harness.intake.limits import IntakeLimits
from harness.intake.names import clean, is_skipped
from harness.intake.sources import Collector, Sources

AGAIN = "zip the folder with your .py files again and hand in the new zip."
ENCRYPTED = 0x1 | 0x40 | 0x2000  # flag bits: encrypted, strongly encrypted, encrypted directory
ENTRY_SIGNATURE = b"PK\x01\x02"  # starts each entry of a zip's directory
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    OSError,
)


def read_zip(path: Path, limits: IntakeLimits) -> Sources:
    """Return the `.py` files in a zip; raise SubmissionError with the reason when it is refused.

    Only `.py` files are decompressed, each up to the limit for one file. OSError where `path` cannot be read.
    """
    if path.stat().st_size > limits.max_total_bytes:
        raise _too_large(limits)
    return read_packed(path.read_bytes(), limits)


def read_packed(packed: bytes, limits: IntakeLimits) -> Sources:
    """Return the `.py` files in a zip that was read; raises as `read_zip`."""
    with _opened(packed, limits) as archive:
        return _read(archive, limits)


def read_inner(packed: bytes, path: str, limits: IntakeLimits) -> bytes:
    """Return a file in a zip that `read_packed` has read, at most one byte more than a zip may have."""
    with _opened(packed, limits) as archive:
        member = next(m for m in archive.infolist() if _name(m) == path)
        return read_member(archive, member, limits.max_total_bytes + 1)


@contextmanager
def _opened(packed: bytes, limits: IntakeLimits) -> Iterator[zipfile.ZipFile]:
    if len(packed) > limits.max_total_bytes:
        raise _too_large(limits)
    # Listing a directory of millions of entries would take long; counting signatures bounds it first.
    if packed.count(ENTRY_SIGNATURE) > 20 * limits.max_members:
        raise _too_many(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            yield archive
    except BROKEN as error:
        raise SubmissionError(f"The zip is damaged or not a zip at all; {AGAIN}") from error


def _read(archive: zipfile.ZipFile, limits: IntakeLimits) -> Sources:
    members = archive.infolist()
    for member in members:
        _check_member(member)
    wanted = [member for member in members if not is_skipped(_name(member))]
    _check_sizes(wanted, limits)
    files = [member for member in wanted if not member.is_dir()]
    _check_duplicates([_name(member) for member in files])
    collector = Collector(limits)
    for member in files:
        collector.offer(_name(member), partial(read_member, archive, member))
    return collector.finish()


def _name(member: zipfile.ZipInfo) -> str:
    """Return the path as written in the zip (`filename` is rewritten on Windows), without `.` parts."""
    return PurePosixPath(member.orig_filename).as_posix()


def _check_member(member: zipfile.ZipInfo) -> None:
    if why := wrong_with(member):
        raise SubmissionError(f"The zip holds {why}; {AGAIN}")
    if is_encrypted(member):
        shown = repr(clean(member.orig_filename))
        raise SubmissionError(f"The zip is encrypted ({shown}); without a password, {AGAIN}")


def wrong_with(member: zipfile.ZipInfo) -> str:
    """Return what is wrong with a member of a zip, as the object of a sentence; empty if it may be opened."""
    path = member.orig_filename
    shown = repr(clean(path))
    kind = stat.S_IFMT(member.external_attr >> 16)
    if "\\" in path:
        return f"the path {shown} with a backslash, which zips do not allow"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return f"the absolute path {shown}, expected one inside the zip"
    if ".." in path.split("/"):
        return f"the path {shown}, which leads out of its folder"
    return "" if kind in {0, stat.S_IFREG, stat.S_IFDIR} else f"{shown}, a link or device and not a file"


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    return bool(member.flag_bits & ENCRYPTED)


def _check_sizes(members: list[zipfile.ZipInfo], limits: IntakeLimits) -> None:
    """Refuse by what the headers say; that they may lie is dealt with when reading."""
    if len(members) > limits.max_members:
        raise _too_many(limits)
    if sum(member.file_size for member in members) > limits.max_total_bytes:
        raise SubmissionError(
            f"The zip unpacks to more than {limits.max_total_bytes / 1e6:g} MB; "
            f"leave out data and weights, then {AGAIN}"
        )
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > limits.ratio_from_bytes and ratio > limits.max_ratio:
            raise SubmissionError(
                f"The zip packs {clean(_name(member))!r} more than {limits.max_ratio} times smaller, "
                f"as only a zip bomb does; leave that file out, then {AGAIN}"
            )


def _check_duplicates(paths: list[str]) -> None:
    """Refuse two files of one path, also where a file system ignores case or the way accents are written."""
    seen: set[str] = set()
    folders = {_folded(str(parent)) for path in paths for parent in PurePosixPath(path).parents}
    for path in paths:
        folded = _folded(path)
        if folded in seen or folded in folders:
            raise SubmissionError(f"The zip holds {clean(path)!r} twice (case does not count); {AGAIN}")
        seen.add(folded)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> bytes:
    """Decompress at most `size` bytes of a member.

    Only stored and deflated members are read, since `zipfile` decompresses the other kinds without a bound.
    It stops at the size in the header, so a member whose packed data is far longer than that is a lie.
    """
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SubmissionError(
            f"The zip packs {clean(_name(member))!r} with an unusual method, expected deflate; {AGAIN}"
        )
    if member.compress_size > member.file_size + member.file_size // 100 + 1000:
        raise SubmissionError(f"The zip gives a false size for {clean(_name(member))!r}; {AGAIN}")
    with archive.open(member) as file:
        return file.read(size)


def _too_large(limits: IntakeLimits) -> SubmissionError:
    return SubmissionError(
        f"The zip is larger than {limits.max_total_bytes / 1e6:g} MB; leave out data and weights, then {AGAIN}"
    )


def _too_many(limits: IntakeLimits) -> SubmissionError:
    return SubmissionError(
        f"The zip holds more than {limits.max_members} files; "
        f"leave out all but the Python files you wrote, then {AGAIN}"
    )
