"""The key of a class: made once, kept where only its owner reads it, part of every record, and given out on purpose."""

import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options, task_of

from harness.data.key import Key
from harness.errors import HarnessError, ResultsError, UsageError
from harness.grading.results import ClassResult
from harness.workflow.bundle import bundle
from harness.workflow.class_key import kept_key, read_key, write_key
from harness.workflow.grade import grade
from harness.workflow.graded_class import opened
from harness.workflow.publish import HandedOut, publish

ONE, OTHER = Key("1" * 32), Key("2" * 32)


def class_of(folder: Path, **changes: Any) -> ClassResult:
    """Grade one student into `folder/out`, for the first time or again."""
    if not (submissions := folder / "class").exists():
        toy.write_class(submissions, {"ann": toy.GOOD})
    return graded(submissions, options(folder, **changes))


def handed_out(out: Path, **changes: Any) -> HandedOut:
    with opened(out, tasks=toy.REGISTRY) as found:
        return publish(found, grader="Grace", force=True, **changes)


def bundled(out: Path) -> dict[str, str]:
    made = bundle("ann", out, out.parent / "ann.zip", tasks=toy.REGISTRY)
    with zipfile.ZipFile(made.path) as archive:
        return {name.split("/", 1)[1]: archive.read(name).decode() for name in archive.namelist()}


def keys_of(result: ClassResult) -> set[str]:
    return {m.key for m in task_of(result, "ann").measurements}


def test_a_class_gets_a_key_that_only_its_owner_reads(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_of(tmp_path, key=None)
    path = tmp_path / "out" / "records" / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = kept_key(tmp_path / "out")
    class_of(tmp_path, key=None)
    assert kept_key(tmp_path / "out") == first
    assert len(sandbox.trained()) == 2, "nothing was measured a second time"
    class_of(tmp_path / "beside", key=None)
    assert kept_key(tmp_path / "beside" / "out") != first


def test_a_group_that_may_write_there_may_read_the_key(tmp_path: Path) -> None:
    tmp_path.chmod(0o770)
    write_key(tmp_path / "key", ONE)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o660
    with pytest.raises(UsageError, match="never written over"):
        write_key(tmp_path / "key", OTHER)
    assert read_key(tmp_path / "key") == ONE
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_every_record_is_of_one_key(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """The data of this class are the same under every key, so nothing but the key tells the records apart."""
    first, again, other = (class_of(tmp_path / str(i), key=key) for i, key in enumerate((ONE, ONE, OTHER)))
    assert keys_of(first) == keys_of(again)
    assert not keys_of(first) & keys_of(other)


def test_another_key_than_the_one_graded_under_is_refused(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_of(tmp_path, key=ONE)
    class_of(tmp_path, key=ONE)
    with pytest.raises(UsageError, match="do not compare; leave --key out") as told:
        class_of(tmp_path, key=OTHER)
    assert ONE.value not in str(told.value) and OTHER.value not in str(told.value)


def test_a_key_that_is_gone_is_not_replaced_by_a_new_one(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """Else a class would be measured anew on other examples, and nobody would know why marks changed."""
    class_of(tmp_path, key=ONE)
    path = tmp_path / "out" / "records" / "key"
    path.unlink()
    with pytest.raises(ResultsError, match="found none; put it back with --key FILE"):
        class_of(tmp_path, key=None)
    with pytest.raises(UsageError, match="received another"):
        class_of(tmp_path, key=OTHER)
    class_of(tmp_path, key=ONE)
    assert kept_key(tmp_path / "out") == ONE
    path.write_text("not a key")
    with pytest.raises(ResultsError, match="received something else"):
        class_of(tmp_path, key=None)


NO_KEYS = {
    "missing": (None, "received 'FILE' \\(No such file"),
    "empty": ("", "received 0 lines"),
    "two": (f"{ONE.value}\n{OTHER.value}\n", "received 2 lines"),
    "short": (ONE.value[:-1], "one of 31 characters"),
    "long": ("#" * 20_000, "received a long one"),
    "binary": (b"\xff\x00" * 16, "Expected a key of 32 digits"),
}


@pytest.mark.parametrize("case", NO_KEYS)
def test_a_file_without_a_key_is_told_in_a_sentence(tmp_path: Path, case: str) -> None:
    content, said = NO_KEYS[case]
    path = tmp_path / "exam.key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError, match=said.replace("FILE", str(path))) as told:
        read_key(path)
    assert "\n" not in str(told.value) and "1111" not in str(told.value)


def test_remarks_beside_a_key_are_for_people(tmp_path: Path) -> None:
    path = tmp_path / "exam.key"
    path.write_text(f"# exam of July\n\n  {ONE.value}\r\n")
    assert read_key(path) == ONE


def test_a_key_in_place_of_its_file_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="others on this machine can read") as told:
        read_key(Path(ONE.value))
    assert ONE.value not in str(told.value)


def test_a_bundle_holds_the_key_once_it_was_given_out(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_of(tmp_path, key=ONE)
    out = tmp_path / "out"
    before = bundled(out)
    handed_out(out)
    assert bundled(out) == before, "publishing marks alone gives no key away"
    assert not any(ONE.value in content for content in before.values())
    assert ONE.mark in before["README.txt"] and "class.key" not in before["README.txt"]
    handed_out(out, with_key=True)
    handed_out(out)
    after = bundled(out)
    assert after["class.key"] == f"{ONE.value}\n", "a later publication does not take it back"
    assert "--key class.key" in after["README.txt"]


def test_whoever_grades_after_the_key_is_out_is_told(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_of(tmp_path, key=ONE)
    handed_out(tmp_path / "out", with_key=True)
    said: list[str] = []
    grade(tmp_path / "class", options(tmp_path, key=None), lambda board, plan: None, said.append)
    assert any("key of this class was given out on" in sentence for sentence in said)


def test_no_key_no_publication_of_it(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_of(tmp_path, key=ONE)
    (tmp_path / "out" / "records" / "key").unlink()
    with pytest.raises(HarnessError, match="leave --with-key out"):
        handed_out(tmp_path / "out", with_key=True)
    assert not (tmp_path / "out" / "published").exists()
