"""Hours of bad luck in minutes: verbs killed at random moments, bytes that flip, and values that no one would believe.

Measured with more of each by `benchmarks/result_folder.py`.
"""

import random
import tempfile
from pathlib import Path

import pytest
from endurance.flips import READERS, files_of, flipped
from endurance.kills import kills
from endurance.marked import marked_class
from endurance.values import TASKS, odd_class, odd_measurements, odd_rubric, pages_of, reads_back
from workflow.classes import FakeSandbox

pytestmark = [pytest.mark.slow, pytest.mark.preflight]


@pytest.fixture
def folder(tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graded class with a mark by hand and an override; what is temporary lies apart from that of other processes."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    marked_class(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["grade", "regrade", "publish", "serve"])
def test_a_verb_killed_at_any_moment_loses_nothing(folder: Path, sandbox: FakeSandbox, verb: str) -> None:
    found = kills(verb, folder, 10, seed=1)
    assert found == {"same": 10}


def test_flipped_bytes_give_the_same_marks_or_a_sentence(folder: Path, sandbox: FakeSandbox) -> None:
    found = flipped(folder, 100, 1, READERS)
    assert not [what for what in found if not what.endswith((": same", ": sentence"))], found
    assert sum(n for what, n in found.items() if what.endswith(": same")) > 20


@pytest.mark.parametrize("seed", range(10))
def test_odd_values_stop_no_page_and_make_no_wrong_mark(tmp_path: Path, seed: int) -> None:
    """With the 3,000 of intake these are 10,000 cases."""
    rng = random.Random(seed)
    for _ in range(250):
        result = odd_class(rng)
        assert pages_of(result) > 5
        assert reads_back(result, tmp_path / "results.json")
    for _ in range(250):
        for criterion in odd_measurements(rng, TASKS[rng.choice(sorted(TASKS))]):
            assert criterion.earned is None or 0 <= criterion.earned <= criterion.points
    for _ in range(200):
        said = odd_rubric(rng, tmp_path / "rubric.yaml")
        assert said == "read" or (said.startswith(str(tmp_path)) and "\n" not in said)


def test_every_file_of_a_folder_is_flipped(folder: Path) -> None:
    names = {p.parent.name if p.parent.name != "out" else p.name for p in files_of(folder / "out")}
    assert {"records", "evidence", "sources", "figures", "cards", "results.json", "marking.sqlite"} <= names
