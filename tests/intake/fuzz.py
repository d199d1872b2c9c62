"""Hostile submissions drawn at random: notebooks, files, folders and zips as no person would write them."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

Rng = np.random.Generator

ATOMS = (
    *("x", "cfg", "build_model", "keras", "np", "self", "_", "é", "０", "\u202e", "\ud800", "\x00", "\x0c", "\r", "\t"),
    *("1", "1e999", "0x" + "f" * 300, "'a'", '"""', "'''", "f'{x}'", "f'{", "b'\\xff'", "None", "...", "*", "**", "@"),
    *("(", ")", "[", "]", "{", "}", ":", ";", ",", ".", "=", ":=", "+=", "==", "->", "\\\n", "#", "# coding: hex", "%"),
    *("%%time", "%%bash", "%%writefile x.py", "!ls", "!!", "?", "x?", "$", ">>> ", "... ", "In [1]: ", "   ...: "),
    *("if", "elif", "else", "for", "while", "try", "except", "with", "def", "class", "lambda", "return", "yield"),
    *("import", "from", "as", "global", "del", "await", "async", "match", "case", "type", "in", "not", "is", "and"),
)
LINES = (
    "import keras",
    "from keras import layers, models as m",
    "from . import x",
    "from .x import *",
    "from a.a.a.a import b, c, d",
    "import torch.nn as nn",
    "from IPython.display import display",
    "def build_model(a, b=x, *c, **d):\n    return cfg",
    "def f():\n    global x\n    x = 1",
    "class A(nn.Module):\n    units = 4\n    def g(self): return super().g()",
    "@x\ndef g(a: torch.Tensor = cfg) -> y: ...",
    "cfg = {'a': [1, 2], **{}}",
    "cfg['a'] = x",
    "cfg.update(a=f())",
    "cfg['a'].append(cfg)",
    "A.units += 1",
    "x = y = cfg",
    "x, *y = cfg, 1",
    "for x in cfg:\n    cfg[x] = 1",
    "if x:\n    y = 1\nelif y:\n    import z\nelse:\n    def h(): pass",
    "try:\n    import w\nexcept ImportError as x:\n    w = None\nfinally:\n    pass",
    "del cfg['a'], x",
    "x: int",
    "x: torch.Tensor = (y := 3)",
    "get_ipython().system('ls')",
    "files = !ls",
    "%matplotlib inline",
    "    indented = 1",
    ">>> x = 1",
    "model.fit(x)",
    "while True: pass",
    "# harness-keep",
    "# harness-skip",
    "lambda: (yield)",
    "print 'x'",
    "x = " + "(" * 60 + ")" * 60,
    "x = " + "-" * 500 + "1",
    "x = a" + ".b()" * 200,
    "x = '" + "a" * 5_000 + "'",
    "type X = int",
    "match x:\n    case {'a': y}: pass",
)
NAMES = (
    *("autoencoder.py", "autoencoder.ipynb", "Copy of autoencoder.ipynb", "autoencoder (1).py", "AUTOENCODER.PY"),
    *("blocks.py", "work/blocks.py", "work/autoencoder.py", "__init__.py", "work/__init__.py", "x.IPYNB", "a/b/c/d.py"),
    *("pseudonym.txt", ".hidden.py", "__pycache__/x.py", "a\u202eb.py", "con.py", "a" * 150 + ".py", "é.py", "x.zip"),
    *("report.pdf", "Kopie von autoencoder.py", "auto encoder.ipynb", "work/pseudonym.txt", "1.py", "-.py", "work.py"),
)


def one_of(rng: Rng, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]


def code(rng: Rng) -> str:
    """Return a text: statements, with words, cuts and repetitions thrown in."""
    parts = [one_of(rng, LINES) for _ in range(int(rng.integers(0, 12)))]
    for _ in range(int(rng.random() < 0.25)):
        words = [one_of(rng, ATOMS) for _ in range(int(rng.integers(1, 9)))]
        parts.insert(int(rng.integers(len(parts) + 1)), (" " if rng.random() < 0.6 else "").join(words))
    text = one_of(rng, (*["\n"] * 20, "\n\n", "\r\n", "\r", ";")).join(parts)
    if rng.random() < 0.05:
        text = text[: int(rng.integers(len(text) + 1))]
    if rng.random() < 0.05:
        text = one_of(rng, (" ", "\t", "\n", "x", "(", "#", "'")) * int(rng.integers(1, 3_000)) + text
    return text


def python(rng: Rng) -> bytes:
    start = one_of(rng, ("", "", "", "\ufeff", "# coding: rot13\n", "# coding: latin-1\n", "#!x\n# coding: utf-16\n"))
    raw = f"{start}{code(rng)}".encode(one_of(rng, (*["utf-8"] * 12, "utf-16", "utf-32")), "surrogatepass")
    return damaged(rng, raw) if rng.random() < 0.2 else raw


def notebook(rng: Rng) -> bytes:
    """Return a notebook of format 3 or 4 with fields left out, of other types, or cut off."""
    cells = [cell(rng) for _ in range(int(rng.integers(0, 8)))]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    if rng.random() < 0.1:
        whole = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
    if rng.random() < 0.05:
        whole[one_of(rng, ("nbformat", "metadata", "cells"))] = odd(rng)
    raw = json.dumps(whole).encode()
    return damaged(rng, raw) if rng.random() < 0.08 else raw


def cell(rng: Rng) -> object:
    if rng.random() < 0.01:
        return odd(rng)
    text = code(rng)
    source: object = text if rng.random() < 0.5 else text.splitlines(keepends=True)
    found = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, "input": source}
    if rng.random() < 0.15:
        found["metadata"] = {"tags": [one_of(rng, ("harness-keep", "harness-skip", "harness-x", "\u202e"))]}
    if rng.random() < 0.02:
        found[one_of(rng, ("cell_type", "metadata", "source"))] = odd(rng)
    return found


def odd(rng: Rng) -> object:
    choices: tuple[object, ...] = (None, True, -1, 1e308, "x", [], {}, [None], {"source": 3}, [[]] * 50, "markdown")
    return choices[int(rng.integers(len(choices)))]


def damaged(rng: Rng, raw: bytes) -> bytes:
    """Return bytes with some of them changed, taken out or doubled."""
    data = bytearray(raw or b"x")
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(data)))
        data[at] = int(rng.integers(256))
    cut = int(rng.integers(len(data) + 1))
    return bytes(data[:cut] if rng.random() < 0.3 else data + data[cut:] if rng.random() < 0.1 else data)


def content(rng: Rng, name: str) -> bytes:
    kinds: dict[str, Callable[[Rng], bytes]] = {".ipynb": notebook, ".py": python}
    return kinds.get(name[name.rfind(".") :].lower(), python)(rng)


def packed(rng: Rng) -> bytes:
    """Return a zip, now and then with paths, sizes or bytes that lie."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if rng.random() < 0.7 else zipfile.ZIP_STORED) as archive:
        for name in names(rng):
            info = zipfile.ZipInfo(one_of(rng, (*[""] * 40, "../", "/", "C:", "a\\")) + name)
            info.external_attr = int(rng.integers(0, 2**16)) << 16 if rng.random() < 0.05 else 0
            archive.writestr(info, content(rng, name))
    raw = bytearray(buffer.getvalue())
    if rng.random() < 0.15:
        raw[-12:-8] = struct.pack("<I", int(rng.integers(2**32)))
    return damaged(rng, bytes(raw)) if rng.random() < 0.2 else bytes(raw)


def names(rng: Rng) -> list[str]:
    return list(dict.fromkeys(one_of(rng, NAMES) for _ in range(int(rng.integers(0, 5)))))


def write_submission(rng: Rng, folder: Path, name: str) -> Path:
    """Write what one person hands in, as a folder, a zip, a notebook or a file, and return its path."""
    form = one_of(rng, ("folder", "folder", ".zip", ".ipynb", ".ipynb", ".py"))
    if form != "folder":
        makers: dict[str, Callable[[Rng], bytes]] = {".zip": packed, ".ipynb": notebook, ".py": python}
        path = folder / f"{name}{form}"
        path.write_bytes(makers[form](rng))
        return path
    for file in names(rng):
        path = folder / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            path.write_bytes(packed(rng) if file.endswith(".zip") else content(rng, file))
    (folder / name).mkdir(exist_ok=True)
    return folder / name
