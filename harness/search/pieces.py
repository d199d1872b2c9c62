"""What a file holds, piece by piece, that of archives and compressed files included."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

PIECE = 16_000_000  # bytes at a time
MOST = 2_000_000_000  # bytes of one file, unpacked
DEEPEST = 3  # archives in one another
HEAD = 262
DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield what a file holds; what is damaged, locked or too large ends there, since nobody reads that easily."""
    try:
        with path.open("rb") as file:
            yield from bounded(unpacked(file, 0))
    except (*DAMAGED, NotImplementedError, MemoryError):
        return


def bounded(found: Iterator[bytes]) -> Iterator[bytes]:
    left = MOST
    for piece in found:
        yield piece
        left -= len(piece)
        if left <= 0:
            return


def unpacked(file: IO[bytes], depth: int) -> Iterator[bytes]:
    """Yield what a stream holds and, where it is packed, what is in it instead."""
    head = file.read(HEAD)
    if depth < DEEPEST and head[:4] == b"PK\x03\x04":
        yield from of_zip(whole(head, file), depth)
    elif depth < DEEPEST and head[257:262] == b"ustar":
        yield from of_tar(whole(head, file), depth)
    elif depth < DEEPEST and (opened := stream(head, file)):
        yield from unpacked(opened, depth + 1)
    else:
        while head:
            more = file.read(PIECE)
            yield head + more
            head = file.read(HEAD) if more else b""


def whole(head: bytes, file: IO[bytes]) -> IO[bytes]:
    """Return a stream from its beginning: the file itself where it can go back."""
    if isinstance(file, io.BufferedReader) and file.seekable():
        file.seek(0)
        return file
    return io.BytesIO(head + file.read(MOST // 4))


def stream(head: bytes, file: IO[bytes]) -> IO[bytes] | None:
    """Return the contents of a compressed stream; None for any other."""
    for start, opened in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open)):
        if head.startswith(start):
            return cast(IO[bytes], opened(whole(head, file), "rb"))
    return None


def of_zip(file: IO[bytes], depth: int) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            with archive.open(member) as inner:
                yield from unpacked(inner, depth + 1)


def of_tar(file: IO[bytes], depth: int) -> Iterator[bytes]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for member in archive:
            if inner := archive.extractfile(member):
                yield from unpacked(inner, depth + 1)
