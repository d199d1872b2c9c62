"""A file that a user asks for is there whole or not at all, and nothing else changes: not its mode, links or folder."""

import os
import threading
from pathlib import Path

import pytest
from full import room_for

from harness.errors import ResultsError
from harness.files import atomic, out_file, write_out

LONG = ("a" * 251 + ".csv", "a" + "é" * 125 + ".csv")  # bytes: as long as names may be


def test_on_a_full_disk_the_file_before_stays(tmp_path: Path) -> None:
    (tmp_path / "marks.csv").write_bytes(b"before")
    with (
        room_for(5_000),
        pytest.raises(ResultsError, match=r"^Expected to write .*marks\.csv, received File too large"),
    ):
        write_out(tmp_path / "marks.csv", b"x" * 9_000)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"marks.csv": b"before"}


def test_after_ctrl_c_there_is_no_half_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), out_file(tmp_path / "marks.csv") as file:
        file.write(b"half")
        file.flush()
        raise KeyboardInterrupt
    assert not [*tmp_path.iterdir()]


def test_a_link_stays_one_and_the_mode_is_kept(tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "marks.csv"
    shared.parent.mkdir()
    shared.write_bytes(b"before")
    shared.chmod(0o600)
    (tmp_path / "marks.csv").symlink_to(shared)
    write_out(tmp_path / "marks.csv", b"after")
    assert (tmp_path / "marks.csv").is_symlink()
    assert shared.read_bytes() == b"after" and shared.stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    """As a shell makes one for `--out >(less)`; and whoever is root would replace /dev/null for everybody."""
    pipe, read = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_out(pipe, b"marks")
    reader.join()
    assert read == [b"marks"] and pipe.is_fifo()


@pytest.mark.parametrize("name", LONG, ids=["letters", "of two bytes"])
def test_a_name_may_be_as_long_as_names_are(tmp_path: Path, name: str) -> None:
    write_out(tmp_path / name, b"marks")
    with atomic(tmp_path / name) as file:
        file.write(b"again")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: b"again"}


@pytest.mark.parametrize("place", ["file/marks.csv", "folder", "b" * 300])
def test_a_place_where_no_file_can_be_is_one_sentence(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(ResultsError, match=r"^Expected to write .*; check the folder and try again\.$"):
        write_out(tmp_path / place, b"marks")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
