"""English prose for language models: cleaned, and cut into parts that share nothing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.errors import DataError

BLOCK: Final = 2_000  # characters that stay together when a text is split
ROUND: Final = {
    3: "test",
    13: "test",
    8: "reference",
    18: "reference",
    5: "val",
}  # of 20 blocks; the others are "train"
LEAST: Final = 200_000  # characters: less leaves too few references


def paragraphs(texts: Iterable[str]) -> Iterator[str]:
    """Yield every paragraph of prose once: no headings, tables and listings, and none that came before.

    The help topics repeat one another, and a held-out paragraph that stands in the training text too is none.
    """
    seen = set()
    for text in texts:
        for raw in re.split(r"\n\s*\n", text):
            paragraph = " ".join(raw.split())
            prose = sum(c.isalnum() or c in " _" for c in paragraph) >= 0.85 * len(paragraph)
            if len(paragraph) >= 40 and prose and paragraph[-1] in ".:;)" and paragraph not in seen:
                seen.add(paragraph)
                yield paragraph


def clean(text: str) -> str:
    """Return a text in lower case, with letters, digits, `_'-.,;:!?` and single spaces left."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s.,;:!?'-]", " ", plain)).strip()


def corpus(name: str, text: str, origin: str) -> Dataset:
    """Return a cleaned text in four parts, each as code points: uint32 of shape (characters,).

    Of every 20 blocks of about 2,000 characters 15 are `x_train`; the others are `x_val`, which training looks at,
    `x_test`, whose passages a model is given to go on from, and `x_reference`, which no model ever sees a part of.
    Raises DataError for too short a text.
    """
    cleaned = clean(text)
    if len(cleaned) < LEAST:
        raise DataError(
            f"Expected a text of at least {LEAST:,} letters, marks and spaces, received {len(cleaned):,} ({origin});"
            " take a longer one."
        )
    parts: dict[str, list[str]] = {part: [] for part in ("train", "val", "test", "reference")}
    for i, block in enumerate(blocks(cleaned)):
        parts[ROUND.get(i % 20, "train")].append(block)
    arrays = {f"x_{part}": as_points("".join(found)) for part, found in parts.items()}
    return Dataset(name, arrays, (), origin, {})


def blocks(text: str) -> Iterator[str]:
    """Yield a text in pieces of about 2,000 characters, each ending behind a space."""
    start = 0
    while start < len(text):
        space = text.find(" ", start + BLOCK)
        end = len(text) if space < 0 else space + 1
        yield text[start:end]
        start = end


def as_points(text: str) -> NDArray[np.uint32]:
    """Return a text as Unicode code points."""
    return np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint32)


def as_text(points: NDArray[np.uint32]) -> str:
    """Return code points as a text."""
    return points.astype("<u4").tobytes().decode("utf-32-le")
