"""Marking: what is entered is there, what is wrong is said and kept, and nobody overwrites what they have not seen."""

from pathlib import Path

import pytest
import toy
from serve.conftest import HIDDEN
from serve.visitor import FormReader, Visitor

from harness.errors import ResultsError
from harness.records.hand_marks import HandMarks
from harness.report.themes.theme import load_theme
from harness.serve.app import create_app
from harness.serve.desk import Desk, Sight
from harness.serve.gate import Gate
from harness.serve.reporter import Reporter
from harness.serve.room import Room
from harness.workflow.graded_class import GradedClass, opened

ANN = "/students/ann-example"


def look(room: Room) -> Sight:
    sight = room.desk.look()
    assert sight
    return sight


def points_of(room: Room, slug: str, name: str) -> float | None:
    return next(c.earned for t in look(room).students[slug].tasks for c in t.criteria if c.id == name)


def history(room: Room) -> list[tuple[str, str, float | None, str]]:
    return [(m.grader, m.criterion, m.points, m.reason) for m in room.desk.graded.marks.history()]


def test_points_and_a_comment_are_on_the_card_at_once(visitor: Visitor, room: Room) -> None:
    answer = visitor.mark("ann-example", "report", "12,5", comment="Clear.\r\nShort.")
    assert answer.status_code == 303 and answer.headers["Location"].startswith(f"{ANN}?saved=1")
    assert points_of(room, "ann-example", "report") == 12.5
    card = visitor.get(f"{ANN}/card").text
    assert "Clear.\nShort." in card and "12.5 of 20 points" in card
    assert "Saved: 1 change." in visitor.get(answer.headers["Location"]).text
    fields = visitor.form(ANN)
    assert (fields["points/toy/report"], fields["comment/toy/report"]) == ("12.5", "Clear.\nShort.")
    assert history(room) == [("Grace", "report", 12.5, "")]


def test_a_form_sent_as_it_came_changes_nothing(visitor: Visitor, room: Room) -> None:
    visitor.mark("ann-example", "report", "12.5", comment="Clear.")
    visitor.mark("ann-example", "plain", "10", reason="Two seeds were mixed up.")
    assert visitor.send(ANN, {}).headers["Location"] == ANN
    assert len(history(room)) == 2


@pytest.mark.parametrize("points", ["21", "-1", "nan", "inf", "1e1", "ten", "1 0", "0x5", "1_0", "٣", "9" * 40])
def test_points_that_cannot_be_are_refused_and_kept_in_the_form(visitor: Visitor, room: Room, points: str) -> None:
    answer = visitor.mark("ann-example", "report", points, comment="Long thoughts.")
    assert answer.status_code == 422
    assert "Expected points from 0 to 20, or nothing, received" in answer.text
    fields = FormReader(answer.text).fields
    assert (fields["points/toy/report"], fields["comment/toy/report"]) == (points, "Long thoughts.")
    assert history(room) == []


@pytest.mark.parametrize(
    ("points", "value"), [("0", 0), ("20", 20), ("0.25", 0.25), (" 7 ", 7), (".5", 0.5), ("3.", 3)]
)
def test_any_step_between_nothing_and_all_is_a_mark(visitor: Visitor, room: Room, points: str, value: float) -> None:
    assert visitor.mark("ann-example", "report", points).status_code == 303
    assert points_of(room, "ann-example", "report") == value


def test_one_wrong_field_saves_none(visitor: Visitor, room: Room) -> None:
    answer = visitor.send(ANN, {"points/toy/report": "12", "points/toy/talk": "6"})
    assert answer.status_code == 422 and "Nothing was saved." in answer.text
    assert history(room) == []


def test_an_override_needs_a_reason_which_the_student_reads(visitor: Visitor, room: Room) -> None:
    answer = visitor.mark("ann-example", "plain", "10")
    assert answer.status_code == 422 and "Expected a reason beside points" in answer.text
    visitor.mark("ann-example", "plain", "10", reason="Trained on the test images")
    assert points_of(room, "ann-example", "plain") == 10
    assert "Trained on the test images." in visitor.get(f"{ANN}/card").text
    assert "The harness gave 50." in visitor.get(ANN).text


def test_an_override_can_be_taken_back(visitor: Visitor, room: Room) -> None:
    visitor.mark("ann-example", "plain", "10", reason="Trained on the test images")
    assert visitor.mark("ann-example", "plain", "", reason="It was not; sorry").status_code == 303
    assert points_of(room, "ann-example", "plain") == 50
    assert [(p, r) for *_, p, r in history(room)] == [(10, "Trained on the test images"), (None, "It was not; sorry")]
    assert visitor.mark("ann-example", "plain", "", comment="Fine now.").status_code == 303


def test_a_mark_once_given_is_changed_with_a_reason(visitor: Visitor, room: Room) -> None:
    visitor.mark("ann-example", "report", "10")
    answer = visitor.mark("ann-example", "report", "12")
    assert answer.status_code == 422 and "Expected a reason for changing points" in answer.text
    assert visitor.mark("ann-example", "report", "12", reason="Page 3 was overlooked").status_code == 303
    assert visitor.mark("ann-example", "report", "12", comment="Better.").status_code == 303, "words need none"
    assert [(p, r) for *_, p, r in history(room)] == [(10, ""), (12, "Page 3 was overlooked"), (12, "")]
    assert "overlooked" not in visitor.get(f"{ANN}/card").text, "it is for the history"
    assert "Page 3 was overlooked" in visitor.get("/history").text


def test_a_comment_on_an_automatic_criterion_changes_no_mark(visitor: Visitor, room: Room) -> None:
    visitor.mark("ann-example", "plain", "", comment="Well done!")
    assert points_of(room, "ann-example", "plain") == 50
    assert "Well done!" in visitor.get(f"{ANN}/card").text
    answer = visitor.mark("ann-example", "beats-naive", "", reason="why not")
    assert answer.status_code == 422 and "Expected points beside a reason" in answer.text


def test_of_two_graders_the_second_decides_and_sees_both(visitor: Visitor, second: Visitor, room: Room) -> None:
    open_page = second.form(ANN)
    visitor.mark("ann-example", "report", "10", comment="Weak on curves.")
    mine = {"points/toy/report": "15", "comment/toy/report": "Strong.", "points/toy/talk": "4"}
    answer = second.send(ANN, mine, fields=open_page)
    assert answer.status_code == 409
    assert "Weak on curves." in answer.text and "Strong." in answer.text and "Grace" in answer.text
    assert points_of(room, "ann-example", "report") == 10, "nothing was overwritten"
    assert points_of(room, "ann-example", "talk") == 4, "what did not clash is saved, and told"
    assert "1 other change is saved" in answer.text
    fields = FormReader(answer.text).fields
    kept = second.send(ANN, {"use/toy/report": "theirs"}, fields=fields)
    assert kept.status_code == 303 and points_of(room, "ann-example", "report") == 10
    won = second.send(ANN, {"use/toy/report": "mine", "reason/toy/report": "We talked"}, fields=fields)
    assert won.status_code == 303 and points_of(room, "ann-example", "report") == 15
    assert [h for h in history(room) if h[1] == "report"] == [
        ("Grace", "report", 10, ""),
        ("Alan", "report", 15, "We talked"),
    ]


def test_a_third_change_while_the_second_decides_is_not_lost_either(
    visitor: Visitor, second: Visitor, room: Room
) -> None:
    open_page = second.form(ANN)
    visitor.mark("ann-example", "report", "10")
    clash = FormReader(second.send(ANN, {"points/toy/report": "15"}, fields=open_page).text).fields
    visitor.mark("ann-example", "report", "11", reason="Counted again")
    answer = second.send(ANN, {"use/toy/report": "mine", "reason/toy/report": "We talked"}, fields=clash)
    assert answer.status_code == 409 and points_of(room, "ann-example", "report") == 11


def test_two_graders_at_different_criteria_do_not_clash(visitor: Visitor, second: Visitor, room: Room) -> None:
    first, other = visitor.form(ANN), second.form(ANN)
    assert visitor.send(ANN, {"points/toy/report": "10"}, fields=first).status_code == 303
    assert second.send(ANN, {"points/toy/talk": "5"}, fields=other).status_code == 303
    assert (points_of(room, "ann-example", "report"), points_of(room, "ann-example", "talk")) == (10, 5)


def test_the_same_form_sent_twice_is_one_change(visitor: Visitor, room: Room) -> None:
    fields = visitor.form(ANN)
    for _ in range(2):
        assert visitor.send(ANN, {"points/toy/report": "10"}, fields=fields).status_code == 303
    assert len(history(room)) == 1


def test_a_second_server_on_the_same_folder_sees_and_respects_it(
    visitor: Visitor, room: Room, class_: GradedClass
) -> None:
    other_desk = Desk(GradedClass(class_.out, class_.records, HandMarks(class_.out), class_.publications, class_.tasks))
    other_room = Room(other_desk, room.gate, room.reporter, "Alan")
    other = Visitor(create_app(other_room), room.gate, "Alan").enter()
    open_page = other.form(ANN)
    visitor.mark("ann-example", "report", "10")
    assert other.form(ANN)["points/toy/report"] == "10"
    assert other.send(ANN, {"points/toy/report": "3"}, fields=open_page).status_code == 409
    other_desk.graded.marks.close()


def test_the_next_open_student_follows_and_the_last_leads_to_the_class(visitor: Visitor, room: Room) -> None:
    order = list(look(room).order)
    for here, following in zip(order, [*order[1:], None], strict=True):
        changes = {"points/toy/report": "1", "points/toy/talk": "1", "then": "next"}
        answer = visitor.send(f"/students/{here}", changes)
        expected = f"/students/{following}?" if following else "/?marked="
        assert answer.headers["Location"].startswith(expected)
    assert "nothing is left to be marked" in visitor.get(answer.headers["Location"]).text
    assert visitor.get("/next-open").headers["Location"] == "/"


def test_a_full_disk_is_told_and_what_was_typed_is_kept(
    visitor: Visitor, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ResultsError("Could not write to marking.sqlite (disk is full); mend it.")

    fields = visitor.form(ANN)
    monkeypatch.setattr(room.desk.graded.marks, "add", full)
    answer = visitor.send(ANN, {"points/toy/report": "10", "comment/toy/report": "Two pages of it"}, fields=fields)
    assert answer.status_code == 503 and "Not saved." in answer.text and "disk is full" in answer.text
    assert FormReader(answer.text).fields["comment/toy/report"] == "Two pages of it"


def test_a_mark_on_an_earlier_version_can_be_confirmed(visitor: Visitor, room: Room) -> None:
    room.desk.graded.marks.add(
        ("ann-example", "toy", "report"), grader="Alan", points=7, source="an older hand-in", seen=0
    )
    assert "decided on an earlier version" in visitor.get(ANN).text
    assert visitor.send(ANN, {"confirm/toy/report": "yes"}).status_code == 303
    assert "decided on an earlier version" not in visitor.get(ANN).text
    assert [(g, p) for g, _, p, _ in history(room)] == [("Alan", 7), ("Grace", 7)]


def test_the_history_says_who_changed_what_from_what(visitor: Visitor, second: Visitor) -> None:
    visitor.mark("ann-example", "report", "10")
    second.mark("ann-example", "report", "12", reason="Page 3 was overlooked")
    page = visitor.get("/history").text
    rows = [r for r in page.split("<tr>") if "Page 3 was overlooked" in r]
    assert len(rows) == 1
    assert "Alan" in rows[0] and '<td class="n">10</td><td class="n">12</td>' in rows[0] and "UTC" in rows[0]
    assert "Page 3" not in visitor.get("/history?student=bob-noyce").text


def test_a_long_history_has_pages(visitor: Visitor, room: Room) -> None:
    seen = 0
    for n in range(205):
        seen = room.desk.graded.marks.add(("ann-example", "toy", "report"), grader="g", points=n % 20, seen=seen).id
    page = visitor.get("/history").text
    assert page.count("<tr>") == 201 and "Page 1 of 2" in page
    assert visitor.get("/history?page=2").text.count("<tr>") == 6


def test_marks_of_somebody_who_left_are_not_forgotten(visitor: Visitor, room: Room) -> None:
    room.desk.graded.marks.add(("gone", "toy", "report"), grader="Alan", points=7, seen=0)
    assert "not in this class now" in visitor.get("/").text
    assert "not in the class now" in visitor.get("/history").text


def test_cards_are_read_side_by_side(visitor: Visitor) -> None:
    page = visitor.get("/compare?left=ann-example&right=bob-noyce").text
    assert page.count("<iframe sandbox") == 2
    assert "/students/ann-example/card" in page and "/students/bob-noyce/card" in page


def test_the_class_page_leads_to_marking(visitor: Visitor) -> None:
    page = visitor.get("/").text
    assert 'href="cards/ann-example.html"' in page and "0 of 8 marked by hand" in page
    assert visitor.get("/cards/ann-example.html").headers["Location"] == ANN
    visitor.mark("ann-example", "report", "1")
    assert "1 of 8 marked by hand" in visitor.get("/").text


def test_on_this_machine_the_login_name_stands_for_the_grader(room: Room) -> None:
    nameless = Visitor(create_app(room), room.gate, grader="").enter()
    nameless.mark("ann-example", "report", "1")
    assert history(room)[0][0] == "Prof"


def test_where_others_can_come_in_everybody_gives_a_name(room: Room) -> None:
    asking = Room(room.desk, room.gate, room.reporter, "Prof", asks=True)
    nameless = Visitor(create_app(asking), room.gate, grader="").enter()
    assert nameless.get(ANN).headers["Location"] == "/grader"
    nameless.send("/grader", {"grader": "  Émile \u202e Borel\n"}, page="/grader")
    nameless.mark("ann-example", "report", "1")
    assert history(room)[0][0] == "Émile Borel"


def test_publishing_open_marks_has_to_be_agreed_to(visitor: Visitor, room: Room) -> None:
    page = visitor.get("/publish").text
    assert "8 criteria of 4 students are still to be marked by hand" in page
    assert visitor.send("/publish", {}).status_code == 409
    assert not room.folder.exists()
    done = visitor.send("/publish", {"force": "yes"})
    assert done.status_code == 303
    assert len(list(room.folder.glob("*.html"))) == 4
    assert not [p for p in room.folder.glob("*.html") if HIDDEN in p.read_text(encoding="utf-8")]
    assert "4 cards are in" in visitor.get(done.headers["Location"]).text
    assert "Grace" in visitor.get("/history").text
    assert visitor.get("/published.csv").text.startswith("\ufeffstudent,slug,file")
    visitor.mark("ann-example", "report", "1")
    assert "Marks of 1 student changed since" in visitor.get("/publish").text


def test_hidden_criteria_are_published_when_asked_for(visitor: Visitor, room: Room) -> None:
    assert visitor.send("/publish", {"force": "yes", "reveal": "yes"}).status_code == 303
    assert all(HIDDEN in p.read_text(encoding="utf-8") for p in room.folder.glob("*.html"))


def test_pages_wear_the_theme_of_the_course(out: Path, tmp_path: Path) -> None:
    """Own templates run in Jinja's sandbox, and these pages with them; their forms stay those of the harness."""
    (tmp_path / "theme" / "templates").mkdir(parents=True)
    (tmp_path / "theme" / "theme.yaml").write_text("course: Deep Learning 101\n")
    base = '{% extends "harness/base.html" %}{% block footer %}Own words.{% endblock %}'
    (tmp_path / "theme" / "templates" / "base.html").write_text(base)
    (tmp_path / "theme" / "style.css").write_text("body { letter-spacing: .01em; }")
    with opened(out, theme=load_theme(tmp_path / "theme"), tasks=toy.REGISTRY) as found:
        desk = Desk(found)
        room = Room(desk, Gate(), Reporter(desk), "Prof")
        visitor = Visitor(create_app(room), room.gate).enter()
        for path in ("/", ANN, f"{ANN}/card", "/compare?left=ann-example", "/history", "/publish", "/leaderboard.html"):
            page = visitor.get(path)
            assert page.status_code == 200 and "letter-spacing: .01em" in page.text, path
        assert visitor.mark("ann-example", "report", "3").status_code == 303
        assert visitor.mark("ann-example", "report", "4").status_code == 422
