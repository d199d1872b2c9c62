"""A download in which some of it is hostile or damaged: the rest is read, and what is not says why."""

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from platforms.made import CODE, MOODLE, as_folder, as_zip, zipped

from harness.errors import UsageError
from harness.intake.gather import gathered
from harness.intake.reading import Asked
from harness.intake.submission import Submission
from harness.platforms import zipped as zips
from harness.platforms.found import Download, find_download
from harness.platforms.platform import Wanted
from harness.platforms.reading import delivered_reports, entries

TASKS = ("autoencoder",)
JANE = "Jane_1_assignsubmission_file"
MAX = "Max_2_assignsubmission_file/autoencoder.py"


def found_in(path: Path) -> Download:
    found = find_download(path, Wanted(TASKS))
    assert found is not None
    return found


def graded(path: Path) -> dict[str, Submission]:
    return {s.name: s for s in gathered(entries(found_in(path)), Asked(TASKS))}


def with_member(folder: Path, member: zipfile.ZipInfo | str, data: bytes = CODE) -> Path:
    path = folder / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Zoe_3_assignsubmission_file/autoencoder.py", CODE)
        archive.writestr(MAX, CODE)
        archive.writestr(member, data)
    return path


def link() -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(f"{JANE}/autoencoder.py")
    made.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (f"{JANE}/../../autoencoder.py", "leads out of its folder"),
        (f"/{JANE}/autoencoder.py", "absolute path"),
        (f"{JANE}\\autoencoder.py", "backslash"),
        (link(), "a link or device"),
        (MAX, "twice"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_not_to_be_opened_is_told(member: zipfile.ZipInfo | str, why: str, tmp_path: Path) -> None:
    found = found_in(with_member(tmp_path, member))
    assert [why in x.why for x in found.export.not_understood] == [True]
    assert "Jane" not in [d.name for d in found.export.deliveries]


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    path = with_member(tmp_path, f"{JANE}/autoencoder.py")
    raw = bytearray(path.read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    found = found_in(path)
    assert ["encrypted" in x.why for x in found.export.not_understood] == [True]
    assert [d.name for d in found.export.deliveries] == ["Max", "Zoe"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("autoencoder.py", b"#" * 50_000_000, "larger than 200 kB"),
        ("work.zip", zipped({"autoencoder.py": b"#" * 50_000_000}), "unpacks to more than"),
        ("work.zip", zipped({"../autoencoder.py": CODE}), "leads out of its folder"),
        ("work.zip", b"PK no zip", "damaged or not a zip"),
        ("work.zip", zipped({"a.zip": zipped({"b.zip": zipped({"autoencoder.py": CODE})})}), "holds no Python file"),
        ("work.zip", zipped({f"{i}.py": b"" for i in range(600)}), "more than 500 files"),
        ("work.rar", b"Rar!", "holds no Python file"),
    ],
)
def test_hostile_work_is_the_fault_of_who_handed_it_in_alone(name: str, data: bytes, why: str, tmp_path: Path) -> None:
    found = graded(with_member(tmp_path, f"{JANE}/{name}", data))
    fault = found["Jane"].fault
    assert fault is not None
    assert (fault.owner, why in fault.message) == ("student", True)
    assert found["Max"].fault is None


def test_a_zip_in_a_students_zip_is_opened(tmp_path: Path) -> None:
    data = zipped({"again.zip": zipped({"autoencoder.py": CODE}), "__MACOSX/._again.zip": b""})
    found = graded(with_member(tmp_path, f"{JANE}/work.zip", data))["Jane"]
    assert found.files["autoencoder.py"] == CODE
    assert {"Read from work.zip.", "Read from again.zip inside it."} <= {*found.notes}


def test_work_that_is_damaged_in_the_download_is_not_the_students_fault(tmp_path: Path) -> None:
    path = with_member(tmp_path, f"{JANE}/autoencoder.py", CODE)
    raw, name = bytearray(path.read_bytes()), f"{JANE}/autoencoder.py".encode()
    start = raw.find(name) + len(name)  # of the packed code, in the entry that stands before it
    raw[start : start + 12] = b"\xff" * 12
    path.write_bytes(raw)
    fault = graded(path)["Jane"].fault
    assert fault is not None
    assert fault.owner == "harness"
    assert "damaged in the download" in fault.message


def test_gradescope_metadata_that_is_damaged_is_one_sentence(tmp_path: Path) -> None:
    path = as_zip(tmp_path, {"submission_metadata.yml": b"a: " + b"x" * 500, "submission_1/autoencoder.py": CODE})
    raw = bytearray(path.read_bytes())
    start = raw.find(b"submission_metadata.yml") + len(b"submission_metadata.yml")
    raw[start : start + 8] = b"\xff" * 8
    path.write_bytes(raw)
    for named in ("", "gradescope"):
        with pytest.raises(UsageError, match="received: a file that is damaged"):
            find_download(path, Wanted(TASKS), named)


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = as_folder(tmp_path, MOODLE)

    def walk(top: Path, onerror: Callable[[OSError], None]) -> Iterator[tuple[str, list[str], list[str]]]:
        error = PermissionError(13, "Permission denied")
        error.filename = str(top / "Max Roe_8880002_assignsubmission_file")
        onerror(error)
        yield from (
            (str(p), [], [f.name for f in p.iterdir() if f.is_file()]) for p in top.iterdir() if "Max" not in p.name
        )

    monkeypatch.setattr(os, "walk", walk)
    found = found_in(folder)
    assert [x.name for x in found.export.not_understood] == ["Max Roe_8880002_assignsubmission_file"]


def test_names_are_cleaned_and_still_two_people(tmp_path: Path) -> None:
    files = {f"Ev\x1b[31me\u202e_{n}_assignsubmission_file/autoencoder.py": CODE for n in (1, 2)}
    files |= {"<img src=x>_3_assignsubmission_file/autoencoder.py": CODE}
    found = gathered(entries(found_in(as_zip(tmp_path, files))), Asked(TASKS))
    assert [s.name for s in found] == ["<img src=x>", "Ev[31me", "Ev[31me"]
    assert len({s.slug for s in found}) == 3


def test_names_in_utf_8_without_the_flag_are_read_as_such(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("XX_3_assignsubmission_file/autoencoder.py", CODE)
    path = tmp_path / "download.zip"
    path.write_bytes(buffer.getvalue().replace(b"XX_3", "Ü_3".encode()))
    assert [*graded(path)] == ["Ü"]


def test_a_directory_without_end_is_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_zip(tmp_path, MOODLE)
    monkeypatch.setattr(zips, "MOST_SIGNATURES", 3)
    assert find_download(path, Wanted(TASKS)) is None
    with pytest.raises(UsageError, match="more than 200,000 files"):
        find_download(path, Wanted(TASKS), "moodle")


def test_what_is_written_beside_the_code_is_kept_for_people(tmp_path: Path) -> None:
    work = zipped({"report.md": b"# Why", "../evil.md": b"x", "autoencoder.py": CODE})
    found = found_in(with_member(tmp_path, f"{JANE}/work.zip", work))
    jane = next(d for d in found.export.deliveries if d.name == "Jane")
    assert delivered_reports(jane, found.source)["report.md"] == b"# Why"
