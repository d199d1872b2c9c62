"""What a step may see and write: the interpreter and its libraries, never an answer, and one folder of its own."""

import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox.students import RunStudent, student

import harness
from harness import shipped
from harness.sandbox import held, scratch
from harness.sandbox import view as views
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.view import ANSWERS, links, topmost, view

LEVELS = [level for level in Level if level.filtered]


def beneath(path: Path, folders: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed libraries of which some ship answers."""
    for name in (*ANSWERS, "numpy", "sklearn/tree"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setattr(views, "libraries", lambda: [tmp_path])
    return tmp_path


def test_libraries_are_shown_and_their_data_sets_hidden(library: Path) -> None:
    hidden = view("cpu").hidden
    assert set(hidden) >= {str(library / name) for name in ANSWERS}
    for name in ("numpy", "sklearn", "sklearn/datasets", "sklearn/tree"):
        assert not beneath(library / name, hidden)


def test_the_running_interpreter_is_shown() -> None:
    read = view("cpu").read
    for path in (Path(sys.executable), Path(os.__file__), Path(sys.executable).resolve()):
        assert beneath(path, read) or str(path) in read


def test_nothing_private_is_shown() -> None:
    read = view("cpu").read
    for path in (Path.home() / ".ssh" / "id_rsa", "/etc/passwd", "/etc/shadow", "/var/lib/x", "/"):
        assert not beneath(Path(path), read)
    assert not {"/usr", "/usr/local", "/opt", "/home", "/tmp", "/etc", "/proc"} & set(read)


def test_the_package_is_not_among_what_student_code_may_read() -> None:
    seen = view("cpu")
    assert seen.package == str(Path(harness.__file__).parent)
    assert seen.package in seen.within_filters
    assert set(seen.hidden) <= set(seen.within_filters)


def test_the_data_of_this_package_are_closed_from_the_start() -> None:
    """On macOS the package stays in sight of student code, as each step's process starts from it."""
    data = Path(harness.__file__).parent / "data"
    assert {"digits.npz", "digits_cnn.npz"} <= {
        Path(path).name for path in view("cpu").hidden if Path(path).parent == data
    }


def test_another_copy_of_this_package_is_closed(library: Path) -> None:
    """An editable installation leaves rubrics and references beside the libraries."""
    (library / "harness" / "shipped_files" / "rubrics").mkdir(parents=True)
    assert beneath(library / "harness" / "shipped_files", view("cpu").hidden)


def test_this_package_itself_can_start_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever link the folder of libraries is reached: it is needed until student code begins."""
    package = Path(harness.__file__).parent
    (tmp_path / "harness").symlink_to(package)
    monkeypatch.setattr(views, "libraries", lambda: [tmp_path, package.parent])
    hidden = view("cpu").hidden
    assert str(package) not in hidden and str(tmp_path / "harness") not in hidden


def test_a_checkout_beneath_an_environment_is_closed(tmp_path: Path) -> None:
    for name in ("rubrics", "tests", ".git", "harness/data"):
        (tmp_path / "src" / "coursework" / name).mkdir(parents=True)
    package = tmp_path / "src" / "coursework" / "harness"
    assert views.in_checkout([str(tmp_path)], package) == [], "an installed package has no project beside it"
    (package.parent / "pyproject.toml").touch()
    assert package.parent / "rubrics" in views.in_checkout([str(tmp_path)], package)
    assert package not in views.in_checkout([str(tmp_path)], package)
    assert views.in_checkout([str(tmp_path / "lib")], package) == []


def test_an_accelerator_is_shown_to_its_own_steps_only() -> None:
    assert set(view("cpu").devices) <= {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}
    assert not view("cpu").accelerator
    assert "/sys/devices" in view("gpu").read or not Path("/sys/devices").exists()


def test_a_link_is_followed_one_step_at_a_time(tmp_path: Path) -> None:
    real = tmp_path / "bin" / "python3.11"
    real.parent.mkdir()
    real.touch()
    (tmp_path / "python3").symlink_to("bin/python3.11")
    (tmp_path / "python").symlink_to(tmp_path / "python3")
    assert links(tmp_path / "python") == [tmp_path / "python", tmp_path / "python3", real]
    assert links(real) == [real]


def test_a_circle_of_links_comes_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert len(links(tmp_path / "a")) <= views.MAX_LINKS


def test_only_topmost_paths_that_exist_are_kept(tmp_path: Path) -> None:
    for name in ("a/b", "ab"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "broken").symlink_to("nowhere")
    paths = [tmp_path / name for name in ("a/b", "a", "ab", "ab/../a/b", "missing", "broken", "a")]
    assert topmost(paths) == tuple(str(tmp_path / name) for name in ("a", "ab", "broken"))


READ = """
import sklearn.datasets
for path in {paths}:
    try:
        for folder, _, files in os.walk(path, onerror=lambda e: None):
            for name in files:
                open(os.path.join(folder, name), 'rb').read(1)
                say('read', os.path.join(folder, name))
        open(path, 'rb').read(1)
        say('read', path)
    except (PermissionError, FileNotFoundError, IsADirectoryError):
        pass
for load in ('load_digits', 'load_iris'):
    try:
        getattr(sklearn.datasets, load)()
        say('loaded', load)
    except OSError:
        pass
say('end')
"""


@pytest.mark.parametrize("level", [Level.NONE, *LEVELS])
def test_no_answer_no_rubric_and_no_code_of_the_harness_can_be_read(
    run_student: RunStudent, servers_at: Callable[[Level], ServerPool], level: Level
) -> None:
    """Without a barrier all of it can be: that shows what the others keep."""
    data = sorted((Path(harness.__file__).parent / "data").glob("*.npz"))
    rubrics = shipped.folder("rubrics")
    paths = [*data, rubrics, *rubrics.iterdir(), shipped.folder("reference_models")]
    paths += [Path(harness.__file__), Path(harness.__file__).parent / "grading", Path(__file__), Path("/etc/passwd")]
    outcome = run_student(student(READ.format(paths=[str(p) for p in paths])), launcher=servers_at(level))
    assert outcome.fault is None
    said = outcome.log.splitlines()
    if level == Level.NONE:
        assert {"loaded load_digits", f"read {harness.__file__}", "read /etc/passwd", "end"} <= set(said)
        assert {f"read {path}" for path in data} <= set(said)
    else:
        assert said == ["end"]


def test_clearing_removes_folders_that_were_closed(tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").touch()
    (folder / "out").symlink_to(tmp_path)
    (tmp_path / "kept").touch()
    for path in (folder / "a" / "b", folder / "a", folder):
        path.chmod(0)
    assert scratch.clear(folder)
    assert not folder.exists()
    assert (tmp_path / "kept").exists(), "a link leads nowhere"


def test_clearing_what_is_not_there_is_done(tmp_path: Path) -> None:
    assert scratch.clear(tmp_path / "nothing")


def test_clearing_does_not_follow_a_link_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "kept" / "deep").mkdir(parents=True)
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "scratch").symlink_to("kept")
    assert not scratch.clear(tmp_path / "scratch"), "the server is replaced then"
    assert (tmp_path / "kept" / "file").exists() and (tmp_path / "kept" / "deep").exists()


def test_clearing_reaches_what_no_path_is_long_enough_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scratch").mkdir()
    os.chdir("scratch")
    for _ in range(30):
        Path("d" * 255).mkdir()
        os.chdir("d" * 255)
    Path("file").touch()
    os.chdir(tmp_path)
    assert scratch.too_full(tmp_path / "scratch"), "deeper than it may be"
    assert scratch.clear(tmp_path / "scratch")
    assert not list(tmp_path.iterdir())


def test_scratch_is_too_full_by_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "MAX_FILES", 6)
    (tmp_path / "a" / "b").mkdir(parents=True)
    for number in range(4):
        (tmp_path / "a" / "b" / str(number)).touch()
    assert not scratch.too_full(tmp_path)
    (tmp_path / "one more").mkdir()
    assert scratch.too_full(tmp_path)


def test_scratch_is_too_full_by_bytes_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "MAX_BYTES", 300_000)
    (tmp_path / "a").mkdir()
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(10**9)
    (tmp_path / "a" / "file").write_bytes(bytes(200_000))
    assert not scratch.too_full(tmp_path)
    (tmp_path / "file").write_bytes(bytes(200_000))
    assert scratch.too_full(tmp_path)


def test_a_removed_file_counts_while_it_is_open_or_mapped(tmp_path: Path) -> None:
    for name in ("ours", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(bytes(200_000))
    with (tmp_path / "ours" / "file").open("r+b") as ours, (tmp_path / "other" / "file").open("rb"):
        below = tmp_path / "ours"
        assert held.bytes_without_name(os.getpid(), below) == 0
        for name in ("ours", "other"):
            (tmp_path / name / "file").unlink()
        assert 200_000 <= held.bytes_without_name(os.getpid(), below) < 300_000
        mapped = mmap.mmap(ours.fileno(), 0)
        ours.close()
        assert 200_000 <= held.bytes_without_name(os.getpid(), below) < 600_000
        mapped.close()
        assert held.bytes_without_name(os.getpid(), below) == 0
    assert held.bytes_without_name(2**22 + 1, below) == 0, "the process has ended"


def test_links_in_scratch_do_not_count_what_they_point_to(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "everything").symlink_to("/")
    assert not scratch.too_full(tmp_path / "scratch")
    assert not scratch.too_full(tmp_path / "gone")
