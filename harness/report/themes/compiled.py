"""Byte code of the built-in templates, kept beside that of the modules so that each is compiled once for all runs."""

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from harness.errors import ResultsError
from harness.report.files import replace_if_changed

DIGEST = 32  # bytes


class Compiled(BytecodeCache):
    """Byte code in the folder where Python keeps that of this module, read and written as Python does: if it can be.

    Jinja compares the source of a template. What else its code hangs on, the settings in `engine.py` and the version of
    Jinja, goes into a digest in front, which tells damage as well.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            kept = _path(bucket.key).read_bytes()
        except OSError:
            return
        if _digest(kept[DIGEST:]) == kept[:DIGEST]:
            bucket.bytecode_from_string(kept[DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        code = bucket.bytecode_to_string()
        with suppress(ResultsError):
            replace_if_changed(_path(bucket.key), _digest(code) + code)


def _path(key: str) -> Path:
    return Path(cache_from_source(__file__)).with_name(f"{key}.{sys.implementation.cache_tag}.template")


def _digest(code: bytes) -> bytes:
    return hashlib.sha256(_settings() + code).digest()


@cache
def _settings() -> bytes:
    return jinja2.__version__.encode() + Path(__file__).with_name("engine.py").read_bytes()
