"""Marks into Moodle's grading worksheet, in its dialects and languages, and back out byte by byte."""

from pathlib import Path

import pytest
from export.made import CLASS, NAMES, broken, earning, kept, trip
from report.conftest import make_class

from harness.errors import UsageError
from harness.export.layout import parse_roles
from harness.platforms.model import Identity

ENGLISH = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"'
)
GERMAN = (
    'ID,"Vollständiger Name","ID-Nummer","E-Mail-Adresse",Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)",'
    '"Feedback als Kommentar"'
)
DATE = '"Wednesday, 10 June 2026, 2:14 PM"'


def row(
    number: int, name: str, grade: str = "", maximum: str = "100.00", changeable: str = "Yes", said: str = ""
) -> str:
    status = '"Submitted for grading - 3 mins 31 secs late"'
    return (
        f'"Participant {8880000 + number}","{name}",00{number},{number}@example.edu,{status},{grade},{maximum},'
        f"{changeable},{DATE},-,{said}"
    )


def worksheet(*rows: str, header: str = ENGLISH, end: str = "\r\n", bom: str = "\ufeff") -> bytes:
    return (bom + end.join([header, *rows]) + end).encode()


ROWS = [row(i, name) for i, name in enumerate(NAMES, 1)]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_only_mark_cells_change(tmp_path: Path, end: str, bom: str) -> None:
    made = trip(tmp_path, worksheet(*ROWS, row(9, "Else Other"), end=end, bom=bom), CLASS)
    assert made.marks == {"Jane Doe": "71.50", "Max Roe": "100.00"}
    assert made.why == {"Ann Open": "open", "Bob Fault": "fault", "Else Other": "not in the class"}
    filled = [row(1, "Jane Doe", "71.50"), row(2, "Max Roe", "100.00"), *ROWS[2:], row(9, "Else Other")]
    assert made.after == worksheet(*filled, end=end, bom=bom)


def test_filling_again_changes_nothing(tmp_path: Path) -> None:
    once = trip(tmp_path, worksheet(*ROWS), CLASS, comments=True)
    again = trip(tmp_path, once.after, CLASS, comments=True)
    assert again.after == once.after
    assert again.exported == once.exported


def test_a_mark_that_is_there_already_keeps_its_spelling(tmp_path: Path) -> None:
    content = worksheet(row(1, "Jane Doe", '"71.5"'), row(2, "Max Roe", "100"), *ROWS[2:])
    assert trip(tmp_path, content, CLASS).after == content


def test_an_old_mark_of_what_is_open_now_is_blank(tmp_path: Path) -> None:
    content = worksheet(ROWS[0], ROWS[1], row(3, "Ann Open", "12.00"), ROWS[3])
    assert b"12.00" not in trip(tmp_path, content, CLASS).after


def test_german_with_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    rows = [row(i, n, maximum="50,00").replace(",", ";").replace("50;00", "50,00") for i, n in enumerate(NAMES, 1)]
    rows = [r.replace("Wednesday; 10 June 2026;", "Mittwoch, 10. Juni 2026,") for r in rows]
    made = trip(tmp_path, worksheet(*rows, header=GERMAN.replace(",", ";")), CLASS)
    assert made.exported.platform == "Moodle"
    assert made.marks == {"Jane Doe": "35,75", "Max Roe": "50,00"}
    assert made.after.count(b";35,75;50,00;") == 1


def test_a_decimal_comma_between_commas_is_quoted(tmp_path: Path) -> None:
    made = trip(tmp_path, worksheet(*(r.replace("100.00", '"100,00"') for r in ROWS)), CLASS)
    assert b',"71,50","100,00",' in made.after


def test_a_language_that_is_not_known_is_told_by_columns(tmp_path: Path) -> None:
    header = 'Tunniste,"Koko nimi",Numero,Sahkoposti,Tila,Arvosana,Enint,Muok,Jatto,Muokattu,Palaute'
    with pytest.raises(UsageError, match="--columns identifier=HEADER"):
        trip(tmp_path, worksheet(*ROWS, header=header), CLASS)
    roles = parse_roles("identifier=Tunniste,name=Koko nimi,grade=Arvosana,maximum=Enint")
    assert len(trip(tmp_path, worksheet(*ROWS, header=header), CLASS, roles=roles).marks) == 2
    with pytest.raises(UsageError, match="Did you mean 'Arvosana'"):
        trip(tmp_path, worksheet(*ROWS, header=header), CLASS, roles=parse_roles("name=Koko nimi,grade=Arvosan"))
    with pytest.raises(UsageError, match="Did you mean 'grade'"):
        parse_roles("grades=Arvosana")


def test_blind_marking_knows_participants_by_number_alone(tmp_path: Path) -> None:
    header = "Identifier,Status,Grade,Maximum grade,Last modified (grade)"
    content = f"{header}\nParticipant 8880001,Submitted,,20,-\nParticipante8880002,Submitted,,20,-\n".encode()
    result = make_class(earning("Participant 8880001", 0.5), earning("Participant 8880002", 0.25))
    owners = {
        f"participant_888000{i}": Identity(name=f"Participant_888000{i}", participant=f"888000{i}") for i in (1, 2)
    }
    made = trip(tmp_path, content, result, kept("moodle", **owners))
    assert made.after == content.replace(b"Submitted,,20", b"Submitted,10.00,20", 1).replace(b",,20", b",5.00,20", 1)


def test_a_team_s_mark_goes_to_all_of_its_group_and_to_nobody_of_its_number(tmp_path: Path) -> None:
    """The number of a team looks like that of a participant: 8880003 is Ann's, and the team is not Ann."""
    header = "Identifier,Full name,Group,Grade,Maximum grade,Last modified (grade)"
    people = [
        ("8880001", "Jane Doe", "Team Seven"),
        ("8880002", "Max Roe", "Team Seven"),
        ("8880003", "Ann Open", "Eight"),
    ]
    content = "\n".join([header, *(f"Participant {n},{name},{team},,100,-" for n, name, team in people), ""]).encode()
    known = kept("moodle", team_seven=Identity(name="Team Seven", participant="8880003"))
    made = trip(tmp_path, content, make_class(earning("Team Seven", 0.8)), known)
    assert made.marks == {"Jane Doe": "80.00", "Max Roe": "80.00"}
    assert b"Eight,,100" in made.after


def test_two_students_of_one_name_are_told_apart_by_their_numbers_or_not_at_all(tmp_path: Path) -> None:
    content = worksheet(row(1, "Li Wei"), row(2, "Li Wei"))
    with pytest.raises(UsageError, match=r"one row for Li Wei in Grades.csv, received lines 2, 3"):
        trip(tmp_path, content, make_class(earning("Li Wei", 0.5)))
    result = make_class(earning("Li Wei", 0.5, slug="li-wei"), earning("Li Wei", 0.75, slug="li-wei-2"))
    known = kept(
        "moodle",
        li_wei=Identity(name="Li Wei", participant="8880002"),
        li_wei_2=Identity(name="Li Wei", participant="8880001"),
    )
    made = trip(tmp_path, content, result, known)
    assert [(g.line, g.mark) for g in made.exported.given] == [(2, "75.00"), (3, "50.00")]


def test_a_worksheet_of_another_assignment_is_refused(tmp_path: Path) -> None:
    known = kept("moodle", jane_doe=Identity(name="Jane Doe", participant="123"))
    with pytest.raises(UsageError, match="the very assignment"):
        trip(tmp_path, worksheet(*ROWS), make_class(earning("Jane Doe", 0.5)), known)


def test_a_worksheet_of_another_course_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has none of Jane Doe, Max Roe, Ann Open and 1 more"):
        trip(tmp_path, worksheet(row(1, "Else Other")), CLASS)


def test_few_of_a_class_by_name_alone_could_be_another_course_s(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1 of 4 students \(Jane Doe\) and knows them by name alone"):
        trip(tmp_path, worksheet(ROWS[0], row(9, "Else Other")), CLASS)
    known = kept("moodle", jane_doe=Identity(name="Jane Doe", participant="8880001"))
    made = trip(tmp_path, worksheet(ROWS[0], row(9, "Else Other")), CLASS, known)
    assert made.marks == {"Jane Doe": "71.50"}


def test_an_address_that_changed_makes_nobody_somebody_else(tmp_path: Path) -> None:
    known = kept("moodle", jane_doe=Identity(name="Jane Doe", participant="8880001", email="old@example.edu"))
    assert trip(tmp_path, worksheet(*ROWS), make_class(earning("Jane Doe", 0.5)), known).marks == {"Jane Doe": "50.00"}


def test_a_row_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="participant number 8880001 in lines 2 and 3"):
        trip(tmp_path, worksheet(ROWS[0], ROWS[0]), CLASS)


def test_two_submissions_for_one_row_are_refused(tmp_path: Path) -> None:
    result = make_class(earning("Jane Doe", 0.5), earning("Doe, Jane", 0.6))
    with pytest.raises(UsageError, match="those of Jane Doe and Doe, Jane"):
        trip(tmp_path, worksheet(*ROWS), result)


def test_a_locked_grade_stays_and_is_told(tmp_path: Path) -> None:
    content = worksheet(row(1, "Jane Doe", "3.00", changeable="No"), *ROWS[1:])
    made = trip(tmp_path, content, CLASS)
    assert b",3.00,100.00,No," in made.after
    assert made.why["Jane Doe"] == "stays"


def test_feedback_fills_what_is_empty_or_its_own(tmp_path: Path) -> None:
    rows = [row(1, "Jane Doe"), row(2, "Max Roe", said='"<p>Well done,\nMax</p>"'), *ROWS[2:]]
    made = trip(tmp_path, worksheet(*rows), CLASS, comments=True)
    text = made.after.decode("utf-8-sig")
    assert '"<p>Well done,\nMax</p>"' in text
    assert "<li>The convolutional autoencoder rebuilds digits it has never seen.: 35.75 of 50</li>" in text
    assert text.count("Marked with coursework-harness") == 3


def test_a_scale_of_words_is_refused(tmp_path: Path) -> None:
    header = ENGLISH.replace('"Maximum grade"', "Scale")
    with pytest.raises(UsageError, match="a scale of words"):
        trip(tmp_path, worksheet(*ROWS, header=header), CLASS)


def test_whole_marks_round_halves_up(tmp_path: Path) -> None:
    made = trip(tmp_path, worksheet(*ROWS), CLASS, whole=True)
    assert made.marks["Jane Doe"] == "72"
    assert "of two as near the greater" in made.exported.rounding


def test_a_student_whom_nobody_has_a_row_for_is_told(tmp_path: Path) -> None:
    made = trip(tmp_path, worksheet(*ROWS), make_class(*CLASS.students, earning("New One", 1), broken("New Two")))
    assert made.why["New One"] == made.why["New Two"] == "not there"
    assert not made.exported.whole
