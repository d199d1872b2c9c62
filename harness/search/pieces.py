"""What a file holds, piece by piece, that of archives and compressed files included."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

LEAST_BYTES = 4_000  # of a file that is worth a look; tables of numbers may be smaller:
TABLES, LEAST_TABLE = (".csv", ".tsv", ".txt", ".dat", ".data", ".json", ".npy", ".npz", ".gz"), 300
# Programs, what they are compiled from, and what is drawn.
CODE = (
    *(".so", ".a", ".o", ".dll", ".dylib", ".h", ".hpp", ".hh", ".cuh", ".cu", ".inc", ".proto", ".pyi"),
    *(".class", ".java", ".mo", ".png", ".jpg", ".svg", ".ttf", ".otf", ".woff", ".woff2"),
)
PIECE = 16_000_000  # bytes at a time
MOST = 2_000_000_000  # bytes of one file, unpacked
DEEPEST = 3  # archives in one another
HEAD = 262
GZIP, AT_ONCE = b"\x1f\x8b", 100_000  # bytes of it that are unpacked in memory
# What nobody keeps data in, by its first bytes: native code, compiled classes and their images, translations, drawings.
LEFT_OUT = (
    *(b"\x7fELF", b"MZ\x90\0", b"!<arch>\n", b"BC\xc0\xde", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe"),
    *(b"JM\x01\x00", b"\xda\xda\xfe\xca", b"\xa2\xab\x0b\xf0", b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"),
    *(b"\x89PNG", b"\xff\xd8\xff", b"wOFF", b"wOF2", b"OTTO"),
)
DAMAGED = (  # what reading a strange file raises: it ends the look at that file and nothing else
    LookupError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    TypeError,
    MemoryError,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


def passed_over(name: str, size: int) -> bool:
    """Return whether a file is too small for data or of a kind that nobody keeps any in."""
    lower = name.lower()
    return lower.endswith(CODE) or ".so." in lower or size < (LEAST_TABLE if lower.endswith(TABLES) else LEAST_BYTES)


def pieces(path: Path) -> Iterator[bytes]:
    """Yield what a file holds; what is damaged, locked or too large ends there, since nobody reads that easily."""
    try:
        with path.open("rb") as file:
            yield from bounded(unpacked(file, 0))
    except DAMAGED:
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
    if head.startswith(LEFT_OUT):
        return
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
    if head.startswith(GZIP) and len(head := head + file.read(AT_ONCE)) < AT_ONCE:
        return io.BytesIO(gzip.decompress(head))  # several times as fast: there are tens of thousands of manual pages
    for start, opened in ((GZIP, gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open)):
        if head.startswith(start):
            return cast(IO[bytes], opened(whole(head, file), "rb"))
    return None


def of_zip(file: IO[bytes], depth: int) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir() or passed_over(member.filename, member.file_size):
                continue
            with archive.open(member) as inner:
                yield from unpacked(inner, depth + 1)


def of_tar(file: IO[bytes], depth: int) -> Iterator[bytes]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for member in archive:
            if not passed_over(member.name, member.size) and (inner := archive.extractfile(member)):
                yield from unpacked(inner, depth + 1)
