"""A result folder is shared as the umask says, read where it cannot be written, and damage in it is told."""

import os
import random
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from records.made import measurement

from harness.errors import ResultsError
from harness.records.files import STALE_S, sweep
from harness.records.hand_marks import HandMarks, read_newest
from harness.records.kept_sources import keep_source, kept_source
from harness.records.marking_file import FILE
from harness.records.mending import ASIDE, mend
from harness.records.publications import Publications
from harness.records.roster import Person, enter, people_of
from harness.records.store import Records

PLACE = ("ann", "toy", "report")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o002)
    yield
    os.umask(before)


def filled(folder: Path, count: int = 3) -> Records:
    records = Records(folder)
    for i in range(count):
        records.add(measurement(f"k{i}"), {"a": np.full(4, i)}, "log")
    records.put_document("plan", "{}")
    records.keep_drawn("f", [{"title": "Curves", "svg": "<svg></svg>"}])
    keep_source(records.folder, "ab", {"toy.py": b"1"})
    return records


def mark(folder: Path, points: float = 3) -> None:
    marks = HandMarks(folder)
    marks.add(PLACE, grader="Grace", points=points, seen=marks.last())
    marks.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_every_file_has_the_mode_that_the_umask_leaves(tmp_path: Path, umask: None) -> None:
    records = filled(tmp_path)
    mark(tmp_path)
    modes = {p.relative_to(tmp_path): stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*") if p.is_file()}
    assert {str(p): oct(m) for p, m in modes.items() if m != 0o664} == {}, "a group shares it"
    assert len(modes) > 8
    records.close()


@pytest.fixture
def nobody() -> Iterator[None]:
    """Act as a user whom modes bind, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """Return a folder that every user of this machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def closed(folder: Path) -> None:
    """Let everybody read a folder and nobody write it."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def test_a_folder_that_cannot_be_written_is_read(public: Path, request: pytest.FixtureRequest) -> None:
    tmp_path = public
    filled(tmp_path / "out").close()
    mark(tmp_path / "out")
    writer = sqlite3.connect(tmp_path / "out" / FILE)  # keeps the journal beside the file, as a killed process does
    before = Publications(tmp_path / "out")
    token = before.tokens([("ann", "Ann")])
    before.close()
    closed(tmp_path / "out")
    request.getfixturevalue("nobody")
    records = Records(tmp_path / "out", create=False)
    assert not records.writable and len(records.find(["k0", "k1"])) == 2 and records.document("plan") == "{}"
    records.keep_drawn("g", [])
    records.close()
    assert read_newest(tmp_path / "out")[PLACE].points == 3
    marks = HandMarks(tmp_path / "out")
    with pytest.raises(ResultsError, match="Could not write to"):
        marks.add(PLACE, grader="Grace", points=5, seen=marks.last())
    marks.close()
    cards = Publications(tmp_path / "out", secret="s")
    tokens = cards.tokens([("ann", "Ann"), ("bob", "Bob")])
    assert tokens[:1] == token and tokens == cards.tokens([("ann", "Ann"), ("bob", "Bob")])
    assert cards.add(grader="G", folder=tmp_path, cards=2, revealed=False, last_mark=1).id == 0
    cards.close()
    writer.close()


def test_a_file_of_somebody_else_that_is_closed_names_the_way_out(public: Path, request: pytest.FixtureRequest) -> None:
    tmp_path = public
    filled(tmp_path / "out").close()
    closed(tmp_path / "out")
    (tmp_path / "out" / "records" / "records.sqlite").chmod(0o600)
    request.getfixturevalue("nobody")
    with pytest.raises(ResultsError, match=r"Permission denied\).*ask whoever graded it to let the group"):
        Records(tmp_path / "out", create=False)


@pytest.mark.parametrize("column", ["body", "digest", "key"])
def test_a_record_that_was_changed_is_not_found_and_named(tmp_path: Path, column: str) -> None:
    filled(tmp_path).close()
    with sqlite3.connect(tmp_path / "records" / "records.sqlite") as db:
        db.execute(f"UPDATE measurements SET {column} = replace({column}, '1', '7') WHERE key = 'k1'")
    records = Records(tmp_path)
    found = records.find(["k0", "k1", "k2"])
    assert all(m == measurement(m.key, evidence=m.evidence) for m in found.values())
    assert "k1" not in found and set(found) | records.damage >= {"k0"}
    assert records.damage or column == "key"


def test_arrays_that_are_gone_or_changed_make_a_record_incomplete(tmp_path: Path) -> None:
    records = filled(tmp_path)
    (records.folder / "evidence" / "k0.npz").unlink()
    path = records.folder / "evidence" / "k1.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert set(records.find(["k0", "k1", "k2"])) == {"k0", "k1", "k2"} and not records.damage
    assert set(records.find(["k0", "k1", "k2"], whole=True)) == {"k2"} and records.damage == {"k0", "k1"}
    records.add(measurement("k0"), {"a": np.zeros(1)}, "")
    assert records.damage == {"k1"}


def test_a_document_or_picture_that_was_changed_is_not_there(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with sqlite3.connect(records.folder / "records.sqlite") as db:
        db.execute("UPDATE documents SET body = '[]'")
    assert records.document("plan") is None and records.damage == {"plan"}
    path = records.folder / "figures" / "f.json"
    assert records.drawn("f")
    path.write_text(path.read_text().replace("Curves", "Curven"))
    assert records.drawn("f") is None
    path.write_text("{")
    assert records.drawn("f") is None


def test_what_an_older_harness_wrote_gets_digests(tmp_path: Path) -> None:
    filled(tmp_path).close()
    mark(tmp_path)
    with sqlite3.connect(tmp_path / "records" / "records.sqlite") as db:
        db.executescript(
            "ALTER TABLE measurements DROP COLUMN digest; ALTER TABLE measurements DROP COLUMN evidence;"
            "ALTER TABLE documents DROP COLUMN digest; PRAGMA user_version=1;"
        )
    with sqlite3.connect(tmp_path / FILE) as db:
        db.executescript(
            "ALTER TABLE marks DROP COLUMN digest; ALTER TABLE publications DROP COLUMN with_key; DROP TABLE people;"
            "PRAGMA user_version=1;"
        )
    assert len(Records(tmp_path).find(["k0", "k1", "k2"], whole=True)) == 3
    assert read_newest(tmp_path)[PLACE].points == 3 and people_of(tmp_path) == []


@pytest.mark.parametrize("change", ["UPDATE marks SET points = 4", "DELETE FROM marks WHERE id = 2"])
def test_a_mark_that_was_changed_or_lost_is_told_and_never_another_mark(tmp_path: Path, change: str) -> None:
    mark(tmp_path)
    mark(tmp_path, 5)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.executescript(f"DROP TRIGGER marks_stay; DROP TRIGGER marks_kept; {change};")
    with pytest.raises(ResultsError, match="Expected readable marks in"):
        read_newest(tmp_path)


def test_people_are_entered_once_and_a_changed_one_is_told(tmp_path: Path) -> None:
    ann, other = (Person(entry="ann", slug=slug, name="Ann") for slug in ("ann", "x"))
    enter(tmp_path, [ann])
    enter(tmp_path, [other, Person(entry="bob", slug="bob", name="Bob")])
    assert [(p.entry, p.slug) for p in people_of(tmp_path)] == [("ann", "ann"), ("bob", "bob")]
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE people SET slug = 'bob' WHERE entry = 'ann'")
    with pytest.raises(ResultsError, match="a person who was changed"):
        people_of(tmp_path)


def test_of_a_damaged_database_what_can_be_read_is_kept(tmp_path: Path) -> None:
    records = filled(tmp_path, 200)
    bodies = {m.key for m in records.find(f"k{i}" for i in range(200)).values()}
    records.close()
    path = tmp_path / "records" / "records.sqlite"
    assert not mend(tmp_path), "a sound one is left alone"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = os.urandom(8192)
    path.write_bytes(data)
    assert mend(tmp_path) and (path.parent / ASIDE).is_file()
    records = Records(tmp_path)
    found = records.find(sorted(bodies))
    assert 50 < len(found) < 200
    records.add(measurement("k1"), {}, "")
    records.close()


def test_a_source_that_was_damaged_is_kept_again(tmp_path: Path) -> None:
    keep_source(tmp_path, "ab", {"toy.py": b"1"})
    (tmp_path / "sources" / "ab.zip").write_bytes(b"?")
    keep_source(tmp_path, "ab", {"toy.py": b"1"})
    assert kept_source(tmp_path, "ab") == {"toy.py": b"1"}


def test_what_a_killed_writer_left_goes_away_and_what_is_being_written_stays(tmp_path: Path) -> None:
    old, new = tmp_path / ".a.npz.0f.tmp", tmp_path / ".b.npz.0f.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, old.stat().st_mtime - STALE_S - 1))
    sweep(tmp_path)
    assert not old.exists() and new.exists()


def test_random_bytes_that_flip_never_change_what_is_read(tmp_path: Path) -> None:
    """A few of what the long tests do with thousands."""
    filled(tmp_path / "out", 6).close()
    mark(tmp_path / "out")
    path = tmp_path / "out" / "records" / "records.sqlite"
    sound, rng = path.read_bytes(), random.Random(1)
    for _ in range(40):
        data = bytearray(sound)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        try:
            records = Records(tmp_path / "out")
            found = records.find(f"k{i}" for i in range(6))
            records.close()
        except ResultsError:
            continue
        assert all(m == measurement(k, evidence=f"{k}.npz") for k, m in found.items())
