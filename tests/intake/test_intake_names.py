"""Names come from students: shown, they must not mislead; as file names, they must be safe and unique."""

import re

import pytest

from harness.intake.names import clean, is_odd, is_skipped, slugify, some, unique_slugs


@pytest.mark.parametrize(
    ("handed_in", "shown"),
    [
        ("Ann Lee", "Ann Lee"),
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("王芳", "王芳"),
        ("ann\u202eyp.exe", "annyp.exe"),
        ("\u2066ann\u2069\u200b\ufeff", "ann"),
        ("ann\x1b[31m\x00\x07", "ann[31m"),
        ("ann\n\r\tbob\u2028carl", "ann bob carl"),
        ("\udcff\udcfeann", "ann"),
        ("<img src=x>", "<img src=x>"),
        ("\u202e", ""),
        ("x" * 500, "x" * 100),
    ],
)
def test_clean_removes_what_cannot_be_seen(handed_in: str, shown: str) -> None:
    assert clean(handed_in) == shown


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ann Lee", "ann-lee"),
        ("José Núñez", "jose-nunez"),
        ("../../etc/passwd", "etc-passwd"),
        ("=cmd|' /C calc'!A0", "cmd-c-calc-a0"),
        ("CON", "student-con"),
        ("com1", "student-com1"),
        ("COM¹", "student-com1"),
        ("console", "console"),
        ("a" * 90, "a" * 40),
    ],
)
def test_slug_of(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("name", ["王芳", "🙂", "...", "", "\udcff"])
def test_a_name_without_ascii_letters_gets_a_slug_of_its_own(name: str) -> None:
    assert re.fullmatch(r"student-[0-9a-f]{8}", slugify(name))
    assert slugify(name) == slugify(name) != slugify(name + "李")


def test_names_that_share_a_slug_all_get_a_suffix() -> None:
    """Were one to keep the plain slug, a late hand-in could take over another student's card."""
    names, keys = ["ann", "Ann", "ann", "bob"], ["ann", "Ann", "ann.zip", "bob"]
    slugs = unique_slugs(names, keys)
    assert len(set(slugs)) == 4
    assert slugs[3] == "bob"
    assert all(re.fullmatch(r"ann-[0-9a-f]{6}", slug) for slug in slugs[:3])


def test_a_name_made_to_equal_the_suffixed_slug_does_not_collide() -> None:
    suffixed = unique_slugs(["ann", "Ann"], ["ann", "Ann"])
    names = ["ann", "Ann", *suffixed]
    slugs = unique_slugs(names, names)
    assert len(set(slugs)) == 4


@pytest.mark.parametrize(
    ("path", "skipped"),
    [
        (".git/config.py", True),
        ("__MACOSX/._a.py", True),
        ("src/__pycache__/a.py", True),
        (".DS_Store", True),
        ("src/a.py", False),
        ("a.b.py", False),
        ("pycache/a.py", False),
    ],
)
def test_litter_of_tools_is_skipped(path: str, skipped: bool) -> None:
    assert is_skipped(path) is skipped


@pytest.mark.parametrize(
    ("path", "odd"),
    [
        ("src/ä model (1).py", False),
        ("a\u202eyp.py", True),
        ("a\n.py", True),
        ("a\\b.py", True),
        ("c:a.py", True),
        ("\udcff.py", True),
        ("d/" * 100 + "a.py", True),
    ],
)
def test_odd_paths_are_told(path: str, odd: bool) -> None:
    assert is_odd(path, 200) is odd


@pytest.mark.parametrize(
    ("names", "text"),
    [(["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d", "e"], "a, b, c and 2 more")],
)
def test_some_names_up_to_three(names: list[str], text: str) -> None:
    assert some(names) == text
