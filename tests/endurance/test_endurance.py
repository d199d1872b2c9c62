"""Hours of bad luck in minutes: verbs killed at random moments, bytes that flip, and values that no one would believe.

Measured with more of each by `benchmarks/endurance.py`.
"""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy
from endurance.flips import READERS, files_of, flipped, seen
from endurance.killed import do
from endurance.values import odd_class, odd_measurements, odd_rubric, pages_of, reads_back
from workflow.classes import FakeSandbox, graded, options

from harness.records.hand_marks import HandMarks

SCRIPT = Path(__file__).with_name("killed.py")
CLASS = {"ann": toy.GOOD, "bob": toy.UNTRAINABLE, "cy": toy.WIDE_FAILS}
pytestmark = [pytest.mark.slow, pytest.mark.preflight]


@pytest.fixture
def folder(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    """A graded class with a mark by hand and an override."""
    toy.write_class(tmp_path / "class", CLASS)
    result = graded(tmp_path / "class", options(tmp_path))
    marks = HandMarks(tmp_path / "out")
    sources = {s.slug: s.source for s in result.students}
    for slug, criterion in (("ann", "report"), ("bob", "beats-naive")):
        marks.add((slug, "toy", criterion), grader="Grace", points=7.5, reason="r", source=sources[slug], seen=0)
    marks.close()
    graded(tmp_path / "class", options(tmp_path))
    return tmp_path


def killed_at(verb: str, folder: Path, after_s: float, number: int) -> None:
    """Start a verb and send it a signal so long after it began to work; SIGKILL if that does not end it."""
    command = [sys.executable, str(SCRIPT), verb, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(number)
        _, said = process.communicate(timeout=300)
    assert b"Traceback" not in said, said.decode()


@pytest.mark.parametrize("verb", ["grade", "regrade", "publish", "serve"])
def test_a_verb_killed_at_any_moment_loses_nothing(folder: Path, sandbox: FakeSandbox, verb: str) -> None:
    rng = random.Random(verb)
    right = seen(graded(folder / "class", options(folder)))
    for _ in range(5):
        if verb == "grade":
            for path in (folder / "out" / "records").glob("records.sqlite*"):
                path.unlink()
        killed_at(verb, folder, rng.uniform(0, 1.5), rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        assert seen(graded(folder / "class", options(folder))) == right
        do("publish", folder)
        assert not (folder / "out" / "work").exists()
        assert len(list((folder / "out" / "published").glob("*.html"))) == len(CLASS)


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
        for criterion in odd_measurements(rng):
            assert criterion.earned is None or 0 <= criterion.earned <= criterion.points
    for _ in range(200):
        said = odd_rubric(rng, tmp_path / "rubric.yaml")
        assert said == "read" or (said.startswith(str(tmp_path)) and "\n" not in said)


def test_every_file_of_a_folder_is_flipped(folder: Path) -> None:
    names = {p.parent.name if p.parent.name != "out" else p.name for p in files_of(folder / "out")}
    assert {"records", "evidence", "sources", "figures", "cards", "results.json", "marking.sqlite"} <= names
