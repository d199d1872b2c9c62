"""What the rules of a class change about a mark reaches the worksheet: per person, excused, or nothing handed in."""

from pathlib import Path

from export.made import earning, kept, trip
from export.test_into_gradebooks import COLUMN, book
from report.conftest import make_class, make_criterion, make_student, make_task

from harness.grading.people import without_submission
from harness.grading.scale import GradingScale
from harness.grading.terms import Absent, Change, Late, Member, Terms
from harness.platforms.model import Identity


def terms(**said: object) -> dict[str, Terms]:
    return {"autoencoder": Terms.model_validate(said)}


def test_lateness_and_penalties_are_in_the_mark(tmp_path: Path) -> None:
    late = terms(late=Late(seconds=90_000, charged=2, share=0.05), changes=[Change(points=-1, reason="no report")])
    task = make_task(criteria=[make_criterion(points=50, earned=40)], terms=late["autoencoder"])
    made = trip(tmp_path, book(), make_class(make_student("Jane Doe", tasks=[task])), columns=[COLUMN])
    assert made.after == book("68.00")  # (40 - 2 * 0.05 * 50 - 1) / 50


def test_members_of_a_group_get_their_own_marks(tmp_path: Path) -> None:
    members = [
        Member(name="Jane Doe", slug="t-jane", ids={"user_id": "366516"}),
        Member(
            name="Roe", slug="t-max", ids={"login": "mroe"}, terms=terms(changes=[Change(points=-10, reason="left")])
        ),
    ]
    result = make_class(earning("Team", 0.8).model_copy(update={"members": members}))
    known = kept("canvas", team=Identity(name="team", user_id="366516"))
    made = trip(tmp_path, book(), result, known, columns=[COLUMN])
    assert made.after == book("80.00", "60.00")


def test_excused_is_what_the_platform_calls_it_and_nothing_is_never_zero(tmp_path: Path) -> None:
    absent = Absent(task="autoencoder", title="Autoencoders", excused="ill")
    gone = Absent(task="autoencoder", title="Autoencoders")
    nobody = [
        without_submission(Member(name="Doe, Jane", ids={"login": "jdoe"}, absent=[absent]), GradingScale()),
        without_submission(Member(name="Roe, Max", ids={"login": "mroe"}, absent=[gone]), GradingScale()),
    ]
    result = make_class(earning("Ann Open", 0.5), missing=nobody, ruled=True)
    made = trip(tmp_path, book("", "33.00"), result, columns=[COLUMN])
    assert made.after == book("EX", "33.00").replace(b"aopen,DL-01,,", b"aopen,DL-01,50.00,")
    assert (made.why["Doe, Jane"], made.why["Roe, Max"]) == ("excused", "absent")


def test_zero_only_where_the_rules_say_so(tmp_path: Path) -> None:
    gone = Absent(task="autoencoder", title="Autoencoders", worth=50)
    nobody = without_submission(Member(name="Roe, Max", ids={"login": "mroe"}, absent=[gone]), GradingScale())
    made = trip(tmp_path, book(), make_class(earning("Doe, Jane", 1), missing=[nobody], ruled=True), columns=[COLUMN])
    assert made.after == book("100.00", "0.00")


def test_a_task_that_others_have_is_not_left_out_of_the_sum(tmp_path: Path) -> None:
    both = make_student("Max Roe", tasks=[make_task(), make_task(task="vae")])
    result = make_class(earning("Jane Doe", 1.0), both)
    made = trip(tmp_path, book(), result, columns=[COLUMN])
    assert made.why["Doe, Jane"] == "no task"
    assert trip(tmp_path, book(), result, columns=[COLUMN], tasks=["autoencoder"]).marks["Doe, Jane"] == "100.00"
