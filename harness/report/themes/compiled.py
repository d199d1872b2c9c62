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
    Jinja, is in the name of the file.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            content = _path(bucket.key).read_bytes()
        except OSError:
            return
        if hashlib.sha256(content[DIGEST:]).digest() == content[:DIGEST]:
            bucket.bytecode_from_string(content[DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        content = bucket.bytecode_to_string()
        with suppress(ResultsError):
            replace_if_changed(_path(bucket.key), hashlib.sha256(content).digest() + content)


def _path(key: str) -> Path:
    return Path(cache_from_source(__file__)).with_name(f"{key}.{_made_by()}.template")


@cache
def _made_by() -> str:
    engine = Path(__file__).with_name("engine.py").read_bytes()
    made = hashlib.sha256(engine + f"{jinja2.__version__}|{sys.implementation.cache_tag}".encode())
    return made.hexdigest()[:16]
