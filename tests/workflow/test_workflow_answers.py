"""Graded data that lie where steps can read are closed to every step, or named."""

import gzip
import py_compile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy
from sandbox.bare import bare_pool
from workflow.classes import FakeSandbox, graded, options, student

from harness.data.base import Dataset
from harness.data.key import PRACTICE
from harness.data.sets.digits import digits
from harness.errors import SandboxError
from harness.records.models import Status
from harness.sandbox.detect import hold
from harness.sandbox.job import Outcome
from harness.sandbox.levels import Level
from harness.sandbox.walls import Walls
from harness.search.files import File, files_in
from harness.search.known import Wanted
from harness.search.through import look_through
from harness.workflow import answers
from harness.workflow.answers import Answers, Readable, closed_to_steps, find_answers, top_name

IMAGES = digits()[0][::100]
WORDS = ["network", "layer", "weight", "gradient", "object", "returns", "value", "class", "index", "method", "state"]
TEXT = " ".join(np.random.default_rng(3).choice(WORDS, 3_000))
PLANTED = ["topics.py", "__pycache__/topics.cpython-311.pyc", "digits.npz", "digits.csv.gz", "pkgs/some.zip"]


def sets() -> list[Dataset]:
    images = IMAGES[..., None].astype(np.float32) / np.float32(255)
    points = np.frombuffer(TEXT.encode("utf-32-le"), "<u4").astype(np.uint32)
    return [
        Dataset("digits", {"x_train": images[:20], "x_test": images[20:]}, (), "", {}),
        Dataset("text", {"x_train": points[:15_000], "x_reference": points[15_000:]}, (), "", {}),
    ]


@pytest.fixture
def libraries() -> Iterator[Path]:
    """A folder of libraries in which somebody has left the data in five ways, and one file that is nothing special.

    Any user may enter it and those above it, unlike pytest's own.
    """
    with tempfile.TemporaryDirectory() as name:
        yield planted(Path(name))


def planted(place: Path) -> Path:
    folder = place / "site-packages"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "pkgs").mkdir()
    (folder / "topics.py").write_text(f"topics = {{'a': {TEXT!r}}}\n")
    py_compile.compile(str(folder / "topics.py"), cfile=str(folder / PLANTED[1]), doraise=True)
    np.savez_compressed(folder / "digits.npz", x=IMAGES)
    rows = "\n".join(",".join(map(str, row)) for row in IMAGES.reshape(len(IMAGES), -1).tolist())
    (folder / "digits.csv.gz").write_bytes(gzip.compress(rows.encode()))
    with zipfile.ZipFile(folder / "pkgs" / "some.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("some/digits.csv", rows)
    (folder / "harmless.py").write_text("x = 1\n" * 2_000)
    for path in [place, folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def walls_over(libraries: Path, level: Level) -> Walls:
    """Return walls through which these libraries are seen beside the machine's own, which nobody looks through here."""
    walls = hold(level, "cpu")
    return replace(walls, view=replace(walls.view, read=(*walls.view.read, str(libraries))))


def found_in(libraries: Path, walls: Walls) -> Answers:
    only = replace(walls, view=replace(walls.view, read=(str(libraries),), hidden=()))
    return find_answers(sets(), only, "tensorflow", lambda said: None)


@pytest.mark.parametrize("level", [Level.BUBBLEWRAP, Level.NAMESPACES, Level.LANDLOCK])
def test_what_is_found_is_closed_to_a_step(
    libraries: Path, level: Level, run_bare: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "loaded", lambda backend: frozenset({"sys", "numpy"}))
    try:
        walls = walls_over(libraries, level)
    except SandboxError as error:
        pytest.skip(f"{level}: {error}")
    found = found_in(libraries, walls)
    assert {one.path for one in found.closed} == {str(libraries / name) for name in PLANTED}
    assert not found.open
    for shut, readable in ((walls, len(PLANTED) + 1), (closed_to_steps(walls, found), 1)):
        server = bare_pool(shut)
        try:
            outcome = run_bare(COUNT.format(names=[*PLANTED, "harmless.py"], folder=str(libraries)), launcher=server)
        finally:
            server.close()
        assert outcome.fault is None
        assert int(outcome.arrays["facts"][0]) == readable


COUNT = """
n = 0
for name in {names!r}:
    try:
        n += len(open({folder!r} + "/" + name, "rb").read()) > 0
    except OSError:
        pass
return n
"""


def test_what_a_backend_needs_stays_open_and_is_named(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "loaded", lambda backend: frozenset({"topics"}))
    monkeypatch.setattr(answers, "installed", lambda seen: {libraries})
    found = found_in(libraries, hold_none())
    found = answers.sorted_out([*found.closed, *found.open], replace(hold_none(), level=Level.LANDLOCK), "tensorflow")
    assert {Path(one.path).name for one in found.open} == {"topics.py", "topics.cpython-311.pyc"}
    assert any("cannot be closed here (text)" in said for said in found.sentences())
    assert any("closed to every step" in said for said in found.sentences())


def hold_none() -> Walls:
    return hold(Level.NONE, "cpu")


def test_without_a_barrier_all_is_named_and_nothing_closed(libraries: Path) -> None:
    found = found_in(libraries, hold_none())
    assert not found.closed
    assert len(found.open) == len(PLANTED)


def test_what_was_looked_through_is_remembered_until_it_changes(
    libraries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = found_in(libraries, hold_none())
    looked = looked_at(monkeypatch)
    assert found_in(libraries, hold_none()) == first
    assert not looked
    (libraries / "digits.npz").write_bytes((libraries / "digits.npz").read_bytes() + b"\0")
    found_in(libraries, hold_none())
    assert looked == [str(libraries / "digits.npz")]


def looked_at(monkeypatch: pytest.MonkeyPatch, most: int = 100) -> list[str]:
    """Return the paths that are looked at from now on; after `most` of them somebody presses Ctrl-C."""
    looked: list[str] = []

    def counting(files: Sequence[File], wanted: Sequence[Wanted]) -> Iterator[tuple[File, tuple[str, ...]]]:
        for found in look_through(files, wanted):
            if len(looked) == most:
                raise KeyboardInterrupt
            looked.append(found[0].path)
            yield found

    monkeypatch.setattr(answers, "look_through", counting)
    return looked


def test_an_interrupted_search_goes_on_where_it_was(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = looked_at(monkeypatch, most=2)
    with pytest.raises(KeyboardInterrupt):
        found_in(libraries, hold_none())
    after = looked_at(monkeypatch)
    assert len(found_in(libraries, hold_none()).open) == len(PLANTED)
    assert len(before) == 2
    assert len(after) == 3  # of six files byte code that lies beside its source is never looked at
    assert not {*before} & {*after}


def test_a_search_for_one_set_after_one_for_more_looks_at_nothing(
    libraries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_in(libraries, hold_none())
    looked = looked_at(monkeypatch)
    only = replace(hold_none(), view=replace(hold_none().view, read=(str(libraries),), hidden=()))
    found = find_answers(sets()[1:], only, "tensorflow", lambda said: None)
    assert {one.holds for one in found.open} == {("text",)}
    assert not looked


def test_it_is_told_how_far_a_long_search_is(libraries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "EVERY_S", -1.0)
    monkeypatch.setattr(answers, "FIRST_S", -1.0)
    told: list[str] = []
    only = replace(hold_none(), view=replace(hold_none().view, read=(str(libraries),), hidden=()))
    find_answers(sets(), only, "tensorflow", told.append)
    assert told[-1] == "Looked through 5 of 5 files for graded data, which is done once."


def test_a_damaged_memory_is_none(libraries: Path) -> None:
    first = found_in(libraries, hold_none())
    kept = [*(Path(answers.user_cache_dir("coursework-harness")) / "looked-through").glob("*.json")]
    assert len(kept) == len(sets())
    for path, damaged in zip(kept, ("[", '{"looked": 3}'), strict=True):
        path.write_text(damaged)
    assert found_in(libraries, hold_none()) == first


def test_many_files_are_told_in_a_few_sentences() -> None:
    many = Answers(open=tuple(Readable(f"/x/{n}", ("digits",)) for n in range(9)))
    assert len(many.sentences()) == 6
    assert "4 more" in many.sentences()[-1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pydoc_data/topics.py", "pydoc_data"),
        ("pydoc_data/__pycache__/topics.cpython-311.pyc", "pydoc_data"),
        ("__pycache__/sysconfig.cpython-311.pyc", "sysconfig"),
        ("site-packages/numpy/core.py", "numpy"),
    ],
)
def test_code_is_told_by_the_name_it_is_imported_by(path: str, name: str) -> None:
    roots = [Path("/lib/python"), Path("/lib/python/site-packages")]
    assert top_name(f"/lib/python/{path}", roots) == name


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for all that steps may read, with some of the digits in it."""
    folder = tmp_path / "readable"
    folder.mkdir()
    np.save(folder / "left.npy", digits()[0])
    (folder / "strange.zip").write_bytes(b"PK\x03\x04" + b"\xff" * 9_000)
    monkeypatch.setattr(answers, "files_in", lambda read, hidden: files_in([str(folder)], ()))
    return folder


def test_a_class_is_graded_with_the_search_and_the_next_one_looks_at_nothing(
    tmp_path: Path, only: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": "import ctypes\n" + toy.GOOD})
    first = graded(class_, options(tmp_path, search=True))
    assert student(first, "ann").status is Status.PASSED
    (said,) = first.readable
    assert "left.npy is " in said
    assert "graded data" in said
    assert "(digits)" in said
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "left.npy is " in page
    assert "reaches for the module ctypes (line 1)" in page
    looked = looked_at(monkeypatch)
    second = graded(class_, options(tmp_path, search=True, out=tmp_path / "other", key=PRACTICE))
    assert second.readable == first.readable
    assert not looked
