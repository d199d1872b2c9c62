"""Which notebook of a submission counts: alone, in a folder or a zip, beside modules, beside a file of its task."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from intake.notebooks import TEXT, cells, executed, notebook

from harness.intake.gather import gather
from harness.intake.limits import IntakeLimits
from harness.intake.submission import Submission

KNOWN = ("autoencoder", "network_training")
BUILDER = "def build_model():\n    return 1"
WORK = notebook(TEXT, "print('x')", BUILDER)
IMPORTING = notebook("from blocks import block\ndef build_model():\n    return block()")
OTHER = notebook("print('only a look at the data')")
BROKEN = notebook("x = 1", "if x\n    y")
PY = b"def build_model(): pass\n"


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def one(path: Path, limits: IntakeLimits | None = None) -> Submission:
    (found,) = gather(path, KNOWN, limits or IntakeLimits())
    return found


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# What is handed in, the files that come of it, and a part of the notes.
HANDED_IN = {
    "named after its task": ({"autoencoder.ipynb": WORK}, {"autoencoder.py"}, "Taken from autoencoder.ipynb"),
    "alone, of any name": ({"My work (2).ipynb": WORK}, {"My work (2).py"}, "Taken from My work (2).ipynb"),
    "upper case": ({"autoencoder.IPYNB": WORK}, {"autoencoder.py"}, "Taken from autoencoder.IPYNB"),
    "in a folder of its own": ({"work/autoencoder.ipynb": WORK}, {"autoencoder.py"}, "Taken from autoencoder.ipynb"),
    "two tasks": (
        {"autoencoder.ipynb": WORK, "network_training.ipynb": IMPORTING, "blocks.py": PY},
        {"autoencoder.py", "network_training.py", "blocks.py"},
        "Taken from network_training.ipynb",
    ),
    "a task in each form": (
        {"autoencoder.ipynb": WORK, "network_training.py": PY},
        {"autoencoder.py", "network_training.py"},
        "Taken from autoencoder.ipynb",
    ),
    "both forms of a task": (
        {"autoencoder.ipynb": WORK, "autoencoder.py": PY},
        {"autoencoder.py"},
        "autoencoder.py counts and autoencoder.ipynb was not read: both were handed in.",
    ),
    "with modules": ({"work.ipynb": IMPORTING, "blocks.py": PY}, {"work.py", "blocks.py"}, "Taken from work.ipynb"),
    "with a package": (
        {"ann/work.ipynb": WORK, "ann/parts/a.py": PY},
        {"work.py", "parts/a.py"},
        "Taken from work.ipynb",
    ),
    "a file, and a notebook without functions": (
        {"report.ipynb": OTHER, "src/work.py": PY},
        {"work.py"},
        "Ignored report.ipynb, a notebook that is not named after a task.",
    ),
    "a file, and a notebook that does not import it": (
        {"look.ipynb": WORK, "work.py": PY},
        {"work.py"},
        "Ignored look.ipynb, a notebook that is not named after a task.",
    ),
    "a task's file below a notebook": ({"look.ipynb": WORK, "src/autoencoder.py": PY}, {"autoencoder.py"}, "Ignored"),
    "a task's file and a broken notebook": ({"look.ipynb": b"{", "autoencoder.py": PY}, {"autoencoder.py"}, "Ignored"),
    "a notebook that uses a task's file": (
        {"look.ipynb": notebook("from autoencoder import build_model"), "autoencoder.py": PY},
        {"autoencoder.py"},
        "Ignored look.ipynb",
    ),
    "copies by Jupyter": (
        {"autoencoder.ipynb": WORK, ".ipynb_checkpoints/autoencoder-checkpoint.ipynb": OTHER},
        {"autoencoder.py"},
        "Taken from autoencoder.ipynb",
    ),
    "nearly named": ({"auto-encoder.ipynb": WORK}, {"auto-encoder.py"}, "Did you mean autoencoder.ipynb?"),
}


@pytest.mark.parametrize("form", ["folder", "zip", "zip in a folder"])
@pytest.mark.parametrize("case", HANDED_IN)
def test_which_notebook_counts(tmp_path: Path, case: str, form: str) -> None:
    files, wanted, note = HANDED_IN[case]
    if form == "folder":
        write(tmp_path / "class" / "ann", files)
    else:
        name = "class/ann.zip" if form == "zip" else "class/ann/work.zip"
        write(tmp_path, {name: packed(files)})
    found = one(tmp_path / "class")
    assert found.fault is None
    assert set(found.files) == wanted
    assert note in " ".join(found.notes)
    read = {path for path, origin in found.origins.items() if not origin.problem}
    assert all((found.files[path] != PY) is (path in read) for path in found.files)


@pytest.mark.parametrize(
    "files", [{"one.ipynb": WORK, "two.ipynb": WORK}, {"a/b.txt": b"x", "one.ipynb": OTHER}, {"lib/x.ipynb": OTHER}]
)
def test_where_no_notebook_can_be_meant_it_is_told(tmp_path: Path, files: dict[str, bytes]) -> None:
    write(tmp_path / "ann", files)
    fault = one(tmp_path).fault
    assert fault is not None
    assert "no notebook (.ipynb) with functions" in fault.message


def test_a_file_of_the_class_folder_is_a_student(tmp_path: Path) -> None:
    write(tmp_path, {"leeann_12_34_work.ipynb": WORK, "bob.ipynb": b"{", "cem.py": PY})
    bob, cem, ann = gather(tmp_path, KNOWN)
    assert [s.name for s in (bob, cem, ann)] == ["bob", "cem", "leeann_12_34_work"]
    assert bob.fault is not None
    assert bob.fault.message.startswith("bob.ipynb is not a notebook")
    assert ann.as_task("autoencoder", KNOWN).tasks(KNOWN) == ("autoencoder",)


@pytest.mark.parametrize("name", ["autoencoder.ipynb", "x.ipynb", "\x1b[2J.ipynb"])
def test_a_notebook_may_be_pointed_at(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: WORK})
    found = one(tmp_path / name)
    assert found.fault is None
    assert "\x1b" not in "".join((found.name, *found.files, *found.notes))
    assert b"def build_model" in found.as_task("autoencoder", KNOWN).files["autoencoder.py"]


def test_a_folder_with_a_tasks_notebook_is_one_submission(tmp_path: Path) -> None:
    write(tmp_path, {"autoencoder.ipynb": IMPORTING, "blocks.py": PY})
    assert one(tmp_path).tasks(KNOWN) == ("autoencoder",)


def test_a_notebook_of_any_name_is_read_as_the_task_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "ann", {"work.ipynb": IMPORTING, "blocks.py": PY})
    found = one(tmp_path).as_task("autoencoder", KNOWN)
    assert set(found.files) == {"autoencoder.py", "blocks.py"}
    assert found.notes[-1] == "Read work.ipynb as autoencoder.py."
    assert found.syntax_fault("autoencoder", KNOWN) is None


def test_only_what_is_taken_counts_for_the_fingerprint(tmp_path: Path) -> None:
    """A notebook that was run again, or a word more in its text, must not train a class anew."""
    changed = {
        "as it was": WORK,
        "run again": executed(WORK),
        "other text": notebook(TEXT + " and more", "print('y')\nfit(3)", BUILDER),
        "another builder": notebook(TEXT, "print('x')", BUILDER.replace("1", "2")),
    }
    for name, raw in changed.items():
        write(tmp_path / name, {"autoencoder.ipynb": raw})
    hashes = {s.name: s.source_hash("autoencoder", KNOWN) for s in gather(tmp_path, KNOWN)}
    assert hashes["as it was"] == hashes["run again"] == hashes["other text"] != hashes["another builder"]


def test_a_broken_cell_stops_its_task_and_no_other(tmp_path: Path) -> None:
    write(tmp_path / "ann", {"autoencoder.ipynb": BROKEN, "network_training.py": PY})
    found = one(tmp_path)
    assert (found.fault, found.tasks(KNOWN)) == (None, KNOWN)
    fault = found.syntax_fault("autoencoder", KNOWN)
    assert fault is not None
    assert (fault.owner, fault.kind, fault.message) == (
        "student",
        "import",
        "autoencoder.ipynb cell 2 line 1 is not valid Python: expected ':'. Correct the line and hand in again.",
    )
    assert found.syntax_fault("network_training", KNOWN) is None


def test_a_broken_module_that_a_notebook_imports_is_told(tmp_path: Path) -> None:
    write(tmp_path / "ann", {"autoencoder.ipynb": IMPORTING, "blocks.py": b"def f(:"})
    fault = one(tmp_path).syntax_fault("autoencoder", KNOWN)
    assert fault is not None
    assert fault.message.startswith("blocks.py line 1")


def test_notebooks_beyond_the_limits_do_no_harm(tmp_path: Path) -> None:
    film = cells({"cell_type": "code", "source": BUILDER, "outputs": [{"text": "x" * 50_000}]})
    write(tmp_path / "ann", {"network_training.py": PY, **{f"{i}.ipynb": film for i in range(9)}})
    assert set(one(tmp_path, IntakeLimits(max_notebook_bytes=100_000)).files) == {"network_training.py"}
    write(tmp_path / "bob", {"autoencoder.ipynb": film})
    _, bob = gather(tmp_path, KNOWN, IntakeLimits(max_notebook_bytes=40_000))
    assert bob.fault is not None
    assert "autoencoder.ipynb is larger than 0.04 MB" in bob.fault.message


def test_a_notebook_of_100_mb_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "ann.ipynb"
    with path.open("wb") as file:
        file.write(WORK[:-3])
        file.truncate(100_000_000)
    tracemalloc.start()
    fault = one(path).fault
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault is not None
    assert fault.message == "ann.ipynb is larger than 20 MB; clear its outputs and hand in again."
    assert peak < 60_000_000


MAIN = b'def f(): model.fit(x)\nif __name__ == "__main__":\n    model.fit(x)\nelse:\n    pass\n'


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (MAIN, 0),
        (b"x = 1\nmodel.fit(x)\n", 2),
        (b"for i in range(3):\n    print(build().fit(i).history)\n", 2),
        (b"class A:\n    def f(self): self.fit()\n", 0),
        (b"def broken(:\nmodel.fit()\n", 0),
    ],
)
def test_a_file_that_trains_when_it_is_imported_is_told(tmp_path: Path, source: bytes, line: int) -> None:
    """It trains anew in each step, within the step's time; a part under `if __name__` never runs."""
    write(tmp_path / "ann", {"autoencoder.py": source})
    notes = one(tmp_path).notes
    assert [note.split(" trains")[0] for note in notes] == ([f"autoencoder.py line {line}"] if line else [])
