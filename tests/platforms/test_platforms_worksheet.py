"""Moodle's worksheet beside its zip says when, who is in a team and who is missing; another assignment's, nothing."""

from datetime import datetime
from pathlib import Path

import pytest
from platforms.made import CODE, MOODLE, Files, as_zip

from harness.errors import UsageError
from harness.platforms.found import find_download
from harness.platforms.model import Export, Identity
from harness.platforms.platform import Wanted
from harness.platforms.worksheet import with_worksheet

HEADS = ("Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Last modified (submission)")
LATE = "Submitted for grading - 3 mins 31 secs late"
ROWS = (
    ("Participant 8880001", "Jane-Ann Doe", "0042", "jd@example.edu", LATE, "", "Wednesday, 10 June 2026, 2:14 PM"),
    (
        "Participant 8880002",
        "Max Roe",
        "0043",
        "mr@example.edu",
        "Submitted for grading",
        "",
        "Monday, 1 June 2026, 12:01 AM",
    ),
    ("Participant 8880003", "Çağla Ünal", "0044", "cu@example.edu", "Submitted for grading", "", "-"),
    ("Participant 8880009", "Zoë, the Last", "0049", "zl@example.edu", "No submission", "", "-"),
)
TEAMS = {
    "Team A_55_assignsubmission_file/autoencoder.py": CODE,
    "Team B_56_assignsubmission_file/autoencoder.py": CODE,
}


def sheet(folder: Path, *lines: tuple[str, ...], mark: str = "\ufeff", comma: str = ",", end: str = "\r\n") -> Path:
    path = folder / "Grades-DL-Autoencoder-77.csv"
    text = end.join(comma.join(f'"{cell}"' for cell in line) for line in lines) + end
    path.write_bytes((mark + text).encode())
    return path


def export(folder: Path, files: Files, worksheet: Path) -> Export:
    found = find_download(as_zip(folder, files), Wanted(("autoencoder",)))
    assert found is not None
    return with_worksheet(found.export, worksheet)


@pytest.mark.parametrize(
    ("mark", "comma", "end"), [("\ufeff", ",", "\r\n"), ("", ";", "\n"), ("", "\t", "\n"), ("\ufeff", ",", "\n")]
)
def test_it_says_when_and_who_is_missing(mark: str, comma: str, end: str, tmp_path: Path) -> None:
    found = export(tmp_path, MOODLE, sheet(tmp_path, HEADS, *ROWS, mark=mark, comma=comma, end=end))
    assert {d.name: (d.local_time, d.late, d.group) for d in found.deliveries} == {
        "Jane-Ann Doe": (datetime(2026, 6, 10, 14, 14), True, None),
        "Max Roe": (datetime(2026, 6, 1, 0, 1), None, None),
        "Çağla Ünal": (None, None, None),
    }
    assert found.deliveries[0].owners == (
        Identity("Jane-Ann Doe", None, None, "0042", "jd@example.edu", participant="8880001"),
    )
    assert [who.name for who in found.missing] == ["Zoë, the Last"]
    assert found.not_understood == ()


def test_it_says_who_is_in_a_team(tmp_path: Path) -> None:
    heads = (*HEADS[:5], "Group", HEADS[6])
    rows = [(*row[:5], "Team A" if i < 3 else "", row[6]) for i, row in enumerate(ROWS)]
    rows.append(("Participant 55", "Eve Ek", "0050", "", "No submission", "Team B", "-"))  # a team has her number
    found = export(tmp_path, TEAMS, sheet(tmp_path, heads, *rows))
    assert [(d.group, [o.participant for o in d.owners], d.local_time) for d in found.deliveries] == [
        ("Team A", ["8880001", "8880002", "8880003"], datetime(2026, 6, 10, 14, 14)),
        ("Team B", ["55"], None),
    ]
    assert [who.name for who in found.missing] == ["Zoë, the Last"]


def test_in_another_language_people_are_found_and_times_are_not(tmp_path: Path) -> None:
    heads = ("ID", "Vollständiger Name", "ID-Nummer", "E-Mail", "Status", "Bewertung", "Zuletzt geändert (Abgabe)")
    rows = [(row[0].replace("Participant ", "Teilnehmer/in"), *row[1:]) for row in ROWS]
    found = export(tmp_path, MOODLE, sheet(tmp_path, heads, *rows))
    assert [d.owners[0].participant for d in found.deliveries] == ["8880001", "8880002", "8880003"]
    assert [who.name for who in found.missing] == ["Zoë, the Last"]
    assert ["when anything was handed in is not known" in x.why for x in found.not_understood] == [True]


def test_blind_it_has_numbers_alone(tmp_path: Path) -> None:
    files = {f"Participant_{n}_assignsubmission_file/autoencoder.py": CODE for n in ("8880001", "8880002")}
    rows = [(row[0], *row[4:]) for row in (HEADS, *ROWS)]
    found = export(tmp_path, files, sheet(tmp_path, *rows))
    assert [(d.name, d.local_time) for d in found.deliveries] == [
        ("Participant 8880001", datetime(2026, 6, 10, 14, 14)),
        ("Participant 8880002", datetime(2026, 6, 1, 0, 1)),
    ]
    assert [who.name for who in found.missing] == ["Participant 8880003", "Participant 8880009"]


def test_a_number_beside_another_name_is_nobodys(tmp_path: Path) -> None:
    rows = [(ROWS[0][0], "Somebody Else", *ROWS[0][2:]), *ROWS[1:]]
    found = export(tmp_path, MOODLE, sheet(tmp_path, HEADS, *rows))
    assert found.deliveries[0].local_time is None
    assert [x.name for x in found.not_understood] == ["Jane-Ann Doe"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([HEADS, *[(row[0].replace("888", "777"), *row[1:]) for row in ROWS]], "nobody is who handed in"),
        ([HEADS, ROWS[0], ROWS[0]], "has a participant twice"),
        ([HEADS], "has no line of participants"),
        ([HEADS, ROWS[0][:3]], "lines of another length"),
        ([("a", "b"), ("1", "2")], "no column with Moodle's numbers"),
    ],
)
def test_what_is_no_worksheet_of_this_assignment_is_one_sentence(
    lines: list[tuple[str, ...]], why: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=why):
        export(tmp_path, MOODLE, sheet(tmp_path, *lines))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b'a,b\n"c', b"\x00" * 10])
def test_bytes_that_are_no_table_are_one_sentence(data: bytes, tmp_path: Path) -> None:
    (path := tmp_path / "w.csv").write_bytes(data)
    with pytest.raises(UsageError, match="Expected Moodle's grading worksheet"):
        export(tmp_path, MOODLE, path)
    with pytest.raises(UsageError, match="cannot be read"):
        export(tmp_path, MOODLE, tmp_path / "none.csv")
