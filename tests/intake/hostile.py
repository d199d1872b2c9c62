"""A class of hostile submissions: each would stop a grader that is not careful, and each deserves one sentence."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

TASK = "autoencoder"
FILE = f"{TASK}.py"
BOOK = f"{TASK}.ipynb"


def packed(*members: tuple[str, bytes], flag: int = 0) -> bytes:
    """Return a zip; with flag 1 all of its headers say that it is encrypted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    raw = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while flag and at >= 0:
            raw[at + offset] |= flag
            at = raw.find(signature, at + 4)
    return bytes(raw)


def book(*sources: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def write(name: str, content: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / name).write_bytes(content)

    return make


def large_notebook(folder: Path) -> None:
    """Write a notebook of 100 MB, most of it a hole in the file."""
    folder.mkdir()
    with (folder / BOOK).open("wb") as file:
        file.write(b'{"nbformat": 4, "cells": [')
        file.truncate(100_000_000)


def link_out(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE).symlink_to("/etc/passwd")


def link_to_itself(folder: Path) -> None:
    folder.mkdir()
    (folder / "work").symlink_to(folder)
    (folder / BOOK).symlink_to(folder / BOOK)


def pipe(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / FILE)


def deep_folder(folder: Path) -> None:
    inner = folder.joinpath(*["d" * 20] * 40)
    inner.mkdir(parents=True)
    (inner / FILE).write_bytes(b"def build_dense(): ...\n")


def many_files(folder: Path) -> None:
    folder.mkdir()
    for number in range(600):
        (folder / f"f{number}.py").touch()


DEF = "def build_dense(input_shape, code_size, hidden_layers): ..."
# Students, what they hand in, and a word of the sentence that is said of it.
STUDENTS: dict[str, tuple[Callable[[Path], None], str]] = {
    **{
        f"coding {coding}": (write(FILE, f"# coding: {coding}\n{DEF}".encode()), "expected UTF-8")
        for coding in ("hex", "rot13", "zlib", "undefined", "idna", "punycode", "no-such-codec")
    },
    "nul": (write(FILE, b"x = 1\0\n"), "NUL"),
    "utf16": (write(FILE, DEF.encode("utf-16")), "text"),
    "brackets": (write(FILE, b"x = " + b"(" * 90_000), "not valid Python"),
    "minus": (write(FILE, b"x = " + b"-" * 90_000 + b"1"), "Python"),
    "attributes": (write(FILE, b"x = a" + b".b" * 90_000), "nested too deeply"),
    "imports": (write(FILE, f"from {'a.' * 9_000}a import {'b,' * 9_000}b\n".encode()), ""),
    "spaces": (write(BOOK, book(" " * 150_000 + "!ls", DEF, "x x")), ""),
    "prompts": (write(BOOK, book(">>> " * 40_000, DEF)), ""),
    "statements": (write(BOOK, book("x = 1;" * 30_000)), "more than 5,000 statements"),
    "large": (large_notebook, "larger than 20 MB"),
    "values": (write(BOOK, b"[" * 3_000_000), "more than 1,000,000 values"),
    "deep json": (write(BOOK, b'{"nbformat": 4, "metadata": ' + b"[" * 300_000), "not a notebook"),
    "no zip": (write("work.zip", b"PK\x03\x04" + b"x" * 1_000), "not a zip"),
    "empty zip": (write("work.zip", packed()), "no Python file"),
    "nothing zip": (write("work.zip", b""), "not a zip"),
    "encrypted zip": (write("work.zip", packed((FILE, DEF.encode()), flag=1)), "encrypted"),
    "bomb": (write("work.zip", packed((FILE, b"#" * 19_000_000))), "zip bomb"),
    "bomb in bomb": (write("work.zip", packed(("work.zip", packed((FILE, b"#" * 19_000_000))))), "no Python file"),
    "many in zip": (write("work.zip", packed(*((f"f{i}.py", b"") for i in range(600)))), "more than 500 files"),
    "slip": (write("work.zip", packed(("../../evil.py", b""), (FILE, DEF.encode()))), "leads out"),
    "link out": (link_out, "no Python file"),
    "link to itself": (link_to_itself, "no Python file"),
    "pipe": (pipe, "no Python file"),
    "empty": (lambda folder: folder.mkdir(), "no Python file"),
    "deep folder": (deep_folder, "no Python file"),
    "many files": (many_files, "100 files"),
    "n" * 200: (write("x" * 240 + ".py", DEF.encode()), "no Python file"),
    "name \u202e\n<b>": (write("a\u202eb\n.py", DEF.encode()), "no Python file"),
}


def write_class(folder: Path, good: bytes) -> None:
    """Write a class folder of all of them, with one good student."""
    folder.mkdir()
    for name, (make, _) in STUDENTS.items():
        make(folder / name)
    (folder / "good").mkdir()
    (folder / "good" / FILE).write_bytes(good)
