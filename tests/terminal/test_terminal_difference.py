"""Who would move, at a terminal: no number is ever cut, however long names, tasks and criteria are."""

import io

import pytest
from grading.test_difference import class_of, criterion, task
from rich.cells import cell_len
from rich.console import Console

from harness.grading.difference import difference
from harness.records.models import Status
from harness.terminal.difference_table import show_difference

LONG = "conv-identity-of-what-was-rebuilt"
NAMES = ("ann", "maximilian alexander von und zu mustermann", "王" * 30)


def shown(width: int) -> list[str]:
    def marked(earned: float, target: float) -> dict[str, object]:
        both = [criterion(c, earned=earned, target=target, status=Status.FAILED) for c in (LONG, "probe")]
        return {name: task(*both, task="reinforcement_learning") for name in NAMES}

    file = io.StringIO()
    show_difference(Console(file=file, width=width), difference(class_of(**marked(30, 0.9)), class_of(**marked(15, 1))))
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_number_is_whole_and_every_line_fits(width: int) -> None:
    lines = shown(width)
    assert all(cell_len(line) <= width for line in lines)
    moves = [line for line in lines if "reinforcement_learning" in line]
    assert len(moves) == len(NAMES) and all(
        line.split("reinforcement_learning")[1].split()[:3] == ["60", "30", "-30"] for line in moves
    )
    words = " ".join(" ".join(lines).split())
    assert words.count(f"{LONG} -15 (target") == len(NAMES)


def test_causes_stand_beside_a_move_where_there_is_room_and_below_elsewhere() -> None:
    assert "because of" in shown(200)[0] and len(shown(200)) == 1 + len(NAMES)
    assert "because of" not in shown(80)[0] and shown(80)[2].startswith(f"    {LONG} -15")
