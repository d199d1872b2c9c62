"""Sources kept for an appeal come back as they were; a damaged one is a sentence."""

import io
import zipfile
from pathlib import Path

import pytest

from harness.errors import ResultsError
from harness.records.kept_sources import MOST_BYTES, keep_source, kept_source, packed

FILES = {"toy.py": b"x = 1\n", "parts/caf\u00e9.py": b"\xff\x00", "empty.py": b""}


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    keep_source(tmp_path, "ab12", FILES)
    assert kept_source(tmp_path, "ab12") == FILES
    assert [p.name for p in (tmp_path / "sources").iterdir()] == ["ab12.zip"]


def test_what_is_not_kept_is_none(tmp_path: Path) -> None:
    assert kept_source(tmp_path, "ab12") is None


def test_a_second_time_writes_nothing(tmp_path: Path) -> None:
    keep_source(tmp_path, "ab12", FILES)
    path = tmp_path / "sources" / "ab12.zip"
    before = path.stat().st_mtime_ns, path.stat().st_ino
    keep_source(tmp_path, "ab12", FILES)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_the_same_files_make_the_same_bytes_in_any_order() -> None:
    assert packed(dict(sorted(FILES.items()))) == packed(dict(sorted(FILES.items(), reverse=True)))
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as archive:
        assert archive.namelist() == sorted(FILES)
        assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {m.compress_type for m in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.parametrize("damage", [b"", b"no zip", packed(FILES)[:-30]], ids=["empty", "text", "cut off"])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, damage: bytes) -> None:
    keep_source(tmp_path, "ab12", FILES)
    (tmp_path / "sources" / "ab12.zip").write_bytes(damage)
    with pytest.raises(ResultsError, match="readable records"):
        kept_source(tmp_path, "ab12")


def test_more_than_a_submission_may_hold_is_not_unpacked(tmp_path: Path) -> None:
    keep_source(tmp_path, "ab12", {"toy.py": bytes(MOST_BYTES + 1)})
    with pytest.raises(ResultsError, match="more than a submission"):
        kept_source(tmp_path, "ab12")


@pytest.mark.parametrize("fingerprint", ["../x", "", "a/b", "a.b"])
def test_a_fingerprint_names_a_file_and_no_path(tmp_path: Path, fingerprint: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        keep_source(tmp_path, fingerprint, FILES)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sources").write_text("a file")
    with pytest.raises(ResultsError, match="Could not write"):
        keep_source(tmp_path, "ab12", FILES)
