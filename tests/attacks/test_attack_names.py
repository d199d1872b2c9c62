"""Pseudonyms that hide behind others: blank, alike to the eye, or those of the reference."""

import pytest

from harness.intake.pseudonyms import Person, assign

# Two names that look the same are one: whoever reads the leaderboard could not tell whose marks stand there.
LOOK_ALIKES = {
    "case": "NIGHT OWL",
    "spaces": "Ni ght-Owl",
    "nothing": "Night\u200b\u2060 O\u00adwl\ufe0f",
    "fillers": "Night\u3164Owl\u115f\u2800",
    "Cyrillic": "Night \u041ewl",
    "digits": "N1ght 0wl",
    "bars": "N|ght Ow|",
    "accents": "Nìght Ówl",
    "wide": "Ｎｉｇｈｔ　Ｏｗｌ",
    "mathematical": "𝐍𝐢𝐠𝐡𝐭 𝐎𝐰𝐥",
    "pairs": "Night Ovvl",
    "small capitals": "ɴɪɢʜᴛ ᴏᴡʟ",
    "rings": "Night ○wl",
}
BLANKS = (
    "",
    " ",
    "\u3164",
    "\u2800\u2800",
    "\u115f\u1160",
    "\uffa0 \u3164",
    "\u200b\ufeff",
    "\u0301",
    "\ufe0f",
    "🦉",
    "---",
)
NOT_PEOPLE = (
    "Reference model",
    "reference",
    "RΕFERENCE",
    "The Reference",
    "Pass mark",
    "Pass-Mark 2",
    "(no pseudonym)",
    "Baseline",
)


@pytest.mark.parametrize("wish", LOOK_ALIKES.values(), ids=list(LOOK_ALIKES))
def test_no_pseudonym_looks_like_another(wish: str) -> None:
    found = assign([Person("A", "a", "Night Owl"), Person("B", "b", wish)], bytes(32), {})
    assert found["a"].pseudonym == "Night Owl"
    assert found["b"].note and found["b"].pseudonym != wish
    later = assign([Person("B", "b", wish)], bytes(32), {"a": "Night Owl"})
    assert later["b"].note, "nor like that of somebody who has left"


def test_a_whole_name_in_another_script_is_seen_through() -> None:
    found = assign(
        [Person("A", "a", "COOT"), Person("B", "b", "СООТ"), Person("C", "c", "pap"), Person("D", "d", "рар")],
        bytes(32),
        {},
    )
    assert [bool(found[slug].note) for slug in "abcd"] == [False, True, False, True]


@pytest.mark.parametrize("wish", BLANKS, ids=ascii)
def test_no_pseudonym_is_blank(wish: str) -> None:
    given = assign([Person("A", "a", wish)], bytes(32), {})["a"]
    assert given.note and given.pseudonym.isprintable() and given.pseudonym.strip().isascii()


@pytest.mark.parametrize("wish", NOT_PEOPLE)
def test_no_pseudonym_is_that_of_the_reference_or_of_a_line(wish: str) -> None:
    assert assign([Person("A", "a", wish)], bytes(32), {})["a"].note


def test_no_pseudonym_is_another_students_name_in_disguise() -> None:
    people = [
        Person("Ann Lee", "ann-lee"),
        *(
            Person(f"B{n}", f"b{n}", wish)
            for n, wish in enumerate(("Аnn Lее", "ANN  LEE", "Ann Ｌee", "АNN LЕЕ", "Ann\u3164Lee"))
        ),
    ]
    found = assign(people, bytes(32), {})
    for person in people[1:]:
        assert found[person.slug].note, person


@pytest.mark.parametrize(
    "wish", ["Ночная сова", "Νυχτοπούλι", "夜のフクロウ", "ينشوف", "Łukasz-Fan", "Ω 3000", "Owl 🦉", "C++ & co."]
)
def test_names_in_the_scripts_of_the_world_are_given(wish: str) -> None:
    assert assign([Person("Ann Lee", "ann-lee", wish)], bytes(32), {})["ann-lee"].pseudonym == wish
