"""Values that no one would believe, a few for every task in each run; `test_endurance.py` has thousands."""

import random

import pytest
from endurance.values import TASKS, odd_measurements


@pytest.mark.parametrize("name", sorted(TASKS))
def test_findings_and_marks_bear_any_values(name: str) -> None:
    rng = random.Random(1)
    for _ in range(10):
        for criterion in odd_measurements(rng, TASKS[name]):
            assert criterion.earned is None or 0 <= criterion.earned <= criterion.points
