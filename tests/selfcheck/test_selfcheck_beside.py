"""Whether a check is sure to run anything is told from when files were saved."""

import os
from pathlib import Path

import pytest

from harness.selfcheck.beside import results_beside, saved_since_checked

NOW = 1_800_000_000


@pytest.fixture
def work(tmp_path: Path) -> Path:
    file = tmp_path / "toy.py"
    file.write_text("")
    os.utime(file, (NOW, NOW))
    return file


def checked(work: Path, at: float) -> None:
    records = results_beside(work) / "quick" / "records" / "records.sqlite-wal"
    records.parent.mkdir(parents=True)
    records.write_text("")
    os.utime(records, (at, at))


@pytest.mark.parametrize("at_folder", [True, False])
def test_work_that_was_never_checked_is_new(work: Path, at_folder: bool) -> None:
    assert saved_since_checked(work.parent if at_folder else work)


@pytest.mark.parametrize(("later", "new"), [(1, False), (-1, True)])
def test_what_was_saved_after_the_last_check_is_new(work: Path, later: int, new: bool) -> None:
    checked(work, NOW + later)
    assert saved_since_checked(work) is new


def test_of_what_is_missing_or_cannot_be_read_nothing_is_known(work: Path) -> None:
    assert not saved_since_checked(work.parent / "nowhere")
    (work.parent / "gone.py").symlink_to("nowhere.py")
    assert not saved_since_checked(work)
