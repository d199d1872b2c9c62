"""How often Python looks for garbage in cycles while a class is marked or read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 20_000  # objects that are made and kept between two searches, in place of some hundreds


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search seldom for cycles while inside: measurements and marks hold none, and each search walks through them."""
    often = gc.get_threshold()
    gc.set_threshold(SELDOM, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
