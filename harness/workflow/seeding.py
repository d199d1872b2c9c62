"""Which seeds a class runs under: those of every submission, and the spare ones for what these leave in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.errors import UsageError
from harness.grading.rubric_model import Rubric
from harness.grading.seeds import SEEDS
from harness.task import Profile


@dataclass(frozen=True)
class Seeds:
    """`first` are run for every submission; `spare` for those variants that one seed leaves in doubt."""

    first: tuple[int, ...]
    spare: tuple[int, ...] = ()


def choose(asked: Sequence[int], profile: Profile, rubric: Rubric | None) -> Seeds:
    """Return the seeds of one task: those asked for, else the number in the rubric, else the profile's.

    Where all leave it at one seed, two more are spare. Without a rubric nothing can be in doubt.
    """
    if asked:
        return Seeds(tuple(asked))
    fixed = rubric.seeds if rubric and rubric.seeds != "auto" else None
    number = fixed or profile.seeds
    spare = range(2, SEEDS + 1) if rubric and fixed is None and number == 1 else ()
    return Seeds(tuple(range(1, number + 1)), tuple(spare))


MAX_SEEDS = 10_000  # the largest seed, and so the most of them


def parse_seeds(text: str) -> list[int]:
    """Read `3` as the seeds 1, 2, 3, `3,5,8` as these and `auto` as none; raises UsageError for anything else."""
    try:
        numbers = [int(part) for part in text.split(",")] if text not in ("", "auto") else []
    except ValueError:
        numbers = [0]
    if any(not 1 <= n <= MAX_SEEDS for n in numbers) or len(set(numbers)) != len(numbers):
        raise UsageError(f"Expected --seeds to be a number such as 3, a list such as 3,5,8 or auto, received {text!r}.")
    return list(range(1, numbers[0] + 1)) if len(numbers) == 1 and "," not in text else numbers
