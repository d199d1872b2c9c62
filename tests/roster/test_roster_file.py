"""class.yaml: what its page tells works, an editor's schema agrees, and mistakes are told with their line."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from harness.errors import ClassError
from harness.grading.rubric_file import read_document
from harness.platforms.model import Identity
from harness.roster.class_file import ClassFile, class_schema, read_class_file
from harness.roster.class_list import Listed, read_class_list
from harness.roster.found import People
from harness.roster.hand_in_times import read_times
from harness.roster.moments import handed_in_at
from harness.shipped import folder

PAGE = (Path(__file__).parents[2] / "docs" / "class.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)[0]


def read(place: Path, text: str) -> ClassFile:
    path = place / "class.yaml"
    path.write_text(text, encoding="utf-8")
    return read_class_file(path)[0]


def test_the_example_of_the_page_is_understood(tmp_path: Path) -> None:
    says = read(tmp_path, EXAMPLE)
    assert says.late.free_days == 3
    assert says.groups == {"Team Seven": ["jdoe", "mroe"]}


def test_every_key_is_on_the_page() -> None:
    for key in (*ClassFile.model_fields, *ClassFile.model_fields["late"].annotation.model_fields):  # type: ignore[union-attr]
        assert f"`{key}`" in PAGE


def test_an_editor_accepts_what_is_accepted_and_marks_a_wrong_key(tmp_path: Path) -> None:
    path = tmp_path / "class.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    jsonschema.validate(read_document(path).data, class_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"rooster": "list.csv"}, class_schema())


def test_the_schema_is_the_one_that_is_shipped() -> None:
    assert json.loads((folder("rubrics") / "class.schema.json").read_text()) == class_schema()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "class.yaml:1: the file is empty; a class starts with 'time_zone"),
        ("- a", "a class is a mapping of keys"),
        ("rooster: a.csv", "a class has no key 'rooster'. Did you mean 'roster'"),
        ("due: {a: 2026-11-20 23:59}", "dates need a time zone"),
        ("time_zone: Middle/Earth", "there is no time zone 'Middle/Earth'"),
        ("\nlate: {per_day: 10%, per_hour: 1%}", "class.yaml:2: expected 'per_day' or 'per_hour', received both"),
        ("late: {per_day: 10}", "received the number 10; write 10%"),
        ("late: {grace: 15}", "15 min, 2 h or 5 days, received the number 15 without a unit"),
        ("late: {grace: 15 moons}", "received '15 moons'"),
        ("late: {free_days: 1.5}", "whole number of days"),
        ("late: {free_days: 2}", "'free_days' save what"),
        ("late: {of: worht}", "'of' must be 'worth' or 'earned', but is the text 'worht'"),
        ("excused: [{student: ann}]", "each of 'excused' needs 'reason'"),
        ("excused: [{student: 42, reason: x}]", "put the identifier 42 in quotes"),
        ("groups: {a: []}", "must be a list with somebody in it"),
        ("adjustments: [{student: a, task: t, points: 1, reson: x}]", "has no key 'reson'. Did you mean 'reason'"),
        ("roster: {file: a.csv, colums: {}}", ":1: 'roster' has no key 'colums'. Did you mean 'columns'"),
        ("roster: [a.csv]", ":1: 'roster' must be text (put it in quotes), but is a list."),
        ("roster: {file: 7}", ":1: 'file' must be text"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ClassError) as told:
        read(tmp_path, text)
    assert sentence in str(told.value)
    assert re.match(r"\S+class\.yaml:\d+: ", str(told.value))
    assert "\n" not in str(told.value)


LISTS = {
    "canvas": 'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Doe, Jane",7,0042,jdoe,A\n',
    "canvas, two names": "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section\nDoe,Jane,7,0042,jdoe,A\n",
    "excel": '\ufeffStudent;ID;SIS User ID;SIS Login ID\r\n"Doe, Jane";7;0042;jdoe\r\n"Student, Test";9;;\r\n',
    "gradescope": "First Name,Last Name,SID,Email,Sections\nJane,Doe,0042,j@x.org,\n",
    "moodle": '\ufeffIdentifier,"Full name","ID number"\r\n"Participant 8812345","Jane Doe",0042\r\n',
    "moodle, german": "Vollständiger Name;Matrikelnummer;E-Mail-Adresse\nJane Doe;0042;j@x.org\n",
    "brightspace": "OrgDefinedId,Last Name,First Name,End-of-Line Indicator\n#0042,Doe,Jane,#\n",
    "blackboard": "Last Name\tFirst Name\tUsername\tStudent ID\nDoe\tJane\tjdoe\t0042\n",
}


@pytest.mark.parametrize("of", LISTS)
def test_a_class_list_of_any_platform_is_read_as_it_is(of: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LISTS[of], encoding="utf-16" if of == "blackboard" else "utf-8", newline="")
    (one,) = read_class_list(path, {})
    assert one.ids["sis_id"] == "0042", "zeros in front stay"
    assert one.name in ("Jane Doe", "Doe, Jane")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Nom usuel,Note\nJane,1\n", "expected a column with names"),
        ("Name,SID\nJane,1\n\nMax,1\n", "list.csv:4: the student '1' stands here a second time (first on line 2)"),
        ("Name\nJane Doe\nJane Doe\n", "the name 'Jane Doe' stands here a second time"),
        ("Name\n", "at least one line below them, received 1"),
        ('Name,SID\n"Jane,1\nMax,2\n', "expected a class list as CSV"),
        ("Name,SID\nJ\xe4ne,1\n", "the text is not UTF-8"),
        ('Name,SID\n"Jane\nDoe",1\n', "a cell of several lines"),
    ],
)
def test_a_class_list_that_makes_no_sense(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(ClassError) as told:
        read_class_list(path, {})
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


def test_columns_of_unknown_heads_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Nom usuel,No\nJane,0042\n", encoding="utf-8")
    (one,) = read_class_list(path, {"name": "Nom usuel", "sis_id": "No"})
    assert (one.name, one.ids) == ("Jane", {"sis_id": "0042"})
    with pytest.raises(ClassError, match=r"there is no column 'Nom usel'\. Did you mean 'Nom usuel'"):
        read_class_list(path, {"name": "Nom usel"})


def test_times_name_a_task_that_is_there_and_a_student_once(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("student;task;handed in\na;toi;2026-01-01 10:00\n", encoding="utf-8")
    with pytest.raises(ClassError, match=r"times.csv:2: there is no task 'toi'. Did you mean 'toy'"):
        read_times(path, ["toy"])
    path.write_text("student,handed in\na,2026-01-01 10:00\nA,2026-01-02 10:00\n", encoding="utf-8")
    with pytest.raises(ClassError, match=r"times.csv:3: 'A' stands here a second time \(first on line 2\)"):
        read_times(path, ["toy"])


TIMES = {
    "by hand": "student,handed in\njdoe,2026-06-10 14:14\n",
    "moodle": (
        '\ufeffIdentifier,"Full name","ID number","Last modified (submission)"\r\n'
        '"Participant 8812345","Jane Doe",0042,"Wednesday, 10 June 2026, 2:14 PM"\r\n"Participant 9","Max",0043,-\r\n'
    ),
    "gradescope": "First Name,Last Name,SID,Submission Time\nJane,Doe,0042,2026-06-10 05:14:00 -0700\nMax,Roe,0043,\n",
    "nbgrader": "assignment,timestamp,student_id\nps1,2026-06-10 12:14:00.000000 UTC,jdoe\n",
}


@pytest.mark.parametrize("of", TIMES)
def test_times_are_read_from_a_platform_s_own_table(of: str, tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text(TIMES[of], encoding="utf-8", newline="")
    jane = Listed(Identity(name="Doe, Jane", login="jdoe", sis_id="0042"), 2)
    (one,) = read_times(path, ["ps1"])
    assert one.found_in(People([jane])) is jane
    assert handed_in_at(one.time, ZoneInfo("Europe/Berlin")).astimezone(UTC) == datetime(
        2026, 6, 10, 12, 14, tzinfo=UTC
    )
