"""English prose for language models: cleaned, and cut into parts that share nothing."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import Key
from harness.errors import DataError

BLOCK: Final = 2_000  # characters that stay together when a text is split
ROUND: Final = 20  # blocks, of which so many are held out:
HELD: Final = ("test", "test", "reference", "reference", "val")
PRACTICE: Final = (3, 8, 13, 18)  # places of a round that are tested in practice only
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


def corpus(name: str, text: str, origin: str, key: Key) -> Dataset:
    """Return a cleaned text in four parts, each as code points: uint32 of shape (characters,).

    Of every 20 blocks of about 2,000 characters 15 are `x_train`; the others, drawn by the key, are `x_val`, which
    training looks at, `x_test`, whose tokens a model is asked about, and `x_reference`, of which it sees no more than
    the beginnings of passages, to go on from.
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
        held = held_out(i // ROUND, key)
        parts[held.get(i % ROUND, "train")].append(block)
    arrays = {f"x_{part}": as_points("".join(found)) for part, found in parts.items()}
    return Dataset(name, arrays, (), origin, {}, key=key)


def held_out(number: int, key: Key) -> dict[int, str]:
    """Return what is held out of the round of blocks of that number: part by place in the round.

    The two places of `test` and the two of `reference` are places of practice under that key, and none of them under
    any other.
    """
    for_tests = [i for i in range(ROUND) if (i in PRACTICE) == key.practice]
    random = np.random.RandomState(key.number("round", number))
    drawn = [int(i) for i in random.permutation(for_tests)[:4]]
    others = [i for i in range(ROUND) if i not in drawn]
    return dict(zip((*drawn, int(random.choice(others))), HELD, strict=True))


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
