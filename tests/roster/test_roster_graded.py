"""A class with class.yaml, graded and marked again: marks, cards, tables, and nobody lost."""

import csv
import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, files_below, graded, options

from harness.errors import ClassError
from harness.grading.people import people
from harness.grading.results import ClassResult, StudentResult
from harness.records.hand_marks import HandMarks
from harness.shipped import Rooms
from harness.workflow.class_rules import AskedRules
from harness.workflow.grade import Regrading, regrade
from harness.workflow.graded_class import opened
from harness.workflow.preview import preview
from harness.workflow.publish import publish

ROSTER = """\
Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Ames, Ann",101,u01,ann,A
"Bell, Bob",102,u02,bob,A
"Carr, Cy",103,u03,cy,B
"Dale, Di",104,u04,di,B
"Ek, Eva",105,u05,eva,B
"Student, Test",999,,,
"""
TIMES = "student,handed in\nann,2026-11-20 23:00\nbob,2026-11-22 10:00\n103,2026-11-20 23:05\n"
RULES = """\
time_zone: Europe/Berlin
roster: roster.csv
handed_in: times.csv
due: {toy: 2026-11-20 23:00}
late: {per_day: 10%, grace: 15 min}
groups: {pair: [cy, di]}
"""
EARNED = 80.0  # of the 80 points that the harness decides of GOOD


def written(folder: Path, rules: str = RULES, **files: str) -> Path:
    place = toy.write_class(folder / "class", dict.fromkeys(("ann", "bob", "pair"), toy.GOOD))
    (place / "class.yaml").write_text(rules, encoding="utf-8")
    for name, text in ({"roster": ROSTER, "times": TIMES} | files).items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def one(result: ClassResult, name: str) -> StudentResult:
    return next(p for p in people(result) if p.name.startswith(name))


def mark(result: ClassResult, name: str) -> float:
    (task,) = one(result, name).tasks
    return task.mark


def again(folder: Path, rules: str) -> ClassResult:
    (folder / "class" / "class.yaml").write_text(rules, encoding="utf-8")
    return regrade(folder / "out", Regrading(folder / "rubrics", tasks=toy.REGISTRY))


@pytest.fixture
def result(tmp_path: Path, sandbox: FakeSandbox) -> ClassResult:
    return graded(written(tmp_path), options(tmp_path))


def test_lateness_is_taken_off_and_what_was_earned_stays(result: ClassResult) -> None:
    assert [t.earned for t in one(result, "Bell").tasks] == [EARNED]
    assert mark(result, "Ames") == EARNED
    assert mark(result, "Bell") == EARNED - 0.2 * EARNED, "two days begun, of the 80 points decided"


def test_every_member_of_a_group_is_marked(result: ClassResult) -> None:
    assert mark(result, "Carr") == mark(result, "Dale") == EARNED, "five minutes are within the grace"
    assert [s.slug for s in result.students] == ["ann", "bob", "pair"], "who is one submission, marked by hand once"


def test_who_handed_nothing_in_is_on_the_page_and_in_the_table(result: ClassResult, tmp_path: Path) -> None:
    assert [s.name for s in result.missing] == ["Ek, Eva"]
    assert "Ek, Eva" in (tmp_path / "out" / "index.html").read_text()
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert list(lines) == ["Ames, Ann", "Bell, Bob", "Carr, Cy", "Dale, Di", "Ek, Eva"]
    assert (lines["Ek, Eva"]["toy mark"], lines["Ek, Eva"]["toy status"]) == ("", "missing")
    assert (lines["Bell, Bob"]["toy earned"], lines["Bell, Bob"]["toy mark"]) == ("80", "64")


def test_a_card_says_what_was_taken_off_and_why(result: ClassResult, tmp_path: Path) -> None:
    card = (tmp_path / "out" / "cards" / "bob.html").read_text()
    assert "Handed in 1 day 11 h late: 10 % of 80 points for each of 2 days." in card
    assert "64 / 80 points" in card
    assert {p.stem for p in (tmp_path / "out" / "cards").iterdir()} == {
        *("ann", "bob", "pair", "pair-carr-cy", "pair-dale-di")
    }


def test_a_changed_deadline_is_marked_without_training(
    result: ClassResult, tmp_path: Path, sandbox: FakeSandbox
) -> None:
    def forbidden(*args: object) -> None:
        raise AssertionError("marking again trains nothing")

    sandbox.seen = forbidden
    assert mark(again(tmp_path, RULES.replace("11-20 23:00}", "11-22 23:00}")), "Bell") == EARNED
    assert mark(again(tmp_path, f"{RULES}extensions: [{{student: u02, days: 1, reason: ill}}]"), "Bell") == 72.0
    assert mark(again(tmp_path, RULES.replace("grace", "free_days: 2, grace")), "Bell") == EARNED
    assert mark(again(tmp_path, RULES.replace("grace", "zero_after: 1 day, grace")), "Bell") == 0.0


def test_the_first_rules_give_back_the_first_files(result: ClassResult, tmp_path: Path) -> None:
    before = files_below(tmp_path / "out")
    again(tmp_path, RULES.replace("10%", "20%"))
    assert files_below(tmp_path / "out") != before
    again(tmp_path, RULES)
    assert files_below(tmp_path / "out") == before


def test_excuses_penalties_and_zeros(result: ClassResult, tmp_path: Path) -> None:
    said = """
missing: zero
excused: [{student: ann, task: toy, reason: Ill.}]
adjustments:
  - {student: bob, task: toy, points: -4, reason: The report was not signed.}
  - {student: cy, task: toy, points: 3, reason: A bug was reported.}
"""
    found = again(tmp_path, RULES + said)
    assert mark(found, "Bell") == EARNED - 16 - 4
    assert mark(found, "Carr") == EARNED, "no mark is above all points"
    assert [t.counts for t in one(found, "Ames").tasks] == [False]
    assert one(found, "Ames").passed is None
    assert one(found, "Ek").passed is False
    card = (tmp_path / "out" / "cards" / "bob.html").read_text()
    assert "The report was not signed." in card
    assert "−4" in card


def test_no_class_file_changes_nothing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    found = graded(place, options(tmp_path))
    assert not found.ruled
    assert [t.mark for s in found.students for t in s.tasks] == [EARNED]
    assert "toy mark" not in (tmp_path / "out" / "grades.csv").read_text()


def test_a_student_cannot_bring_rules_along(tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (place / "ann" / "class.yaml").write_text("adjustments: [{student: ann, task: toy, points: 99, reason: me}]")
    assert not graded(place / "ann", options(tmp_path)).ruled
    assert not graded(place / "ann" / "toy.py", options(tmp_path)).ruled


def test_a_file_of_nearly_the_right_name_is_not_passed_over(tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = written(tmp_path)
    (place / "class.yaml").rename(place / "class.yml")
    with pytest.raises(ClassError, match=r"found '.*class\.yml'; rename it"):
        graded(place, options(tmp_path))
    assert not (tmp_path / "out").exists()


def test_a_group_without_a_class_list_is_its_members(tmp_path: Path, sandbox: FakeSandbox) -> None:
    said = "extensions: [{student: cy, days: 1}]\nadjustments: [{student: Di Dale, task: toy, points: -4, reason: x}]\n"
    rules = RULES.replace("roster: roster.csv\n", "").replace("[cy, di]", "[cy, Di Dale]") + said
    times = "student,handed in\nann,2026-11-20 22:00\nbob,2026-11-20 22:00\ncy,2026-11-21 22:00\n"
    found = graded(written(tmp_path, rules, times=times), options(tmp_path))
    assert {p.name: [t.mark for t in p.tasks] for p in people(found)} == {
        **{"ann": [EARNED], "bob": [EARNED], "cy": [EARNED]},
        "Di Dale": [EARNED - 8 - 4],
    }
    assert not found.missing
    assert not found.remarks


def test_what_is_in_class_yaml_and_changes_nothing_is_told(tmp_path: Path, sandbox: FakeSandbox) -> None:
    said = "adjustments: [{student: eva, task: toy, points: 3, reason: A bug was reported.}]\n"
    found = graded(written(tmp_path, RULES.replace("{pair:", "{pare:") + said), options(tmp_path))
    assert any("no submission is called 'pare' so far. Did you mean 'pair'?" in remark for remark in found.remarks)
    assert "Ek, Eva handed nothing in for toy, so this changes no mark: A bug was reported." in found.remarks


def test_a_wrong_file_of_times_takes_no_known_time_away(result: ClassResult, tmp_path: Path) -> None:
    before = files_below(tmp_path / "out")
    (tmp_path / "others.csv").write_text("student,handed in\nzoe,2026-11-20 22:00\n")
    with pytest.raises(ClassError, match="file of another course"):
        regrade(
            tmp_path / "out",
            Regrading(tmp_path / "rubrics", tasks=toy.REGISTRY, rules=AskedRules(handed_in=tmp_path / "others.csv")),
        )
    assert files_below(tmp_path / "out") == before


BAD = {
    "another course": (
        "roster: roster.csv\n",
        {"roster": "Name,SID\nNobody Here,1\nNobody There,2\n"},
        "list of another course",
    ),
    "twice on the list": (RULES, {"roster": ROSTER + '"Ames, Anna",107,u07,ANN,C\n'}, "a second time"),
    "two of one name": (
        "roster: roster.csv\n",
        {"roster": "Name,SID\nann,1\nann,2\nBob,3\npair,4\n"},
        "cannot be given to one person",
    ),
    "unknown zone": (RULES.replace("Berlin", "Berln"), {}, "Did you mean 'Europe/Berlin'"),
    "skipped hour": (RULES.replace("2026-11-20 23:00", "2026-03-29 02:30"), {}, "daylight saving begins"),
    "doubled hour": (RULES.replace("2026-11-20 23:00", "2026-10-25 02:30"), {}, "write 2026-10-25 02:30[+]02:00 or"),
    "unknown task": (RULES.replace("toy:", "toi:"), {}, "Did you mean 'toy'"),
    "unknown student": (RULES + "excused: [{student: ammes, reason: x}]\n", {}, "class.yaml:7: there is nobody"),
    "unknown key": (RULES.replace("grace", "gracee"), {}, "Did you mean 'grace'"),
    "bare number": (RULES.replace("10%", "10"), {}, "write 10%"),
    "no student": (RULES, {"times": "who,when\nann,2026-11-20\n"}, "expected a column 'student'"),
    "no time": (RULES, {"times": "student,handed in\nann,yesterday\n"}, "times.csv:2: expected a date and a time"),
    "two times": (RULES, {"times": "student,handed in\nann,2026-11-20 22:00\n101,2026-11-22 22:00\n"}, "another time"),
    "times of others": (RULES, {"times": "student,handed in\nzoe,2026-11-20 22:00\n"}, "file of another course"),
    "twice behind": (RULES.replace("[cy, di]", "[ann, di]"), {}, "Expected one submission of"),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_one_sentence_and_nothing_is_written(bad: str, tmp_path: Path, sandbox: FakeSandbox) -> None:
    rules, files, sentence = BAD[bad]
    with pytest.raises(ClassError, match=sentence) as told:
        graded(written(tmp_path, rules, **files), options(tmp_path))
    assert "\n" not in str(told.value)
    assert not (tmp_path / "out").exists()


def test_rules_that_make_no_sense_leave_the_marks_as_they_are(result: ClassResult, tmp_path: Path) -> None:
    before = files_below(tmp_path / "out")
    with pytest.raises(ClassError):
        again(tmp_path, RULES.replace("[cy, di]", "[cy, dy]"))
    assert files_below(tmp_path / "out") == before


def test_times_given_once_are_remembered(tmp_path: Path, sandbox: FakeSandbox) -> None:
    rules = RULES.replace("handed_in: times.csv\n", "")
    place = written(tmp_path, rules)
    found = graded(place, options(tmp_path, rules=AskedRules(handed_in=place / "times.csv")))
    assert mark(found, "Bell") == 64.0
    (place / "times.csv").unlink()
    assert mark(again(tmp_path, rules), "Bell") == 64.0


def test_unknown_times_cost_nothing_and_are_told(tmp_path: Path, sandbox: FakeSandbox) -> None:
    found = graded(written(tmp_path, RULES.replace("handed_in: times.csv\n", "")), options(tmp_path))
    assert mark(found, "Bell") == EARNED
    assert any("is not known" in said for said in found.remarks)


def test_times_of_files_count_only_where_they_are_asked_for(tmp_path: Path, sandbox: FakeSandbox) -> None:
    rules = RULES.replace("handed_in: times.csv\n", "")
    place = written(tmp_path, rules)
    late = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()
    os.utime(place / "bob" / "toy.py", (late, late))
    assert mark(graded(place, options(tmp_path)), "Bell") == EARNED
    found = graded(place, options(tmp_path, rules=AskedRules(file_times=True)))
    assert mark(found, "Bell") == 64.0
    assert mark(again(tmp_path, rules), "Bell") == 64.0


def test_a_preview_shows_whom_another_deadline_moves(result: ClassResult, tmp_path: Path) -> None:
    (tmp_path / "class" / "class.yaml").write_text(RULES.replace("11-20 23:00}", "11-21 23:00}"), encoding="utf-8")
    found = preview(tmp_path / "out", tmp_path / "rubrics", tasks=toy.REGISTRY)
    assert [(m.student, m.change) for m in found.moves] == [("Bell, Bob", 8.0)]


def test_marks_by_hand_count_for_the_whole_group(result: ClassResult, tmp_path: Path) -> None:
    with closing(HandMarks(tmp_path / "out")) as marks:
        marks.add(("pair", "toy", "report"), grader="me", points=15.0, seen=0)
    found = again(tmp_path, RULES.replace("grace: 15 min", "grace: 0"))
    assert mark(found, "Carr") == mark(found, "Dale") == 95.0 - 0.1 * 100


def test_cards_of_a_group_go_to_its_members(result: ClassResult, tmp_path: Path) -> None:
    with opened(tmp_path / "out", tasks=toy.REGISTRY) as class_:
        made = publish(class_, grader="me", force=True)
    assert {*made.files} == {"ann", "bob", "pair-carr-cy", "pair-dale-di"}


def test_the_course_s_rules_count_where_no_others_lie(tmp_path: Path, sandbox: FakeSandbox) -> None:
    place = toy.write_class(tmp_path / "handed in" / "class", {"ann": toy.GOOD})
    course = tmp_path / "course"
    course.mkdir()
    (course / "class.yaml").write_text("adjustments: [{student: ann, task: toy, points: -7, reason: x}]")
    found = graded(place, options(tmp_path, rooms=Rooms(course)))
    assert mark(found, "ann") == EARNED - 7
