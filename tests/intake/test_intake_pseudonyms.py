"""Names for the leaderboard: chosen in a file or drawn, each once, and telling nobody who it is."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.intake.gather import gather
from harness.intake.pseudonym_words import ADJECTIVES, NOUNS
from harness.intake.pseudonyms import Given, Person, assign, folded
from harness.intake.submission import Submission

SECRET = bytes(range(32))
OTHER = bytes(32)
KNOWN = ("autoencoder",)
SOURCE = "def build_model(): pass\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def only(path: Path) -> Submission:
    (found,) = gather(path, KNOWN)
    return found


def wish(name: str, text: str, *others: str) -> Given:
    """Return what a person gets who asks for `text`."""
    people = [Person(name, "one", text), *(Person(other, f"s{i}") for i, other in enumerate(others))]
    return assign(people, SECRET, {})["one"]


def test_the_file_at_the_top_is_read_and_is_no_part_of_the_work(tmp_path: Path) -> None:
    plain = only(write(tmp_path / "a" / "Ada", {"autoencoder.py": SOURCE}))
    named = only(write(tmp_path / "b" / "Ada", {"autoencoder.py": SOURCE, "pseudonym.txt": "Night Owl\nsecond line\n"}))
    assert (plain.pseudonym, named.pseudonym) == (None, "Night Owl")
    assert named.source_hash("autoencoder", KNOWN) == plain.source_hash("autoencoder", KNOWN)
    assert named.for_task("autoencoder", KNOWN).keys() == {"autoencoder.py"}
    assert named.notes == ()


def test_in_a_zip_it_may_lie_in_the_folder_around_the_work(tmp_path: Path) -> None:
    for name, inside in (("flat", ""), ("wrapped", "hand-in/")):
        folder = tmp_path / name
        folder.mkdir()
        with zipfile.ZipFile(folder / "Ada.zip", "w") as archive:
            archive.writestr(f"{inside}autoencoder.py", SOURCE)
            archive.writestr(f"{inside}pseudonym.txt", "Night Owl")
        assert only(folder / "Ada.zip").pseudonym == "Night Owl"


def test_beside_a_zip_alone_in_a_folder_it_counts_as_well(tmp_path: Path) -> None:
    folder = write(tmp_path / "class" / "Ada", {"pseudonym.txt": "Night Owl"})
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        archive.writestr("autoencoder.py", SOURCE)
    (found,) = gather(tmp_path / "class", KNOWN)
    assert found.pseudonym == "Night Owl"


def test_deeper_in_the_work_it_is_any_other_file(tmp_path: Path) -> None:
    found = only(write(tmp_path / "Ada", {"autoencoder.py": SOURCE, "data/pseudonym.txt": "Night Owl"}))
    assert found.pseudonym is None
    assert found.notes == ("Ignored 1 file, not Python: data/pseudonym.txt.",)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfNight Owl\r\nx", "Night Owl"),
        ("\u202eNight\u200b\tOwl".encode(), "Night Owl"),
        (b"\xff\xfe\x00", "\ufffd\ufffd"),
        (b"x" * 5_000_000, "x" * 100),
    ],
)
def test_the_first_line_is_cleaned(raw: bytes, read: str, tmp_path: Path) -> None:
    found = only(write(tmp_path / "Ada", {"autoencoder.py": SOURCE, "pseudonym.txt": raw}))
    assert found.pseudonym == read
    assert found.fault is None


def test_a_single_file_has_none(tmp_path: Path) -> None:
    path = tmp_path / "autoencoder.py"
    path.write_text(SOURCE)
    assert only(path).pseudonym is None


@pytest.mark.parametrize("text", ["Night Owl", "x" * 40, "Ω 3000", "夜のフクロウ", "<b>bold</b>", "Lois"])
def test_a_name_that_harms_nobody_is_given(text: str) -> None:
    assert wish("Lo Ada-Marie", text) == Given(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "received none that can be read"),
        ("…!", "received none that can be read"),
        ("x" * 41, "at most 40 characters, received 41"),
        ("Ada Lovelace", "without your own name"),
        ("xXlovelaceXx", "without your own name"),
        ("L O V E L A C E", "without your own name"),
        ("LÖVELACE", "without your own name"),
        ("Ｌｏｖｅｌａｃｅ", "without your own name"),
        ("team ada", "without your own name"),
        ("Bo Li", "nobody's name"),
        ("bo-li", "nobody's name"),
    ],
)
def test_a_name_that_tells_or_cannot_be_read_is_refused_with_a_note(text: str, why: str) -> None:
    given = wish("Ada Lovelace", text, "Bo Li")
    assert why in given.note
    assert given.note.endswith("a drawn one stands on the leaderboard instead.")
    assert folded(given.pseudonym) != folded(text)
    assert is_a_pair(given.pseudonym)


def is_a_pair(name: str) -> bool:
    first, second = name.lower().split(" ")
    return first in ADJECTIVES and second in NOUNS


def test_what_is_taken_is_refused_whatever_its_case_and_accents() -> None:
    people = [Person("A", "a", "Night Owl"), Person("B", "b", "NIGHT-ÖWL"), Person("C", "c", "night owl")]
    found = assign(people, SECRET, {})
    assert found["a"] == Given("Night Owl")
    assert all("which is taken" in found[slug].note for slug in "bc")


def test_who_comes_later_takes_no_name_that_was_given_before() -> None:
    first = assign([Person("Zed", "z", "Night Owl"), Person("Yul", "y")], SECRET, {})
    before = {slug: given.pseudonym for slug, given in first.items()}
    late = [Person("Abe", "a", "night owl"), Person("Bea", "b", before["y"])]
    again = assign([*late, Person("Yul", "y"), Person("Zed", "z", "Night Owl")], SECRET, before)
    assert {slug: again[slug].pseudonym for slug in "yz"} == before
    assert "which is taken" in again["a"].note
    assert "which is taken" in again["b"].note
    left = assign(late, SECRET, before)
    assert "which is taken" in left["b"].note, "not even of somebody who has left"


def test_another_choice_counts_and_a_choice_taken_back_does_not() -> None:
    before = {"a": "Night Owl"}
    assert assign([Person("A", "a", "Day Owl")], SECRET, before)["a"] == Given("Day Owl")
    assert is_a_pair(assign([Person("A", "a")], SECRET, before)["a"].pseudonym)


def test_drawn_names_are_unique_and_the_same_every_time() -> None:
    people = [Person(f"S {i}", f"s-{i}") for i in range(3_000)]
    once = {slug: given.pseudonym for slug, given in assign(people, SECRET, {}).items()}
    assert len({folded(name) for name in once.values()}) == len(people)
    assert {slug: g.pseudonym for slug, g in assign(people, SECRET, {}).items()} == once
    more = [Person("S new", "a-new"), *reversed(people)]
    kept = {slug: g.pseudonym for slug, g in assign(more, SECRET, once).items()}
    assert {slug: kept[slug] for slug in once} == once, "nobody's changes because somebody came"


def test_names_enough_where_all_pairs_are_taken() -> None:
    every = {f"p{i}": f"{a} {b}" for i, (a, b) in enumerate((a, b) for a in ADJECTIVES for b in NOUNS)}
    found = assign([Person("A", "a"), Person("B", "b")], SECRET, every)
    assert len({found["a"].pseudonym, found["b"].pseudonym, *every.values()}) == len(every) + 2


def test_without_the_secret_a_name_says_nothing() -> None:
    """Another secret gives others, and no plain hash of the slug or name picks them."""
    people = [Person(f"S {i}", f"s-{i}") for i in range(300)]
    mine, theirs = (assign(people, secret, {}) for secret in (SECRET, OTHER))
    assert sum(mine[p.slug] == theirs[p.slug] for p in people) < 3
    for text in ("{slug}", "0|{slug}", "{name}"):
        guessed = 0
        for person in people:
            digest = hashlib.sha256(text.format(slug=person.slug, name=person.name).encode()).digest()
            noun = NOUNS[int.from_bytes(digest[8:16]) % len(NOUNS)]
            guessed += mine[person.slug].pseudonym.lower().endswith(noun)
        assert guessed < 15, "one in 295 by chance"


def test_words_are_plain_and_each_stands_once() -> None:
    for words in (ADJECTIVES, NOUNS):
        assert len(set(words)) == len(words) > 200
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
