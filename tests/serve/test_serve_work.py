"""Whoever marks sees what was handed in: source, reports and the prose of notebooks, as text or as a file."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from serve.visitor import Visitor

from harness.intake.reports import MOST_FILES, read_reports
from harness.records.kept_sources import keep_reports
from harness.serve.room import Room

HOSTILE = "# <script>alert(1)</script>\n\n![](http://example.org/x.png)"


def notebook(*texts: str) -> bytes:
    cells = [{"cell_type": "markdown", "source": [text]} for text in texts]
    return json.dumps({"cells": [*cells, {"cell_type": "code", "source": "x = 1"}], "nbformat": 4}).encode()


def test_reports_are_found_in_folders_zips_and_notebooks(tmp_path: Path) -> None:
    work = tmp_path / "ann"
    (work / "text").mkdir(parents=True)
    (work / "toy.py").write_text("x = 1")
    (work / "report.pdf").write_bytes(b"%PDF-1.7")
    (work / "text" / "discussion.md").write_text(HOSTILE)
    (work / "toy.ipynb").write_bytes(notebook("Why it learns.", "And why not."))
    (work / "pseudonym.txt").write_text("Fox")
    (work / "secret.md").symlink_to("/etc/hostname")
    os.mkfifo(work / "pipe.txt")
    assert read_reports(work) == {
        "report.pdf": b"%PDF-1.7",
        "text/discussion.md": HOSTILE.encode(),
        "toy.ipynb.md": b"Why it learns.\n\nAnd why not.",
    }
    with zipfile.ZipFile(tmp_path / "bob.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bob/report.md", "Mine.")
        archive.writestr("bob/huge.txt", b"0" * 20_000_000)
    assert read_reports(tmp_path / "bob.zip") == {"bob/report.md": b"Mine."}
    assert read_reports(work / "toy.ipynb") == {"toy.ipynb.md": b"Why it learns.\n\nAnd why not."}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"[" * 100_000, b'{"cells": [1, {"cell_type": "markdown"}]}'])
@pytest.mark.parametrize("name", ["x.zip", "x.ipynb"])
def test_what_cannot_be_read_is_left_out(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert read_reports(tmp_path / name) == {}
    many = tmp_path / "many"
    many.mkdir()
    for i in range(MOST_FILES + 5):
        (many / f"{i}.md").write_text("x")
    assert len(read_reports(many)) == MOST_FILES


def test_the_desk_shows_source_and_reports(visitor: Visitor, room: Room, out: Path) -> None:
    records = room.desk.graded.records
    keep_reports(records.folder, "ann-example", {"report.pdf": b"%PDF-1.7", "notes.md": HOSTILE.encode()})
    assert "/students/ann-example/work" in visitor.get("/students/ann-example").text
    answer = visitor.get("/students/ann-example/work")
    assert answer.status_code == 200
    assert "build_model" in answer.text and "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert(1)" not in answer.text and "<img" not in answer.text
    pdf = visitor.get("/students/ann-example/reports/1")
    assert pdf.data == b"%PDF-1.7" and pdf.mimetype == "application/octet-stream"
    assert pdf.headers["Content-Disposition"].startswith("attachment") and "sandbox" in str(pdf.headers)
    assert visitor.get("/students/ann-example/reports/7").status_code == 404
    assert visitor.get("/students/nobody/work").status_code == 404
    (records.folder / "reports" / "ann-example.zip").write_bytes(b"?")
    assert "No report" in visitor.get("/students/ann-example/work").text


def test_marks_about_criteria_that_are_gone_are_on_every_page_and_stop_publishing(visitor: Visitor, room: Room) -> None:
    marks = room.desk.graded.marks
    marks.add(("ann-example", "toy", "essay"), grader="Grace", points=3, seen=marks.last())
    said = "1 mark by hand is about criteria that these rubrics do not have: essay (1)"
    for page in ("/", "/students/ann-example", "/publish"):
        assert said in visitor.get(page).text
    assert visitor.send("/publish", {}).status_code == 409
