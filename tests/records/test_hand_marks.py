"""What people entered is there for good: over crashes, beside other graders, on a full disk, in a damaged file."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ResultsError
from harness.records.hand_marks import Conflict, HandMarks, read_newest
from harness.records.marking_file import FILE
from harness.records.models import HandMark
from harness.records.publications import Publications

PLACE = ("ada", "toy", "report")
WRITER = """
import sys
from pathlib import Path
from harness.records.hand_marks import HandMarks
marks = HandMarks(Path(sys.argv[1]))
number = marks.last()
while True:
    number = marks.add(("ada", "toy", "report"), grader="g", points=float(number), comment="x" * 2000, seen=number).id
    print(number, flush=True)
"""
RACER = """
import sys
from pathlib import Path
from harness.records.hand_marks import Conflict, HandMarks
marks, name, seen, done, lost = HandMarks(Path(sys.argv[1])), sys.argv[2], 0, 0, 0
while done < 40:
    try:
        made = marks.add(("ada", "toy", "report"), grader=name, points=done, comment=name, seen=seen)
        seen, done = made.id, done + 1
    except Conflict as conflict:
        seen, lost = conflict.newer.id, lost + 1
print(done, lost)
"""


@pytest.fixture
def marks(tmp_path: Path) -> Iterator[HandMarks]:
    made = HandMarks(tmp_path)
    yield made
    made.close()


def add(marks: HandMarks, points: float | None, seen: int = 0, **changes: Any) -> HandMark:
    return marks.add(**{"place": PLACE, "grader": "Grace", "points": points, "seen": seen} | changes)


def test_the_newest_decision_counts_and_the_history_keeps_all(marks: HandMarks) -> None:
    first = add(marks, 10, comment="Good.", source="ab")
    second = add(marks, 12.5, first.id, grader="Alan", reason="Page 3 was overlooked.")
    add(marks, 3, place=("bob", "toy", "report"))
    assert marks.newest()[PLACE] == second
    assert [(m.grader, m.points, m.comment, m.reason) for m in marks.history("ada")] == [
        ("Grace", 10, "Good.", ""),
        ("Alan", 12.5, "", "Page 3 was overlooked."),
    ]
    assert len(marks.history()) == 3 and marks.last() == 3
    assert first.at.endswith("+00:00") and first.source == "ab"


def test_a_change_that_was_not_seen_is_not_overwritten(marks: HandMarks) -> None:
    first = add(marks, 10)
    second = add(marks, 11, first.id, grader="Alan")
    with pytest.raises(Conflict) as told:
        add(marks, 5, first.id)
    assert told.value.newer == second
    with pytest.raises(Conflict):
        add(marks, 5, 0)
    assert marks.newest()[PLACE].points == 11
    assert add(marks, 5, second.id).points == 5, "after it was seen, it can be changed"


def test_the_same_decision_sent_twice_is_recorded_once(marks: HandMarks) -> None:
    """A double click, or a form sent again because a crash swallowed the answer."""
    first = add(marks, 10, comment="Good.")
    assert add(marks, 10, 0, comment="Good.") == first
    assert len(marks.history()) == 1
    assert add(marks, 10, first.id, comment="Good.", source="newer").id == 2, "confirmed for another version"


def test_what_was_entered_cannot_be_changed_or_deleted(marks: HandMarks, tmp_path: Path) -> None:
    add(marks, 10)
    other = sqlite3.connect(tmp_path / FILE)
    for statement in ("UPDATE marks SET points = 0", "DELETE FROM marks"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            other.execute(statement)
    other.close()


def test_every_change_is_on_the_disk_before_it_is_told(marks: HandMarks) -> None:
    assert marks._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert marks._db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"


def test_a_writer_killed_in_the_middle_loses_nothing_it_had_told(tmp_path: Path) -> None:
    told: set[int] = set()
    for _ in range(3):
        writing = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(writing, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            told |= {int(writer.stdout.readline()) for _ in range(20)}
            os.kill(writer.pid, signal.SIGKILL)
            told |= {int(line) for line in writer.stdout.read().split("\n")[:-1]}
        marks = HandMarks(tmp_path)
        there = [m.id for m in marks.history("ada")]
        marks.close()
        assert told <= set(there)
        assert there == list(range(1, len(there) + 1))


def test_of_two_processes_none_overwrites_what_it_has_not_seen(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    outputs = [racer.communicate(timeout=600)[0].split() for racer in racers]
    assert [int(done) for done, _ in outputs] == [40, 40]
    marks = HandMarks(tmp_path)
    history = marks.history("ada")
    marks.close()
    assert len(history) == 80
    for name in ("a", "b"):
        assert [m.points for m in history if m.grader == name] == list(range(40)), "each in its order, none lost"


def test_threads_share_one_file(marks: HandMarks) -> None:
    def work(name: str) -> None:
        for n in range(20):
            marks.add((name, "toy", "report"), grader=name, points=n, seen=0 if n == 0 else last[name])
            last[name] = marks.newest()[(name, "toy", "report")].id

    last: dict[str, int] = {}
    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks.history()) == 80
    assert {m.points for m in marks.newest().values()} == {19}


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert read_newest(tmp_path) == {}
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(ResultsError, match=r"^Expected readable marks in .*marking.sqlite, received: .*not a database"):
        HandMarks(tmp_path)


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    HandMarks(tmp_path).close()
    db = sqlite3.connect(tmp_path / FILE)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(ResultsError, match="received version 99; use the newer harness"):
        HandMarks(tmp_path)


def test_a_full_disk_keeps_what_was_there_and_goes_on_afterwards(marks: HandMarks) -> None:
    first = add(marks, 10)
    pages = marks._db.execute("PRAGMA page_count").fetchone()[0]
    marks._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(ResultsError, match=r"^Could not write to .*full.*entered before are kept"):
        add(marks, 11, first.id, comment="x" * 100_000)
    assert marks.newest()[PLACE] == first
    marks._db.execute("PRAGMA max_page_count=100000")
    assert add(marks, 11, first.id).points == 11


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"^Could not write to .*nowhere"):
        HandMarks(tmp_path / "nowhere")


def test_a_card_has_the_same_secret_name_every_time(tmp_path: Path) -> None:
    published = Publications(tmp_path)
    ada, bob = published.tokens([("ada", "Ada"), ("bob", "Bob")])
    assert len({ada, bob}) == 2 and all(len(t) == 32 and int(t, 16) for t in (ada, bob))
    published.close()
    again = Publications(tmp_path)
    assert again.tokens([("bob", "Bob"), ("ada", "Ada")]) == [bob, ada]
    assert again.tokens([("ada", "Another Ada")])[0] not in (ada, bob), "another person under a slug is no heir"
    again.close()
