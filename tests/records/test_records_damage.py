"""A crash, a full disk or a damaged file costs the measurement in hand at most, and is told in one sentence."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from records.made import measurement

from harness.errors import ResultsError
from harness.records import store
from harness.records.files import reading, writing
from harness.records.store import SCHEMA_VERSION, Records

TESTS = Path(__file__).resolve().parents[1]
BIG = {"a": np.random.default_rng(0).random(5_000)}


def filled(folder: Path, count: int = 3) -> Records:
    """Return records of measurements k0, k1, ... with arrays."""
    records = Records(folder)
    for i in range(count):
        records.add(measurement(f"k{i}"), {"a": np.full(4, i)}, "log")
    return records


def assert_readable(folder: Path, count: int = 3) -> None:
    """Check that a new process would find k0, k1, ... and their arrays, and that the file is sound."""
    records = Records(folder, create=False)
    found = records.find(f"k{i}" for i in range(count))
    assert len(found) == count
    assert all(records.evidence(m)["a"][0] == int(m.key[1:]) for m in found.values())
    with sqlite3.connect(records.folder / "records.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    records.close()


def test_a_folder_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    filled(tmp_path).close()
    with sqlite3.connect(tmp_path / "records" / "records.sqlite") as db:
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(ResultsError, match=r"version 2 or older .* received version 3; use the newer harness"):
        Records(tmp_path)
    with sqlite3.connect(tmp_path / "records" / "records.sqlite") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
        assert db.execute("SELECT count(*) FROM measurements").fetchone() == (3,)


@pytest.mark.parametrize("data", [b"not a database at all" * 200, b"SQLite format 3\0" + b"\xff" * 4_000, b"\0" * 64])
def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "records.sqlite").write_bytes(data)
    with pytest.raises(
        ResultsError, match=r"Expected readable records in .*; put a copy back, or move records.sqlite away"
    ):
        Records(tmp_path)


def damage_pages(folder: Path) -> None:
    """Overwrite all but the first page of a database, as a bad disk does."""
    path = folder / "records" / "records.sqlite"
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def test_damage_found_while_reading_is_named_and_writing_is_one_sentence(tmp_path: Path) -> None:
    filled(tmp_path).close()
    damage_pages(tmp_path)
    records = Records(tmp_path)
    assert records.find(["k0"]) == {}
    assert records.damage == {"k0"}
    with pytest.raises(ResultsError, match="Expected readable records in"):
        records.add(measurement("k9"), {}, "")


def test_a_damaged_file_of_arrays_is_one_sentence(tmp_path: Path) -> None:
    records = filled(tmp_path)
    path = records.folder / "evidence" / "k1.npz"
    path.write_bytes(b"junk")
    with pytest.raises(ResultsError):
        records.evidence(records.find(["k1"])["k1"])


@pytest.mark.parametrize("place", ["out", "out/below"])
def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ResultsError):
        Records(tmp_path / place)


ADD_FOREVER = """
import sys
from pathlib import Path
import numpy as np
from records.made import measurement
from harness.records.store import Records
records = Records(Path(sys.argv[1]))
for i in range(100_000):
    records.add(measurement(f"k{i}"), {"a": np.full(4, i)}, "log")
    print(i, flush=True)
"""


@pytest.mark.parametrize("reported", [1, 7, 60])
def test_a_killed_process_leaves_all_it_had_reported(tmp_path: Path, reported: int) -> None:
    command = [sys.executable, "-c", ADD_FOREVER, str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout
        for _ in range(reported):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        reported += len(process.stdout.read().splitlines())  # what it said before the signal reached it
    assert_readable(tmp_path, reported)
    Records(tmp_path).add(measurement("after"), {}, "")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_more_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    records = filled(tmp_path)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(store.np, "savez_compressed", full)
    others = {
        errno.EACCES: "ask whoever graded it to let the group write",
        errno.EROFS: "check the path or name another",
    }
    advice = others.get(code, "make room")
    with pytest.raises(ResultsError, match=rf"Could not write to .*{os.strerror(code)}.*is kept, {advice}"):
        records.add(measurement("k3"), BIG, "log")
    assert records.find(["k3"]) == {}
    assert [p.name for p in (records.folder / "evidence").iterdir() if not p.name.startswith("k")] == []
    assert_readable(tmp_path)


def test_a_failed_replacement_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = filled(tmp_path)

    def half(file: object, **kwargs: object) -> None:
        assert hasattr(file, "write")
        file.write(b"half")
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(store.np, "savez_compressed", half)
    with pytest.raises(ResultsError):
        records.add(measurement("k1"), BIG, "")
    assert_readable(tmp_path)


def test_a_database_that_cannot_grow_is_one_sentence(tmp_path: Path) -> None:
    records = filled(tmp_path)
    (pages,) = records._db.execute("PRAGMA page_count").fetchone()
    records._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(ResultsError, match=r"Could not write to .*full"):
        for i in range(100):
            records.put_document(f"d{i}", "x" * 10_000)
    assert_readable(tmp_path)


def test_an_error_that_is_a_bug_is_not_dressed_up(tmp_path: Path) -> None:
    records = filled(tmp_path)
    with pytest.raises(UnicodeEncodeError):
        records.add(measurement("k3"), {}, "\ud800")
    assert records.find(["k3"]) == {}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    records, count = filled(small_disk), 3
    with pytest.raises(ResultsError, match=r"Could not write to .*make room and run the same command again"):
        while count < 1_000:
            records.add(measurement(f"k{count}"), {"a": np.full(4, count), **{"b": BIG["a"]}}, "log")
            count += 1
    assert 3 < count < 100
    found = records.find(f"k{i}" for i in range(1_000))
    assert len(found) == count
    assert all(records.evidence(m)["a"][0] == int(m.key[1:]) for m in found.values())
    for path in (records.folder / "evidence").iterdir():
        path.unlink()  # room is made
    records.close()
    again = Records(small_disk)
    assert len(again.find(f"k{i}" for i in range(1_000))) == count
    again.close()


@pytest.mark.parametrize("words", ["disk I/O error", "database or disk is full", "unable to open database file"])
def test_nobody_is_told_to_move_sound_records_away_where_the_disk_is_full(tmp_path: Path, words: str) -> None:
    with pytest.raises(ResultsError) as told, reading(tmp_path):
        raise sqlite3.OperationalError(words)
    assert "what was measured so far is kept, make room" in str(told.value) and "move records" not in str(told.value)


def test_records_on_a_disk_that_is_full_already_are_told_from_damaged_ones(small_disk: Path) -> None:
    filled(small_disk).close()
    with suppress(OSError), (small_disk / "fill").open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    with pytest.raises(ResultsError, match="make room and run the same command again"):
        Records(small_disk)
    (small_disk / "fill").unlink()
    assert_readable(small_disk)


def test_numpys_words_for_a_short_write_are_a_full_disk(tmp_path: Path) -> None:
    """`numpy.ndarray.tofile` raises an OSError without a number when the disk is full."""
    with pytest.raises(ResultsError, match="No space left on device"), writing(tmp_path):
        raise OSError("784000 requested and 768992 written")
