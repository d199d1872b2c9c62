"""class.yaml beside what platforms give: people are known by their numbers, times come from the platform."""

from pathlib import Path

import pytest
import toy
from platforms.made import as_folder, as_zip, zipped
from workflow.classes import FakeSandbox, graded, options

from harness.grading.people import people
from harness.grading.results import ClassResult

CODE = toy.GOOD.encode()
CANVAS = {
    "doejane_101_9001_toy.py": CODE,
    "roemax_LATE_102_9002_toy.py": CODE,
    "doejane_103_9003_toy.py": CODE,
}
CANVAS_LIST = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Toy (1)
,,,,,Manual Posting
    Points Possible,,,,,100.00
"Doe, Jane",101,u01,jdoe,A,
"Roe, Max",102,u02,mroe,A,
"Doe, Jane",103,u03,jdoe2,B,
"=""=HYPERLINK""",104,u04,evil,B,
"Student, Test",999,,,,
'''
GRADESCOPE = {
    "submission_metadata.yml": b"""---
submission_1:
  :submitters:
  - :name: Jane-Ann Doe
    :sid: '0200'
    :email: one@example.edu
  - :name: Max Roe
    :sid: '0201'
  :created_at: 2026-06-01 22:30:05.123456789 Z
""",
    "submission_1/toy.py": CODE,
}
MOODLE = {"Jane Doe_8880001_assignsubmission_file/toy.py": CODE, "Max Roe_8880002_assignsubmission_file/toy.py": CODE}
MOODLE_LIST = (
    "\ufeffIdentifiant;Nom complet;Numéro d'identification;Note\r\n"
    "Participant8880001;Jane Doe;0042;\r\nParticipant8880002;Max Roe;0043;\r\nParticipant8880003;Zoé Œuvre;0044;\r\n"
)
BLACKBOARD = {
    "Net_1_jdoe_attempt_2026-03-29-03-30-00.txt": b"Name: Jane Doe (jdoe)\nAssignment: Net_1\n\nFiles:\n",
    "Net_1_jdoe_attempt_2026-03-29-03-30-00_toy.py": CODE,
}


def result_of(folder: Path, rules: str = "", class_list: str = "") -> ClassResult:
    (folder / "class.yaml").write_text(rules, encoding="utf-8")
    (folder / "roster.csv").write_text(class_list, encoding="utf-8", newline="")
    return graded(folder / "download.zip", options(folder))


def marks(result: ClassResult) -> dict[str, list[float]]:
    return {f"{p.name} {p.ids.get('sis_id', '')}".strip(): [t.mark for t in p.tasks] for p in people(result)}


def test_two_of_one_name_are_told_apart_by_their_numbers(tmp_path: Path, sandbox: FakeSandbox) -> None:
    as_zip(tmp_path, CANVAS)
    said = "roster: roster.csv\nadjustments: [{student: jdoe2, task: toy, points: -8, reason: No report.}]\n"
    found = result_of(tmp_path, said, CANVAS_LIST)
    assert marks(found) == {"Doe, Jane u01": [80], "Doe, Jane u03": [72], "Roe, Max u02": [80], "=HYPERLINK u04": []}
    assert "'=HYPERLINK" in (tmp_path / "out" / "grades.csv").read_text()


def test_late_at_an_unknown_time_costs_nothing_and_is_said(tmp_path: Path, sandbox: FakeSandbox) -> None:
    as_zip(tmp_path, CANVAS)
    said = "time_zone: UTC\nroster: roster.csv\ndue: {toy: 2026-06-01 12:00}\nlate: {per_day: 10%}\n"
    found = result_of(tmp_path, said, CANVAS_LIST)
    assert marks(found)["Roe, Max u02"] == [80]
    assert "The platform says that this came late, but not when" in "".join(
        p.read_text() for p in (tmp_path / "out" / "cards").iterdir()
    )


def test_a_pair_on_gradescope_is_two_people_without_any_class_file(tmp_path: Path, sandbox: FakeSandbox) -> None:
    found = graded(as_folder(tmp_path, GRADESCOPE), options(tmp_path))
    assert marks(found) == {"Jane-Ann Doe 0200": [80], "Max Roe 0201": [80]}
    assert len([*(tmp_path / "out" / "cards").iterdir()]) == 3


def test_a_time_with_a_zone_is_late_by_the_clock_of_the_class(tmp_path: Path, sandbox: FakeSandbox) -> None:
    (tmp_path / "download.zip").write_bytes(zipped(GRADESCOPE))
    said = "time_zone: Europe/Berlin\ndue: {toy: 2026-06-02 00:00}\nlate: {per_hour: 1%}\n"
    said += "extensions: [{student: '0201', task: toy, days: 1}]\n"
    assert marks(result_of(tmp_path, said)) == {"Jane-Ann Doe 0200": [80 - 0.8], "Max Roe 0201": [80]}


def test_a_list_in_another_language_and_dialect(tmp_path: Path, sandbox: FakeSandbox) -> None:
    as_zip(tmp_path, MOODLE)
    found = result_of(tmp_path, "roster: roster.csv\n", MOODLE_LIST)
    assert marks(found) == {"Jane Doe 0042": [80], "Max Roe 0043": [80], "Zoé Œuvre 0044": []}


@pytest.mark.parametrize(("due", "mark"), [("03:00", 80 - 0.8), ("01:59", 80 - 0.8), ("01:15", 80 - 1.6)])
def test_a_local_time_is_of_the_class_and_skipped_hours_do_not_count(
    due: str, mark: float, tmp_path: Path, sandbox: FakeSandbox
) -> None:
    """At 02:00 the clock goes to 03:00, so half past three is 31 minutes after one minute to two."""
    as_zip(tmp_path, BLACKBOARD)
    said = f"time_zone: Europe/Berlin\ndue: {{toy: 2026-03-29 {due}}}\nlate: {{per_hour: 1%}}\n"
    assert marks(result_of(tmp_path, said)) == {"Jane Doe": [mark]}
