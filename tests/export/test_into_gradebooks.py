"""Marks into the gradebooks of Canvas, Brightspace and Blackboard, which only their own columns are changed in."""

from pathlib import Path

import pytest
from export.made import CLASS, earning, kept, trip
from report.conftest import make_class, make_criterion, make_student, make_task

from harness.errors import UsageError
from harness.platforms.model import Identity

MANUAL = ",,,,,Manual Posting,,,,\n"
HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Autoencoder (208548),Reading (210268),"
    "Assignments Current Score,Current Score,Final Score\n"
)
POSSIBLE = "    Points Possible,,,,,100.00,10.00,(read only),(read only),(read only)\n"
JANE = '"Doe, Jane",366516,u0042,jdoe,DL-01 and DL-02,{},EX,71.5,71.5,64.2\n'
REST = (
    '"Roe, Max",366530,0007,mroe,DL-01,{},9.00,,,\n'
    '"Open, Ann",366531,u0043,aopen,DL-01,,,,,\n'
    '"Fault, Bob",366532,u0044,bfault,DL-01,,,,,\n'
    '"=""=Nobody""",366533,u0045,none,DL-01,,,,,\n'
)
TEST = '"Student, Test",999999,,,DL-01,,,,,\n'
COLUMN = "Autoencoder (208548)"


def book(jane: str = "", roe: str = "", manual: str = MANUAL, possible: str = POSSIBLE, end: str = "\n") -> bytes:
    text = HEADER + manual + possible + JANE.format(jane) + REST.format(roe) + TEST
    return text.replace("\n", end).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("manual", ["", MANUAL, ",,,,,Muted,,,,\n"])
@pytest.mark.parametrize("possible", [POSSIBLE, POSSIBLE.strip(" ")])
def test_only_the_column_of_the_assignment_changes(tmp_path: Path, end: str, manual: str, possible: str) -> None:
    made = trip(tmp_path, book(manual=manual, possible=possible, end=end), CLASS, columns=[COLUMN])
    assert made.after == book("71.50", "100.00", manual, possible, end)
    assert made.why == {"Open, Ann": "open", "Fault, Bob": "fault", "=Nobody": "not in the class"}


def test_the_test_student_gets_nothing(tmp_path: Path) -> None:
    result = make_class(*CLASS.students, earning("Test Student", 1.0))
    assert trip(tmp_path, book(), result, columns=[COLUMN]).after == book("71.50", "100.00")


def test_excused_stays_excused(tmp_path: Path) -> None:
    made = trip(tmp_path, book("EX", "N/A"), CLASS, columns=[COLUMN])
    assert made.after == book("EX", "N/A")
    assert made.why["Doe, Jane"] == made.why["Roe, Max"] == "stays"


@pytest.mark.parametrize("called", ["208548", "Autoencoder", COLUMN])
def test_a_column_is_known_by_title_or_number(tmp_path: Path, called: str) -> None:
    assert trip(tmp_path, book(), CLASS, columns=[called]).exported.columns == [COLUMN]


def test_a_column_is_never_guessed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found 2; name one, as in --column 'Autoencoder"):
        trip(tmp_path, book(), CLASS)
    with pytest.raises(UsageError, match="Did you mean 'Autoencoder"):
        trip(tmp_path, book(), CLASS, columns=["Autoencoder (20854)"])
    with pytest.raises(UsageError, match="with a task of this class, received 'vae'"):
        trip(tmp_path, book(), CLASS, columns=["vae=Reading (210268)"])


def test_each_task_has_a_column_of_its_own(tmp_path: Path) -> None:
    tasks = [
        make_task(task=n, criteria=[make_criterion(points=10, earned=e)]) for n, e in (("autoencoder", 5), ("b", 8))
    ]
    result = make_class(make_student("Doe, Jane", tasks=tasks))
    made = trip(tmp_path, book(), result, columns=[f"autoencoder={COLUMN}", "b=Reading (210268)"])
    assert made.after == book("50.00")  # Jane is excused from the reading
    with pytest.raises(UsageError, match="received one twice"):
        trip(tmp_path, book(), result, columns=[f"autoencoder={COLUMN}", f"b={COLUMN}"])


def test_ids_decide_before_names(tmp_path: Path) -> None:
    known = kept("canvas", jane_doe=Identity(name="doejane", user_id="366530"))
    assert trip(tmp_path, book(), make_class(earning("Jane Doe", 0.5)), known, columns=[COLUMN]).after == book(
        roe="50.00"
    )


def test_a_login_or_number_as_folder_is_enough_and_its_zeros_count(tmp_path: Path) -> None:
    result = make_class(earning("jdoe", 0.5), earning("0007", 0.25))
    made = trip(tmp_path, book(), result, columns=[COLUMN])
    assert made.after == book("50.00", "25.00")
    assert {g.by for g in made.exported.given} == {"login", "student number"}
    with pytest.raises(UsageError, match="another course"):
        trip(tmp_path, book(), make_class(earning("7", 0.25)), columns=[COLUMN])


def test_zeros_that_a_spreadsheet_lost_make_nobody_somebody_else(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + book().replace(b",0007,", b",7,").replace(b"\n", b"\r\n")
    known = kept("gradescope", max_roe=Identity(name="Max Roe", sis_id="0007"))
    made = trip(tmp_path, content, make_class(earning("Max Roe", 0.5)), known, columns=[COLUMN])
    assert made.after == content.replace(b"mroe,DL-01,,", b"mroe,DL-01,50.00,")
    other = kept("gradescope", max_roe=Identity(name="Max Roe", sis_id="0070"))
    with pytest.raises(UsageError, match="student number"):
        trip(tmp_path, content, make_class(earning("Max Roe", 0.5)), other, columns=[COLUMN])


def test_both_layouts_of_names(tmp_path: Path) -> None:
    content = book().replace(b"Student,ID", b"LastName,FirstName,ID").replace(b'"Doe, Jane"', b"Doe,Jane")
    content = (
        content.replace(b'"Roe, Max"', b"Roe,Max")
        .replace(b'"Open, Ann"', b"Open,Ann")
        .replace(b"Possible,", b"Possible,,")
    )
    content = (
        content.replace(b'"Fault, Bob"', b"Fault,Bob")
        .replace(b'"=""=Nobody"""', b"No,Body")
        .replace(b",,,,,Man", b",,,,,,Man")
    )
    content = content.replace(b'"Student, Test"', b"Student,Test")
    made = trip(tmp_path, content, CLASS, columns=[COLUMN])
    assert made.marks == {"Doe, Jane": "71.50", "Roe, Max": "100.00"}


def test_semicolons_decimal_commas_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeff" + book().decode().replace(",", ";").replace(".", ",")
    made = trip(tmp_path, text.encode(), CLASS, columns=["Autoencoder"])
    text = text.replace("DL-02;;EX", "DL-02;71,50;EX").replace("mroe;DL-01;;", "mroe;DL-01;100,00;")
    assert made.after.decode() == text
    assert len(made.marks) == 2


def test_a_maximum_that_could_be_two_is_asked_for(tmp_path: Path) -> None:
    possible = POSSIBLE.replace("100.00", '"1,000"')
    with pytest.raises(UsageError, match="give --out-of"):
        trip(tmp_path, book(possible=possible), CLASS, columns=[COLUMN])
    made = trip(tmp_path, book(possible=possible), CLASS, columns=[COLUMN], out_of="1000")
    assert made.marks["Doe, Jane"] == "715.00"


def test_brightspace(tmp_path: Path) -> None:
    grade = "Autoencoder Points Grade <Numeric MaxPoints:50 Weight:10>"
    header = f"OrgDefinedId,Last Name,First Name,{grade},End-of-Line Indicator\n"
    content = f"{header}#112233445,Doe,Jane,{{}},#\n#0099,Roe,Max,,#\n"
    made = trip(tmp_path, content.format("").encode(), make_class(earning("Jane Doe", 0.715)))
    assert made.after.decode() == content.format("35.75")
    assert made.exported.platform == "Brightspace"


def test_blackboard_as_it_comes(tmp_path: Path) -> None:
    header = "\t".join(
        f'"{t}"' for t in ("Last Name", "First Name", "Username", "Student ID", "AE [Total Pts: 20 Score] |77")
    )
    text = f'{header}\r\n"Doe"\t"Jane"\t"jdoe"\t"0042"\t"{{}}"\r\n'
    made = trip(tmp_path, b"\xff\xfe" + text.format("").encode("utf-16-le"), make_class(earning("jdoe", 0.5)))
    assert made.after == b"\xff\xfe" + text.format("10.00").encode("utf-16-le")
    assert made.exported.platform == "Blackboard"


def test_the_worksheet_itself_is_never_written_over(tmp_path: Path) -> None:
    from harness.export.into import Into, fill_worksheet
    from harness.platforms.kept import Kept

    path = tmp_path / "g.csv"
    path.write_bytes(book())
    with pytest.raises(UsageError, match="another file for the copy"):
        fill_worksheet(CLASS, Kept(), Into(path, path, columns=[COLUMN]))
    with pytest.raises(UsageError, match="No such file"):
        fill_worksheet(CLASS, Kept(), Into(tmp_path / "none.csv", path))
