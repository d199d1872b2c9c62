"""Whom a word means, and that a mark never lands on somebody else of the same name."""

import pytest

from harness.platforms.model import Identity
from harness.roster.class_list import Listed
from harness.roster.found import People, Unclear

JANE = Listed(Identity(name="Doe, Jane", user_id="101", login="jdoe", sis_id="0042"), 2)
NAMESAKE = Listed(Identity(name="Jane Doe", user_id="103", login="jdoe2"), 3)
MAX = Listed(Identity(name="Max Roe", user_id="102", email="m@x.org", participant="8812"), 4)
ACCENTED = Listed(Identity(name="Ünal, Çağla", login="42"), 5)
ALL = People([JANE, NAMESAKE, MAX, ACCENTED])


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (Identity(name="doejane", user_id="101"), JANE),
        (Identity(name="doejane", user_id="103"), NAMESAKE),
        (Identity(name="Max Roe"), MAX),
        (Identity(name="roe, max"), MAX),
        (Identity(name="ünalçağla", user_id="777"), ACCENTED),
        (Identity(email="M@X.org"), MAX),
        (Identity(name="Max Roe", login="maximilian"), MAX),
        (Identity(name="Max Roe", email="another@max.org"), None),
        (Identity(name="Max Roe", user_id="999"), None),
        (Identity(name="Team A", participant="8812"), None),
        (Identity(name="Max Roe", participant="8812"), MAX),
        (Identity(sis_id="42"), None),
        (Identity(), None),
    ],
)
def test_a_platform_means_one_person_or_none(who: Identity, found: Listed | None) -> None:
    assert ALL.of(who) is found


@pytest.mark.parametrize("who", [Identity(name="Jane Doe"), Identity(name="Max Roe", user_id="102", login="jdoe")])
def test_what_could_be_two_people_is_nobody_s(who: Identity) -> None:
    with pytest.raises(Unclear):
        ALL.of(who)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("jdoe", JANE),
        ("JDOE2", NAMESAKE),
        ("0042", JANE),
        ("42", ACCENTED),
        ("max_roe", MAX),
        ("Unal-Cagla", ACCENTED),
        ("çağla_ünal", ACCENTED),
        ("Max  Roe", MAX),
        ("x", None),
    ],
)
def test_a_word_in_class_yaml_is_an_identifier_or_a_name(word: str, found: Listed | None) -> None:
    assert ALL.meant(word) is found


def test_a_name_of_two_is_refused_with_both_of_them() -> None:
    with pytest.raises(Unclear, match=r"'Jane Doe' could be 101 \(line 2 of the class list\) or 103 \(line 3"):
        ALL.meant("Jane Doe")
    with pytest.raises(Unclear):
        ALL.meant("jane-doe")
