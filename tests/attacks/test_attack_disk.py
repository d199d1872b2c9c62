"""Student code that fills the disk, or leaves in scratch what cannot be cleared away.

Every attack stops by itself at a few hundred megabytes or some thousand files.
"""

# ruff: noqa: E501  (lines of students' files)

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.battery import Arena, fault_of
from attacks.battery import bare_attacker as attacker
from sandbox.bare import bare_pool


def fill(arena: Arena, deeds: str) -> str:
    """Run an attack on the disk and return the log; the student must be told of a limit or an error of the disk."""
    outcome = arena.run(attacker(deeds))
    fault = fault_of(outcome)
    told = fault.limit == "disk" or "No space left" in fault.message or "File too large" in fault.message
    assert told, (fault, outcome.log)
    arena.goes_on()
    return outcome.log


def test_one_large_file_is_too_large(bare_strong: Arena) -> None:
    fill(bare_strong, "with open('large', 'wb') as file:\n    for _ in range(300): file.write(bytes(1 << 20))")


@pytest.mark.preflight
def test_allocating_without_writing_counts(bare_strong: Arena) -> None:
    deeds = "for n in range(10):\n    os.posix_fallocate(os.open(str(n), os.O_CREAT | os.O_RDWR), 0, 60_000_000)"
    fill(bare_strong, deeds)


FILES = """
for n in range(40):
    with open(f"{n}", "wb") as file:
        for _ in range(10):
            file.write(bytes(1 << 20))
time.sleep(600)
"""


def test_many_files_together_are_too_large_where_scratch_is_the_hosts(bare_weak: Arena) -> None:
    fill(bare_weak, FILES)


@pytest.mark.preflight
def test_many_files_together_are_too_large_where_scratch_is_its_own(bare_strong: Arena) -> None:
    fill(bare_strong, FILES)


EMPTY = """
for n in range(8_000):
    os.close(os.open(f"{n}", os.O_CREAT | os.O_WRONLY))
time.sleep(600)
"""


@pytest.mark.preflight
def test_many_empty_files_are_too_many(bare_strong: Arena) -> None:
    fill(bare_strong, EMPTY)


UNLINKED = """
kept = []
for n in range(8):
    kept.append(open(f"{n}", "wb", buffering=0))
    os.remove(f"{n}")
    for _ in range(40):
        kept[-1].write(bytes(1 << 20))
time.sleep(600)
say("written", sum(os.fstat(file.fileno()).st_blocks * 512 for file in kept))
"""


def test_files_without_a_name_count_where_scratch_is_the_hosts(bare_weak: Arena) -> None:
    fill(bare_weak, UNLINKED)


@pytest.mark.preflight
def test_files_without_a_name_count_where_scratch_is_its_own(bare_strong: Arena) -> None:
    fill(bare_strong, UNLINKED)


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for all scratch of a pool of its own, removed however deep it has become."""
    folder = Path(tempfile.mkdtemp(prefix="grading-"))
    folder.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder of any depth: what lies deeper is moved up before it is emptied."""
    number = 0
    for parent in iter(lambda: next((p for p in folder.iterdir() if p.is_dir()), None), None):
        for entry in list(parent.iterdir()):
            number += 1
            entry.rename(folder / f"moved-{number}")
        parent.rmdir()
    shutil.rmtree(folder)


DEEP = """
for _ in range(1_500):
    os.mkdir("a")
    os.chdir("a")
"""
DEEPER = """
name = "n" * 250
for _ in range(20):
    os.mkdir(name)
    os.chdir(name)
for n in range(40):
    with open(f"{n}", "wb") as file:
        for _ in range(10):
            file.write(bytes(1 << 20))
time.sleep(600)
"""


@pytest.mark.parametrize("level", ["weak", pytest.param("strong", marks=pytest.mark.preflight)])
def test_a_very_deep_folder_is_cleared_away(level: str, request: pytest.FixtureRequest, temporary: Path) -> None:
    arena = fresh(request.getfixturevalue(f"bare_{level}"))
    try:
        outcome = arena.run(attacker(DEEP))
        assert outcome.fault is None or outcome.fault.owner == "student"
        arena.goes_on()
    finally:
        arena.launcher.close()
        arena.threads.shutdown()
    assert not list(temporary.iterdir())


@pytest.mark.preflight
def test_a_folder_deeper_than_a_path_may_be_long_counts_and_is_cleared_away(bare_weak: Arena, temporary: Path) -> None:
    arena = fresh(bare_weak)
    try:
        fill(arena, DEEPER)
    finally:
        arena.launcher.close()
        arena.threads.shutdown()
    assert not list(temporary.iterdir())


def fresh(arena: Arena) -> Arena:
    """Return an arena of the same level with fork servers of its own, which the test may break."""
    walls = arena.launcher.walls
    return Arena(arena.level, bare_pool(walls), backend=False)


LOCKED = """
for name in ("locked", "locked too"):
    os.mkdir(name)
    os.mkdir(name + "/inner")
    open(name + "/inner/file", "w").close()
os.umask(0o777)
os.mkdir("closed")
os.close(os.open("file", os.O_CREAT | os.O_WRONLY, 0))
for n in range(50):
    os.mkdir(f"folder{n}", 0)
os.rename("submission", "elsewhere")
"""


def test_folders_that_nobody_may_enter_are_cleared_away(bare_arena: Arena) -> None:
    assert bare_arena.run(attacker(LOCKED)).fault is None
    bare_arena.goes_on()


NAMES = r"""
for name in (b"\xff\xfe", b"new\nline", b"\x1b[31m", b"\xe2\x80\xaegnp", b"-rf", b"*", b" ", b"n" * 255, b"con", b"~"):
    open(name, "w").close()
    os.rename(name, name[:200] + b"x")
"""


def test_files_with_odd_names_are_cleared_away(bare_strong: Arena) -> None:
    assert bare_strong.run(attacker(NAMES)).fault is None
    bare_strong.goes_on()


MOVING = """
def churn():
    for n in range(200):
        try:
            os.mkdir(f"d{n}")
            os.rename("submission" if n == 0 else f"d{n - 1}/s", f"d{n}/s")
        except OSError:
            pass
threading.Thread(target=churn).start()
os.rename(".", "../other") if False else None
say("scratch | " + ("done" if os.access("..", os.W_OK) and not os.path.samefile(".", "..") and None else "refused") + " |")
attempt("folder of all scratch", os.listdir, "..")
attempt("folder beside", os.mkdir, "../beside")
attempt("own folder away", os.rename, os.getcwd(), os.getcwd() + "x")
attempt("own folder", os.rmdir, os.getcwd())
"""


def test_scratch_itself_cannot_be_moved_or_left(bare_arena: Arena) -> None:
    bare_arena.attack(MOVING, at_least=4)


def test_the_machine_holds_what_the_attacks_may_write() -> None:
    """Should a wall fail, nothing above fills a disk."""
    assert shutil.disk_usage(tempfile.gettempdir()).free > 2e9
    assert os.statvfs(tempfile.gettempdir()).f_favail > 50_000
