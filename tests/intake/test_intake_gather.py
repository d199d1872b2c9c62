"""From a class folder to submissions: nobody is overlooked, nobody stops the class, nothing is followed."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.intake.gather import gather
from harness.intake.limits import IntakeLimits
from harness.intake.submission import Submission

KNOWN = ("autoencoder", "network_training")


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def one(path: Path, limits: IntakeLimits | None = None) -> Submission:
    (found,) = gather(path, KNOWN, limits or IntakeLimits())
    return found


def test_one_submission_per_student_in_order_of_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Zoe/network_training.py": "z",
            "ann.zip": zipped({"work/network_training.py": "a", "work/data.csv": "1"}),
            "bob.py": "b",
            "README.md": "not a student",
            "marks.csv": "not a student",
            ".hidden/x.py": "h",
            ".DS_Store": "h",
            "__pycache__/bob.pyc": "h",
        },
    )
    found = gather(tmp_path, KNOWN)
    assert [s.name for s in found] == ["ann", "bob", "Zoe"]
    assert [s.slug for s in found] == ["ann", "bob", "zoe"]
    assert [dict(s.files) for s in found] == [
        {"network_training.py": b"a"},
        {"bob.py": b"b"},
        {"network_training.py": b"z"},
    ]
    assert found[0].notes == ("Ignored 1 file, not Python: work/data.csv.",)
    assert all(s.fault is None for s in found)


@pytest.mark.parametrize("wrapper", ["", "my-handout/"])
def test_of_a_handout_that_comes_back_whole_the_student_s_part_counts(tmp_path: Path, wrapper: str) -> None:
    rooms = {"work": "mine", "student_template": "as given", "tasks": "the contract"}
    files = {f"{wrapper}{room}/autoencoder.py": source for room, source in rooms.items()}
    write(tmp_path, {"ann.zip": zipped({**files, f"{wrapper}course.yaml": "name: x"})})
    (ann,) = gather(tmp_path, KNOWN)
    assert ann.files["autoencoder.py"] == b"mine" and ann.tasks(KNOWN) == ("autoencoder",)
    assert ann.notes == (f"Ignored 1 file, not Python: {wrapper}course.yaml.",)


def test_one_name_in_three_forms_gives_three_submissions(tmp_path: Path) -> None:
    write(tmp_path, {"ann/autoencoder.py": "1", "ann.py": "2", "ann.zip": zipped({"autoencoder.py": "3"})})
    found = gather(tmp_path, KNOWN)
    assert [s.name for s in found] == ["ann"] * 3
    assert len({s.slug for s in found}) == 3
    assert all("More than one submission is named ann" in s.notes[-1] for s in found)


def test_hostile_names_are_made_safe(tmp_path: Path) -> None:
    names = ["CON", "<script>alert(1)<", "ann\u202egpj", "=1+1", "王芳", "\x1b[2J"]
    write(tmp_path, {f"{name}/autoencoder.py": "x" for name in names})
    (tmp_path / os.fsdecode(b"bad\xff")).mkdir()
    found = gather(tmp_path, KNOWN)
    assert len(found) == len({s.slug for s in found}) == 7
    assert {s.name for s in found} >= {"CON", "<script>alert(1)<", "anngpj", "王芳", "[2J", "bad"}
    for submission in found:
        assert set(submission.slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert submission.slug not in {"", "con"}


@pytest.mark.parametrize("form", ["folder", "wrapped", "file", "zip"])
def test_a_single_submission(tmp_path: Path, form: str) -> None:
    source = {"autoencoder.py": "x"}
    paths = {
        "folder": lambda: write(tmp_path / "ann", source),
        "wrapped": lambda: write(tmp_path / "class", {"ann/deep/er/autoencoder.py": "x"}),
        "file": lambda: write(tmp_path, source) / "autoencoder.py",
        "zip": lambda: write(tmp_path, {"ann.zip": zipped(source)}) / "ann.zip",
    }
    found = one(paths[form]())
    assert found.files == {"autoencoder.py": b"x"}
    assert found.name == ("autoencoder" if form == "file" else "ann")


def test_without_known_tasks_the_files_of_a_folder_are_students(tmp_path: Path) -> None:
    write(tmp_path, {"autoencoder.py": "x", "bob.py": "y"})
    assert [s.name for s in gather(tmp_path)] == ["autoencoder", "bob"]
    assert [s.name for s in gather(tmp_path, KNOWN)] == [tmp_path.name]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"ann/notes.txt": "x"}, "holds no Python file"),
        ({"ann.zip": b"not a zip"}, "damaged or not a zip"),
        ({"ann.rar": b"Rar!"}, "ann.rar is not read"),
        ({"ann.ipynb": b"{}"}, "ann.ipynb is not a notebook"),
        ({"ann/big.py": b"#" * 200_001}, "big.py is larger than 200 kB"),
        ({f"ann/{i}.txt": b"" for i in range(501)}, "more than 500 files"),
        ({f"ann/{i}.py": b"" for i in range(101)}, "more Python code"),
    ],
)
def test_what_cannot_be_used_is_a_fault_and_the_class_goes_on(
    tmp_path: Path, files: dict[str, bytes], said: str
) -> None:
    write(tmp_path, {**files, "bob.py": "x"})
    ann, bob = gather(tmp_path, KNOWN)
    assert ann.name == "ann"
    assert ann.fault is not None
    assert (ann.fault.owner, ann.fault.kind) == ("student", "intake")
    assert said in ann.fault.message
    assert ann.files == {}
    assert bob.fault is None


def test_an_empty_folder_of_a_student_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    fault = one(tmp_path).fault
    assert fault is not None
    assert "no Python file" in fault.message


def test_links_and_pipes_are_neither_followed_nor_opened(tmp_path: Path) -> None:
    """A pipe would block the class for ever, a link would hand a student another student's files."""
    secret = write(tmp_path / "secret", {"solution.py": "answer"})
    ann = write(tmp_path / "class" / "ann", {"autoencoder.py": "x"})
    (ann / "link.py").symlink_to(secret / "solution.py")
    (ann / "folder").symlink_to(secret)
    (ann / "loop").symlink_to(ann)
    os.mkfifo(ann / "pipe.py")
    found = one(tmp_path / "class")
    assert found.files == {"autoencoder.py": b"x"}
    assert found.notes == ("Did not follow 4 files, a link or special file: folder, loop, link.py and 1 more.",)


def test_a_pipe_in_place_of_a_submission_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ann.zip")
    fault = one(tmp_path).fault
    assert fault is not None
    assert "not a plain file" in fault.message


def test_a_submission_that_is_a_link_is_told(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret", {"solution.py": "answer"})
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann").symlink_to(secret)
    found = one(tmp_path / "class")
    assert found.files == {}
    assert found.fault is not None
    assert "is a link" in found.fault.message


def test_a_very_deep_folder_is_not_walked(tmp_path: Path) -> None:
    deep = tmp_path / "ann" / "/".join("d" * 150)
    write(deep, {"hidden.py": "x"})
    write(tmp_path / "ann", {"autoencoder.py": "x"})
    found = one(tmp_path)
    assert found.files == {"autoencoder.py": b"x"}
    assert "too long" in found.notes[0]


def test_a_zip_alone_in_a_students_folder_is_opened(tmp_path: Path) -> None:
    """Learning platforms download one folder per student with the uploaded zip in it."""
    write(tmp_path, {"Ann Lee_123/work.zip": zipped({"w/autoencoder.py": "x"}), "Ann Lee_123/text.html": ""})
    found = one(tmp_path)
    assert (found.name, found.files) == ("Ann Lee_123", {"autoencoder.py": b"x"})
    assert found.notes == ("Read from work.zip.",)


def test_a_broken_file_stays_and_does_not_spoil_the_rest(tmp_path: Path) -> None:
    write(tmp_path, {"ann/autoencoder.py": "def f(", "ann/network_training.py": "x = 1"})
    found = one(tmp_path)
    assert found.fault is None
    assert found.tasks(KNOWN) == KNOWN
    assert found.syntax_fault("autoencoder", KNOWN) is not None
    assert found.syntax_fault("network_training", KNOWN) is None


@pytest.mark.parametrize(
    ("file", "meant"),
    [("auto_encoder.py", "autoencoder.py"), ("network_trainings.py", "network_training.py"), ("tools.py", "")],
)
def test_a_nearly_right_name_is_told(tmp_path: Path, file: str, meant: str) -> None:
    write(tmp_path, {f"ann/{file}": "x", "ann/more.py": "y"})
    notes = one(tmp_path).notes
    assert notes == ((f"{file} is not named after a task. Did you mean {meant}?",) if meant else ())


def test_an_entry_file_in_a_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"ann/one/autoencoder.py": "x", "ann/two/network_training.py": "y"})
    found = one(tmp_path)
    assert found.tasks(KNOWN) == ()
    assert [note.split()[0] for note in found.notes] == ["one/autoencoder.py", "two/network_training.py"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("submisions", "Did you mean 'submissions'?"),
        ("nothing-like-it", "There is no file or folder"),
        ("no/such/folder", "There is no file or folder"),
        ("marks.csv", "received the file 'marks.csv'"),
        ("empty", "holds no submission"),
        ("only-text", "holds no submission"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_a_wrong_path_is_a_usage_error_with_a_way_out(tmp_path: Path, ask: str, said: str) -> None:
    write(tmp_path, {"submissions/ann.py": "x", "marks.csv": "", "only-text/a.txt": ""})
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError) as caught:
        gather(tmp_path / ask, KNOWN)
    assert said in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_an_unreadable_file_costs_the_student_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"ann/autoencoder.py": "x"})
    (tmp_path / "ann" / "autoencoder.py").chmod(0)
    fault = one(tmp_path).fault
    assert fault is not None
    assert fault.owner == "harness"
