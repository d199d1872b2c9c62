"""How far a training had come when it was ended, by what it printed: a word for the student, on which nothing rests."""

import math
import re
from typing import Final

LINE: Final = re.compile(rb"^harness: (\d{1,12}) of (\d{1,12}) steps in (\d{1,9}\.\d) s of CPU$", re.MULTILINE)


def needed_s(log: bytes) -> float | None:
    """Return the CPU seconds that the whole training would take by the last such line; None if there is none.

    `harness.training.pace` writes these lines; a student could write others.
    """
    if not (found := LINE.findall(log)):
        return None
    taken, steps, seconds = (float(part) for part in found[-1])
    return seconds * steps / taken if 0 < taken < steps else None


def in_words(log: bytes) -> str:
    """Return how long the whole would take, as the end of a sentence; empty where nobody knows."""
    seconds = needed_s(log)
    if seconds is None:
        return ""
    digits = 10 ** max(0, math.floor(math.log10(max(seconds, 1.0))) - 1)
    return f"all of its steps need about {round(seconds / digits) * digits:.0f} s of CPU"
