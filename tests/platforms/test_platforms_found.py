"""Every dialect is told from the others, however it is wrapped, and says the same of everybody."""

from pathlib import Path

import pytest
from platforms.made import CODE, DIALECTS, MOODLE, WAYS, as_folder, as_zip

from harness.errors import UsageError
from harness.intake.gather import gathered
from harness.intake.reading import Asked
from harness.intake.submission import Submission
from harness.platforms.found import Download, find_download
from harness.platforms.platform import Wanted
from harness.platforms.reading import entries

TASKS = ("autoencoder", "network_training")
WANTED = Wanted(TASKS)


def download(path: Path, wanted: Wanted = WANTED, named: str = "") -> Download:
    found = find_download(path, wanted, named)
    assert found is not None
    return found


def submissions(found: Download) -> list[Submission]:
    return gathered(entries(found), Asked(TASKS))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_recognised_however_it_is_wrapped(dialect: str, way: str, tmp_path: Path) -> None:
    path = WAYS[way](tmp_path, DIALECTS[dialect])
    found = download(path)
    assert found.export.platform == dialect.partition(",")[0]
    assert found.export.not_understood == ()
    plain = download(as_folder(tmp_path / "plain", DIALECTS[dialect]))
    assert [(d.key, d.owners, d.group, d.handed_in, d.local_time, d.late) for d in found.export.deliveries] == [
        (d.key, d.owners, d.group, d.handed_in, d.local_time, d.late) for d in plain.export.deliveries
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_everybody_with_work_has_it_read(dialect: str, tmp_path: Path) -> None:
    """One file, several files, a zip, another case of the task's name: the same code comes of each."""
    found = [s for s in submissions(download(as_zip(tmp_path, DIALECTS[dialect]))) if s.name != "poeann"]
    assert len(found) >= 2
    for submission in found:
        assert submission.fault is None, submission
        assert submission.files["autoencoder.py"] == CODE, submission.notes


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_another_platform_it_is_refused_in_one_sentence(dialect: str, tmp_path: Path) -> None:
    other = "moodle" if dialect.startswith("canvas") else "canvas"
    with pytest.raises(UsageError, match=f"Expected a download of {other.title()}"):
        find_download(as_zip(tmp_path, DIALECTS[dialect]), WANTED, other)


def test_an_unknown_platform_is_refused_with_a_close_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'moodle'"):
        find_download(as_zip(tmp_path, MOODLE), WANTED, "mooodle")


def test_what_looks_like_two_platforms_is_not_guessed(tmp_path: Path) -> None:
    path = as_zip(tmp_path, {**MOODLE, "submission_metadata.yml": b"{}"})
    with pytest.raises(UsageError, match=r"Moodle or Gradescope; say which with --platform \(moodle, gradescope\)"):
        find_download(path, WANTED)


@pytest.mark.parametrize(
    "files",
    [
        {"jane/autoencoder.py": CODE, "max/autoencoder.py": CODE},
        {"autoencoder.py": CODE, "helper.py": CODE},
        {"jane_doe.py": CODE, "max_roe.py": CODE},
        {"jane/autoencoder.py": CODE, "jane/.git/HEAD": b"", "max/autoencoder.py": CODE},
        {"autoencoder-jane/autoencoder.py": CODE, "autoencoder-max/autoencoder.py": CODE},
        {"submission_1/autoencoder.py": CODE},
    ],
)
def test_a_class_as_it_always_was_is_no_download(files: dict[str, bytes], tmp_path: Path) -> None:
    assert find_download(as_folder(tmp_path, files), WANTED) is None
    assert find_download(as_zip(tmp_path, files), WANTED) is None


def test_a_folder_of_submissions_can_be_asked_for(tmp_path: Path) -> None:
    assert find_download(as_folder(tmp_path, DIALECTS["canvas"]), WANTED, "none") is None


def test_what_somebody_put_beside_an_unpacked_download_is_submissions_too(tmp_path: Path) -> None:
    more = {"ben.py": CODE, "zoe/autoencoder.py": CODE, "zoe/notes.txt": b"", "README.md": b"", "class.yaml": b""}
    found = download(as_folder(tmp_path, {**MOODLE, **more}))
    assert {p.name for p in found.beside} == {"ben.py", "zoe"}
    assert [x.name for x in found.export.not_understood] == ["README.md"]
    names = [s.name for s in submissions(found)]
    assert names == ["ben", "Jane-Ann Doe", "Max Roe", "zoe", "Çağla Ünal"]
    zipped_up = download(as_zip(tmp_path, {**MOODLE, **more}))
    assert (zipped_up.beside, len(zipped_up.export.deliveries)) == ((), 3)


def test_a_file_that_is_no_zip_is_left_to_who_reads_one_submission(tmp_path: Path) -> None:
    path = tmp_path / "jane.zip"
    path.write_bytes(b"no zip")
    assert find_download(path, WANTED) is None
    with pytest.raises(UsageError, match="damaged or no zip"):
        find_download(path, WANTED, "canvas")
