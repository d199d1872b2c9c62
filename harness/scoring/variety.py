"""How many settings a search really varied: pure functions of what candidates chose and which loss they reached."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from harness.records.models import Plain

APART: Final = 1.5  # times; numbers that lie closer together are one value
Acting = Mapping[str, Mapping[str, Plain]]  # by candidate, the settings that do something beside its others


def ignored(losses: Mapping[str, float], acting: Acting) -> set[str]:
    """Return the settings in which two candidates differ that reached the same loss to the last bit.

    Of two candidates with several differences all are returned. `losses` are finite, by candidate.
    """
    same = (pair for pair in combinations(losses, 2) if losses[pair[0]] == losses[pair[1]])
    return {name for one, other in same for name in differing(acting[one], acting[other])}


def differing(one: Mapping[str, Plain], other: Mapping[str, Plain]) -> set[str]:
    """Return the settings that act in one of two candidates alone, or in both with other values."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def varied(losses: Mapping[str, float], acting: Acting) -> set[str]:
    """Return the settings that take values apart among the candidates in `losses`, and that none of them ignored.

    Texts are apart where they differ, and so are True and False; numbers where the largest is at least 1.5 times the
    smallest.
    """
    found = [acting[name] for name in losses]
    names = dict.fromkeys(name for one in found for name in one)
    several = {name for name in names if apart([one[name] for one in found if name in one])}
    return several - ignored(losses, acting)


def apart(values: Sequence[Plain]) -> bool:
    """Say whether values of one setting, numbers of 0 or more, texts or truth values, differ by more than a hair."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values):
        return len(set(values)) > 1
    return max(numbers) > min(numbers) and max(numbers) >= APART * min(numbers)
