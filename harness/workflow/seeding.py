"""Which seeds a class runs under: those of every submission, and the spare ones for what these leave in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.decisions import SEEDS
from harness.grading.rubric_model import Rubric
from harness.tasks.base import Profile


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
