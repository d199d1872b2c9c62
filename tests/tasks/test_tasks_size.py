"""A task is about a page: whoever reads or writes one meets no more than that, however many tasks there are."""

from pathlib import Path
from statistics import median

import pytest

import harness.tasks
from harness.tasks import names

ROOM = Path(harness.tasks.__file__).parent
MOST, USUAL = 300, 200  # lines


def own_lines(name: str) -> int:
    """Return the lines of everything that is only this task's own: its module, or all modules of its folder."""
    alone = ROOM / f"{name}.py"
    modules = [alone] if alone.is_file() else list((ROOM / name).rglob("*.py"))
    assert modules, f"nothing was found of {name}"
    return sum(len(module.read_text(encoding="utf-8").splitlines()) for module in modules)


@pytest.mark.parametrize("name", names())
def test_a_task_stays_within_its_lines(name: str) -> None:
    assert own_lines(name) <= MOST, "what other tasks could use belongs in a recipe or a measure"


def test_most_tasks_are_shorter() -> None:
    assert median(map(own_lines, names())) <= USUAL
