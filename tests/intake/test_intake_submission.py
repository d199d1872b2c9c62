"""What counts for a task, its fingerprint, and a broken file told without running it."""

import pytest

from harness.intake.submission import Submission

KNOWN = ("autoencoder", "network_training")
FILES = {"autoencoder.py": b"a = 1", "network_training.py": b"b = 2", "lib/tools.py": b"c = 3"}


def submission(files: dict[str, bytes]) -> Submission:
    return Submission(name="ann", slug="ann", files=files)


def test_tasks_are_known_names_at_the_top_level() -> None:
    handed_in = submission({**FILES, "other.py": b"", "old/vae.py": b""})
    assert handed_in.tasks((*KNOWN, "vae", "other_task")) == KNOWN


def test_other_tasks_files_do_not_count() -> None:
    assert submission(FILES).for_task("autoencoder", KNOWN) == {
        "autoencoder.py": b"a = 1",
        "lib/tools.py": b"c = 3",
    }


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"network_training.py": b"b = 22"}, True),
        ({"autoencoder.py": b"a = 2"}, False),
        ({"lib/tools.py": b"c = 4"}, False),
        ({"new.py": b""}, False),
        ({"test_self_check.py": b"seeds = 3"}, True),
    ],
)
def test_only_files_of_the_task_change_its_hash(change: dict[str, bytes], same: bool) -> None:
    before = submission(FILES).source_hash("autoencoder", KNOWN)
    after = submission(FILES | change).source_hash("autoencoder", KNOWN)
    assert (before == after) is same


def test_hash_is_fixed_and_does_not_depend_on_order() -> None:
    """Stored results are found by it: a change of the recipe retrains every class."""
    turned = dict(reversed(FILES.items()))
    expected = "8651155bb9270363dc59df9b5b18bf3b50885a419e1abffe9411eedf06624d8a"
    assert submission(FILES).source_hash("autoencoder", KNOWN) == expected
    assert submission(turned).source_hash("autoencoder", KNOWN) == expected


def test_hash_tells_apart_where_one_file_ends() -> None:
    one = submission({"a.py": b"xb.py|1|y"}).source_hash("a", ["a"])
    two = submission({"a.py": b"x", "b.py": b"y"}).source_hash("a", ["a"])
    assert one != two


BROKEN = {
    "missing colon": (b"import os\n\ndef f()\n    pass\n", "line 3 is not valid Python: expected ':'"),
    "tabs": (b"if 1:\n        a\n\tb\n", "line 3 is not valid Python"),
    "notebook magic": (b"x = 1\n!pip install keras\n", "line 2 is not valid Python: invalid syntax"),
    "latin-1": ("x = 1\ny = 'é'\n".encode("latin-1"), "line 2 is not UTF-8 text"),
    "utf-16": ("x = 1".encode("utf-16"), "line 1 is not UTF-8 text"),
    "zip bytes": (b"PK\x03\x04\xff\xfe", "is not UTF-8 text"),
    "NUL": (b"x = 1\n\0", "line 2 is not valid Python: it holds a NUL byte"),
    "unary": (b"-" * 190_000 + b"1", "is nested too deeply"),
    "attributes": (b"a" + b".b" * 90_000, "is nested too deeply"),
    "elif": (b"if a:\n b\n" + b"elif a:\n b\n" * 15_000, "is nested too deeply"),
    "parentheses": (b"(" * 190_000, "too many nested parentheses"),
    "integer": (b"9" * 190_000, "is not valid Python"),
    "unknown codec in a comment": (
        b"# coding: rot13\nqrs s(:\n",
        "says in its first lines that it is in rot13; expected UTF-8, ASCII or Latin-1.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_told_with_file_and_line(case: str) -> None:
    source, said = BROKEN[case]
    fault = submission({"network_training.py": source}).syntax_fault("network_training", KNOWN)
    assert fault is not None
    assert (fault.owner, fault.kind) == ("student", "import")
    assert fault.message.startswith("network_training.py ")
    assert said in fault.message
    assert fault.message.endswith("hand in again.")


def test_the_whole_sentence() -> None:
    fault = submission({"network_training.py": b"a\nb\nif a\n"}).syntax_fault("network_training", KNOWN)
    assert fault is not None
    assert fault.message == (
        "network_training.py line 3 is not valid Python: expected ':'. Correct the line and hand in again."
    )


def test_the_parsers_message_is_cleaned() -> None:
    source = "x = \u202e\n".encode()
    fault = submission({"autoencoder.py": source}).syntax_fault("autoencoder", KNOWN)
    assert fault is not None
    assert "\u202e" not in fault.message


@pytest.mark.parametrize(
    "source",
    [b"", b"\xef\xbb\xbfx = 1\n", b"x = '\\d'\n", "größe = 'é'\r\n".encode(), b"raise SystemExit(1)\n"],
)
def test_a_sound_file_has_no_fault_and_is_not_run(source: bytes, recwarn: pytest.WarningsRecorder) -> None:
    assert submission({"autoencoder.py": source}).syntax_fault("autoencoder", KNOWN) is None
    assert not [w for w in recwarn.list if w.category is not ResourceWarning], "those are of earlier tests' garbage"


@pytest.mark.parametrize(
    ("entry", "broken", "found"),
    [
        (b"import tools", "tools.py", True),
        (b"import lib.tools", "lib/tools.py", True),
        (b"from lib import tools", "lib/tools.py", True),
        (b"from lib.tools import f", "lib/__init__.py", True),
        (b"def f():\n from tools import *", "tools.py", True),
        (b"import chain", "lib/tools.py", True),
        (b"import os, tools2", "tools.py", False),
        (b"x = 1", "scratch.py", False),
        (b"import network_training", "network_training.py", False),
    ],
)
def test_a_broken_helper_counts_if_it_is_imported(entry: bytes, broken: str, found: bool) -> None:
    chain = {"chain.py": b"from lib import near", "lib/near.py": b"from . import tools\nimport autoencoder"}
    files = {**chain, "autoencoder.py": entry, broken: b"def f(\n"}
    fault = submission(files).syntax_fault("autoencoder", KNOWN)
    assert (fault is not None and broken in fault.message) is found


def test_a_task_not_handed_in_has_no_syntax_fault() -> None:
    assert submission({"scratch.py": b"("}).syntax_fault("autoencoder", KNOWN) is None


@pytest.mark.parametrize(
    ("files", "renamed"),
    [
        ({"ann.py": b"x", "lib/tools.py": b"y"}, True),
        ({"autoencoder.py": b"x"}, False),
        ({"network_training.py": b"x"}, False),
        ({"ann.py": b"x", "bob.py": b"y"}, False),
        ({"lib/ann.py": b"x"}, False),
        ({}, False),
    ],
)
def test_a_lone_file_is_read_as_the_task_asked_for(files: dict[str, bytes], renamed: bool) -> None:
    read = submission(files).as_task("autoencoder", KNOWN)
    if not renamed:
        assert read == submission(files)
        return
    assert read.files == {"autoencoder.py": b"x", "lib/tools.py": b"y"}
    assert read.notes == ("Read ann.py as autoencoder.py.",)
    assert read.tasks(KNOWN) == ("autoencoder",)
