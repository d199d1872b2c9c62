"""New files are written all or none: whoever starts something on a full disk finds nothing half done there."""

from pathlib import Path

import pytest
from full import room_for

from harness.errors import ResultsError
from harness.files import write_new


def below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def test_on_a_full_disk_no_file_and_no_folder_is_left(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    files = {tmp_path / "a" / "b" / "small": b"x", tmp_path / "there" / "small": b"x", tmp_path / "large": b"x" * 9_000}
    with (
        room_for(5_000),
        pytest.raises(ResultsError, match=r"large \(File too large\); nothing was written, so make room"),
    ):
        write_new(files)
    assert below(tmp_path) == {"there": b""}
    write_new(files)
    assert all(path.read_bytes() == content for path, content in files.items())


def test_a_file_that_is_there_stays_and_takes_the_others_along(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    with pytest.raises(ResultsError, match=r"mine \(File exists\); nothing was written, so move it away first\."):
        write_new({tmp_path / "new" / "a": b"x", tmp_path / "mine": b"x"})
    assert below(tmp_path) == {"mine": b"mine"}


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(ResultsError, match=r"Not a directory\); nothing was written"):
        write_new({tmp_path / "file" / "a": b"x"})
    assert below(tmp_path) == {"file": b"mine"}
