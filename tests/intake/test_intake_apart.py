"""One submission stops nobody: whatever reading it takes or breaks is its own fault, and the next one is read."""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from intake.notebooks import notebook

from harness.intake.apart import Allowed, read_apart
from harness.intake.gather import gather
from harness.intake.reading import Asked, Work, read_work

KNOWN = ("autoencoder",)
SMALL = Allowed(cpu_s=0.4, wall_s=30, memory_mb=200)


def endless() -> None:
    while True:
        pass


def hoarding() -> None:
    found = []
    while True:
        found.append(bytearray(50_000_000))


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crashed() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def unforeseen() -> None:
    raise LookupError("no\nsuch \u202e thing")


ENDS: dict[str, tuple[Callable[[], None], str, str]] = {
    "endless": (endless, "student", "takes more than the 0.4 s of computing"),
    "hoarding": (hoarding, "student", "takes more than the 200 MB of memory"),
    "killed": (killed, "student", "takes more than the 200 MB of memory"),
    "crashed": (crashed, "student", "holds code that Python cannot read without breaking down"),
    "unforeseen": (unforeseen, "harness", "could not be read (LookupError: no such thing)"),
}


def reader(path: Path) -> Work:
    if path.name in ENDS:
        ENDS[path.name][0]()
    return Work(files={path.name: b"\xff\x00"}, notes=(f"read {path.name}",))


@pytest.mark.parametrize("case", ENDS)
def test_what_ends_the_reading_of_one_is_its_fault_alone(case: str) -> None:
    _, owner, reason = ENDS[case]
    before, bad, after = read_apart([Path("a"), Path(case), Path("z")], reader, SMALL)
    assert (before.files, after.files) == ({"a": b"\xff\x00"}, {"z": b"\xff\x00"})
    assert bad.fault is not None
    assert (bad.fault.owner, bad.fault.kind) == (owner, "intake")
    assert reason in bad.fault.message
    assert bad.fault.message.startswith(f"{case} ")
    assert "\n" not in bad.fault.message


def test_a_process_that_was_killed_by_chance_is_nobodys_fault(tmp_path: Path) -> None:
    """It is read again alone before anybody is blamed."""

    def once(path: Path) -> Work:
        mark = tmp_path / "killed"
        if path.name == "b" and not mark.exists():
            mark.touch()
            killed()
        return Work(notes=(path.name,))

    assert [work.notes for work in read_apart([Path("a"), Path("b"), Path("c")], once)] == [("a",), ("b",), ("c",)]


def test_one_that_waits_for_ever_ends_by_the_clock(tmp_path: Path) -> None:
    def waiting(path: Path) -> Work:
        if path.name == "b":
            signal.pause()
        return Work()

    found = read_apart([Path("a"), Path("b"), Path("c")], waiting, Allowed(wall_s=1))
    assert [bool(work.fault) for work in found] == [False, True, False]


def test_the_processes_are_gone_afterwards() -> None:
    before = {child.pid for child in psutil.Process().children()}  # fork servers of other tests in this process
    read_apart([Path("a"), Path("endless")], reader, SMALL)
    assert {child.pid for child in psutil.Process().children()} <= before


CODINGS = ["hex", "rot13", "zlib", "undefined", "utf-7", "punycode", "idna", "unicode_escape", "utf-16", "mbcs", "x"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_coding_that_unpacks_or_raises_stops_nobody(tmp_path: Path, coding: str) -> None:
    """One line `# coding: hex` once ended the grading of a whole class."""
    for name, start in (("ann", f"# coding: {coding}\n"), ("bob", "# coding: utf-8\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "autoencoder.py").write_text(f"{start}x = 1\n", encoding="utf-8")
    ann, bob = gather(tmp_path, KNOWN)
    fault = ann.syntax_fault("autoencoder", KNOWN)
    assert fault is not None
    assert "expected UTF-8, ASCII or Latin-1. Save the file as UTF-8" in fault.message
    assert ann.size("autoencoder", KNOWN).data == len(ann.files["autoencoder.py"])
    assert bob.syntax_fault("autoencoder", KNOWN) is None


@pytest.mark.parametrize(
    "source",
    [
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        b"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :\nx = '\xe9'\n",
        b"# coding: ascii\nx = 1\n",
        "# coding: UTF8\nx = 'é'\n".encode(),
        "x = 'é'\n# coding: rot13\n".encode(),
        b"'''\n# coding: hex\n'''\n",
    ],
)
def test_codings_that_students_have_are_read(tmp_path: Path, source: bytes) -> None:
    (tmp_path / "autoencoder.py").write_bytes(source)
    (found,) = gather(tmp_path, KNOWN)
    assert found.syntax_fault("autoencoder", KNOWN) is None


def test_what_a_reader_found_survives_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "autoencoder.ipynb").write_bytes(notebook("x = 'ä\u2028'", "def f():\n    return x"))
    (tmp_path / "ann" / "pseudonym.txt").write_text("Ängström", encoding="utf-8")
    read = partial(read_work, asked=Asked(KNOWN))
    assert read_apart([tmp_path / "ann"], read) == [read(tmp_path / "ann")]


def test_a_large_class_is_read_by_several_processes_in_its_order() -> None:
    """Every bad one is a fault of its own, wherever it lies, and nobody gets what another handed in."""
    bad = {0: "crashed", 1: "killed", 40: "crashed", 41: "unforeseen", 79: "killed"}
    names = [bad.get(i, f"student {i}") for i in range(80)]
    found = read_apart([Path(name) for name in names], reader, processes=3)
    assert [i for i, work in enumerate(found) if work.fault] == sorted(bad)
    assert [work.notes for i, work in enumerate(found) if i not in bad] == [
        (f"read {name}",) for i, name in enumerate(names) if i not in bad
    ]
