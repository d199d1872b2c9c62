"""The class page: complete, in order, and safe to open."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report.reading import HOSTILE, Elements, no_figures, words

from harness.records.models import Status
from harness.report.class_page.overview import overview
from harness.report.files import read_results
from harness.report.grades import grades_csv
from harness.report.pages import render_class, write_reports
from harness.report.words.moments import duration

Build = Callable[..., Any]


def test_a_class_page_counts_and_lists(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    passed = task(status=Status.PASSED, criteria=[criterion(status=Status.PASSED, earned=30)])
    text = words(render_class(class_(student(), student("Bo", tasks=[passed]))))
    for expected in (
        "3 November 2025, 14:05 UTC",
        "Grading is complete.",
        "Students 2",
        "Mean mark 87.5 %",
        "Passed, from 50 % 2",
        "Not passed 0",
        "Every target reached 1",
        "22.5 / 30 partly · 1 seed",
        "Whole class 0 0 0 0 0 0 0 1 0 1",
        "87.5 % 1 of 2 ✓ 1 reached ◐ 1 partly",
        "3 min 20 s",
    ):
        assert expected in text, expected


def test_students_stand_in_the_order_handed_in_and_link_to_their_cards(class_: Build, student: Build) -> None:
    html = render_class(class_(student("Zoe"), student("Ann", slug="ann b&c")))
    assert re.findall(r'href="(cards/[^"]+)"', html)[:2] == ["cards/zoe.html", "cards/ann%20b%26c.html"]


def test_machines_are_told_apart_where_they_are_of_several_kinds(
    class_: Build, student: Build, task: Build, measurement: Build
) -> None:
    """Their names have commas of their own."""

    def on(*machines: str) -> list[Any]:
        made = measurement()
        known = [made.provenance.model_copy(update={"machine": machine}) for machine in machines]
        return [task(measurements=[made.model_copy(update={"provenance": origin}) for origin in known])]

    amd, intel = "AMD EPYC, one core a step", "Intel Xeon, one core a step"
    text = words(render_class(class_(student(tasks=on(amd, intel)), student("Bo", tasks=on(amd)))))
    assert f"{amd}; {intel}" in text
    assert amd not in words(render_class(class_(student(tasks=on(amd)), student("Bo", tasks=on(amd)))))


def test_no_students_at_all(class_: Build, tmp_path: Path) -> None:
    empty = class_()
    assert "No submissions." in words(render_class(empty))
    write_reports(empty, no_figures, tmp_path)
    header = (tmp_path / "grades.csv").read_text(encoding="utf-8-sig").strip()
    assert header == "student,slug,total earned,total possible,total open,percent,status,passed,grade,fault"
    assert read_results(tmp_path / "results.json") == empty


def test_a_partial_class_says_how_far_it_came(class_: Build, student: Build, task: Build) -> None:
    waiting = student("Bo", tasks=[task(status=Status.NOT_RUN, criteria=[])])
    partial = class_(student(), waiting, complete=False)
    assert "1 of 2 submissions graded" in words(render_class(partial))
    assert "1 of 40 submissions graded" in words(render_class(partial, expected=40))
    assert "complete" not in words(render_class(partial))


def test_a_student_with_only_an_intake_fault(class_: Build, student: Build, fault: Build, tmp_path: Path) -> None:
    broken = fault(kind="intake", step="", message="Expected a notebook, received nothing.")
    page = class_(student("Bo", fault=broken, tasks=[]))
    text = words(render_class(page))
    assert "Student errors 1" in text
    assert "Expected a notebook, received nothing." in text
    assert "1 without a mark is not counted." in text
    write_reports(page, no_figures, tmp_path)
    assert "received nothing" in (tmp_path / "cards" / "bo.html").read_text(encoding="utf-8")
    _, line = csv.reader((tmp_path / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    assert line == ["Bo", "bo", *[""] * 4, "student error", "no", "", "Expected a notebook, received nothing."]


def test_two_tasks_and_a_student_who_has_only_one(class_: Build, student: Build, task: Build) -> None:
    other = task(task="digits", title="Digits", earned=5.0, possible=10.0)
    result = class_(student(tasks=[task(), other]), student("Bo"))
    header, ada, bo = csv.reader(io.StringIO(grades_csv(result)))
    assert header == [
        *("student", "slug", *(f"autoencoder {what}" for what in ("earned", "possible", "open", "status"))),
        *(f"digits {what}" for what in ("earned", "possible", "open", "status")),
        *("total earned", "total possible", "total open", "percent", "status", "passed", "grade", "fault"),
    ]
    assert ada == [
        "Ada Lovelace",
        "ada-lovelace",
        "22.5",
        "30",
        "0",
        "partly",
        *("5", "10", "0", "partly"),
        *("27.5", "40", "0", "68.75"),
        *("passed", "yes", "", ""),
    ]
    assert bo[6:] == ["", "", "", "", "22.5", "30", "0", "75", "passed", "yes", "", ""]
    assert overview(result).rows[1].cells[1] is None


def test_faults_are_grouped_by_owner_and_sentence(class_: Build, student: Build, task: Build, fault: Build) -> None:
    students = [student(f"S {i}", tasks=[task(fault=fault())]) for i in range(15)]
    ours = fault(owner="harness", kind="harness", message="The sandbox did not start.")
    students.append(student("T", tasks=[task(fault=ours, status=Status.HARNESS_ERROR)]))
    groups = overview(class_(*students)).faults
    assert [(g.owner, g.n, g.unnamed, g.reason) for g in groups] == [
        ("student", 15, 3, "ValueError: shapes differ."),
        ("harness", 1, 0, "The sandbox did not start."),
    ]


def test_a_fault_named_twice_counts_a_student_once(
    class_: Build, student: Build, task: Build, measurement: Build, fault: Build
) -> None:
    work = task(fault=fault(), measurements=[measurement(fault=fault()), measurement(seed=1, fault=fault())])
    assert [g.n for g in overview(class_(student(tasks=[work]))).faults] == [1]


def test_harness_errors_and_undecided_criteria_do_not_lower_the_mean(
    class_: Build, student: Build, task: Build, criterion: Build
) -> None:
    lost = task(criteria=[criterion(status=Status.HARNESS_ERROR, earned=None)], status=Status.HARNESS_ERROR)
    (row,) = overview(class_(student(), student("Bo", tasks=[lost]))).criteria.rows
    assert (row.decided, row.mean) == (1, "75 %")


@pytest.mark.parametrize(("earned", "label"), [(0, "0–10 %"), (7, "70–80 %"), (2.9, "20–30 %"), (10, "90–100 %")])
def test_marks_fall_in_their_bin(earned: float, label: str, class_: Build, student: Build, task: Build) -> None:
    bins = overview(class_(student(tasks=[task(earned=earned, possible=10)]))).spread.bins
    assert [b.label for b in bins if b.n] == [label]


def test_hostile_names_stay_text_and_the_only_script_is_ours(
    class_: Build, student: Build, task: Build, fault: Build
) -> None:
    work = task(title=HOSTILE, fault=fault(message=HOSTILE, step=HOSTILE))
    html = render_class(class_(student(HOSTILE, slug="x", tasks=[work]), title=HOSTILE, created=HOSTILE))
    found = Elements(html).found
    scripts = [attrs for tag, attrs in found if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "measures-data"}, {}]
    assert "img" not in [tag for tag, _ in found]
    assert not [name for _, attrs in found for name in attrs if name.startswith("on")]
    script = re.search(r"(?s)<script>(.*?)</script>", html)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    policy = next(a["content"] for t, a in found if t == "meta" and "http-equiv" in a) or ""
    assert f"script-src 'sha256-{digest}'" in policy


def test_hidden_criteria_are_marked_on_the_staff_page_only(
    class_: Build, student: Build, task: Build, criterion: Build, tmp_path: Path
) -> None:
    work = task(criteria=[criterion(), criterion(id="h", text="ZZ secret", hidden=True)])
    write_reports(class_(student(tasks=[work])), no_figures, tmp_path)
    assert 'ZZ secret <span class="tag">hidden</span>' in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "ZZ" not in (tmp_path / "cards" / "ada-lovelace.html").read_text(encoding="utf-8")
    write_reports(class_(student(tasks=[work]), revealed=True), no_figures, tmp_path)
    assert "ZZ" in (tmp_path / "cards" / "ada-lovelace.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4.24, "4.2 s"), (59.97, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class Rows(HTMLParser):
    """The words of each row of the table with an id."""

    def __init__(self, html: str, table: str) -> None:
        super().__init__()
        self.table, self.inside, self.rows = table, False, list[list[str]]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.inside = dict(attrs).get("id") == self.table
        elif tag == "tr" and self.inside:
            self.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "table"

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and data.strip():
            self.rows[-1].append(data.strip())


def test_sources_that_a_person_should_look_at_stand_together(class_: Build, student: Build) -> None:
    told = ["a.py reaches for the module ctypes (line 3): look at it.", f"The source takes {HOSTILE} 90 kB."]
    html = render_class(class_(student(), student("Bo", remarks=told[:1]), student("Cy", remarks=told)))
    assert Rows(html, "sources-table").rows == [["Who", "What stands out"], ["Cy", *told], ["Bo", told[0]]]
    assert "2 sources to look at." in words(html)
    assert {"href": "#sources"} in [attrs for tag, attrs in Elements(html).found if tag == "a"]
    assert not [tag for tag, _ in Elements(html).found if tag == "img"]


def test_a_class_whose_sources_are_like_others_says_nothing_of_them(class_: Build, student: Build) -> None:
    html = render_class(class_(student()))
    assert not Rows(html, "sources-table").rows
    assert "to look at" not in words(html)
