"""The class page and the files beside it: complete, safe in a spreadsheet, and readable again."""

import base64
import csv
import hashlib
import io
import json
import math
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ResultsError
from harness.grading.results import StudentResult, TaskResult
from harness.records.models import MeasureValue, Status
from harness.report.figures import DrawnFigure
from harness.report.files import read_results, results_json, write_if_changed
from harness.report.grades import grades_csv
from harness.report.overview import duration, overview
from harness.report.pages import render_class, write_reports

Build = Callable[..., Any]
NAN = float("nan")
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def no_figures(_student: StudentResult, _task: TaskResult) -> list[DrawnFigure]:
    return []


def words(html: str) -> str:
    visible = re.sub(r"(?s)<(style|script)>.*?</\1>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", visible).split())


def test_a_class_page_counts_and_lists(class_: Build, student: Build, task: Build, criterion: Build) -> None:
    passed = task(status=Status.PASSED, criteria=[criterion(status=Status.PASSED, earned=30)])
    text = words(render_class(class_(student(), student("Bo", tasks=[passed]))))
    for expected in (
        "3 November 2025, 14:05 UTC",
        "Grading is complete.",
        "Students 2",
        "Mean mark 87.5 %",
        "Passed 1",
        "22.5 / 30 ◐ partly",
        "70–80 % 1",
        "90–100 % 1",
        "87.5 % 1 of 2",
        "3 min 20 s",
    ):
        assert expected in text, expected


def test_students_stand_in_the_order_handed_in_and_link_to_their_cards(class_: Build, student: Build) -> None:
    html = render_class(class_(student("Zoe"), student("Ann", slug="ann b&c")))
    assert re.findall(r'href="(cards/[^"]+)"', html)[:2] == ["cards/zoe.html", "cards/ann%20b%26c.html"]


def test_no_students_at_all(class_: Build, tmp_path: Path) -> None:
    empty = class_()
    assert "No submissions." in words(render_class(empty))
    write_reports(empty, no_figures, tmp_path)
    assert (tmp_path / "grades.csv").read_text().strip() == "student,slug,total earned,total possible,percent"
    assert read_results(tmp_path / "results.json") == empty


def test_a_partial_class_says_how_far_it_came(class_: Build, student: Build, task: Build) -> None:
    waiting = student("Bo", tasks=[task(status=Status.NOT_RUN)])
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
    assert (tmp_path / "grades.csv").read_text().splitlines()[1] == "Bo,bo,0,0,"


def test_two_tasks_and_a_student_who_has_only_one(class_: Build, student: Build, task: Build) -> None:
    other = task(task="digits", title="Digits", earned=5.0, possible=10.0)
    result = class_(student(tasks=[task(), other]), student("Bo"))
    header, ada, bo = csv.reader(io.StringIO(grades_csv(result)))
    assert header == [
        *("student", "slug", "autoencoder earned", "autoencoder possible", "autoencoder status"),
        *("digits earned", "digits possible", "digits status", "total earned", "total possible", "percent"),
    ]
    assert ada == [
        "Ada Lovelace",
        "ada-lovelace",
        "22.5",
        "30",
        "partly",
        "5",
        "10",
        "partly",
        "27.5",
        "40",
        "68.75",
    ]
    assert bo[5:] == ["", "", "", "22.5", "30", "75"]
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
    (row,) = overview(class_(student(), student("Bo", tasks=[lost]))).criteria
    assert (row.decided, row.mean) == (1, "75 %")


@pytest.mark.parametrize(("earned", "label"), [(0, "0–10 %"), (7, "70–80 %"), (2.9, "20–30 %"), (10, "90–100 %")])
def test_marks_fall_in_their_bin(earned: float, label: str, class_: Build, student: Build, task: Build) -> None:
    bins = overview(class_(student(tasks=[task(earned=earned, possible=10)]))).bins
    assert [b.label for b in bins if b.n] == [label]


def test_hostile_names_stay_text_and_the_only_script_is_ours(
    class_: Build, student: Build, task: Build, fault: Build
) -> None:
    work = task(title=HOSTILE, fault=fault(message=HOSTILE, step=HOSTILE))
    html = render_class(class_(student(HOSTILE, slug="x", tasks=[work]), title=HOSTILE, created=HOSTILE))
    found = Elements(html).found
    assert [tag for tag, _ in found].count("script") == 1
    assert "img" not in [tag for tag, _ in found]
    assert not [name for _, attrs in found for name in attrs if name.startswith("on")]
    script = re.search(r"(?s)<script>(.*?)</script>", html)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    policy = next(a["content"] for t, a in found if t == "meta" and "http-equiv" in a) or ""
    assert f"script-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_spreadsheet_formulas_are_defused(start: str, class_: Build, student: Build) -> None:
    text = grades_csv(class_(student(f'{start}HYPERLINK("http://x","y")', slug="x")))
    _, line = csv.reader(io.StringIO(text, newline=""))
    assert line[0].startswith("'")
    assert line[2] == "22.5"


def test_numbers_in_the_csv_stay_numbers(class_: Build, student: Build, task: Build) -> None:
    negative = student('Jo, "J"\nX', slug="j", tasks=[task(earned=-2.5, possible=NAN)])
    _, line = csv.reader(io.StringIO(grades_csv(class_(negative)), newline=""))
    assert line == ['Jo, "J"\nX', "j", "-2.5", "", "partly", "-2.5", "", ""]


def test_results_read_back_as_they_were(
    class_: Build, student: Build, task: Build, criterion: Build, measurement: Build, tmp_path: Path
) -> None:
    run = measurement(
        measures={"test_mse": MeasureValue(value=NAN, signature="s")},
        curve={"loss": [1.0, NAN, float("inf")]},
    )
    missed = criterion(value=NAN, values=[NAN, 0.5])
    unknown = criterion(value=None, values=[NAN], status=Status.STUDENT_ERROR, earned=0)
    result = class_(student(tasks=[task(criteria=[missed, unknown], measurements=[run])]), student("Bo"))
    write_reports(result, no_figures, tmp_path)
    path = tmp_path / "results.json"

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    back = read_results(path)
    first = back.students[0].tasks[0]
    assert math.isnan(first.criteria[0].values[0])
    assert first.criteria[0].value is not None
    assert math.isnan(first.criteria[0].value)
    assert first.criteria[1].value is None
    assert math.isnan(first.measurements[0].measures["test_mse"].value)
    assert [math.isnan(v) for v in first.measurements[0].curve["loss"]] == [False, True, True]
    assert back.students[1] == result.students[1]
    assert results_json(back) == results_json(result)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ('{"schema_version": 1', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no schema version"),
        ('{"schema_version": "1"}', "no schema version"),
        ('{"schema_version": 1}', "received .*; grade the class again"),
        ('{"schema_version": 1, "students": [{"tasks": 3}]}', "received .*; grade the class again"),
        ('{"schema_version": 2, "anything": 0}', "received 2; install the newer harness"),
    ],
)
def test_broken_or_newer_results_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=message):
        read_results(path)


def test_missing_bytes_and_wrong_types_are_refused_in_a_sentence(class_: Build, student: Build, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="grade the class first"):
        read_results(tmp_path / "results.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ResultsError, match="not JSON"):
        read_results(tmp_path / "b.json")
    (tmp_path / "c.json").write_text(results_json(class_(student())).replace('"points":30.0', '"points":"many"'))
    with pytest.raises(ResultsError, match=r"students\.0\.tasks\.0\.criteria\.0\.points"):
        read_results(tmp_path / "c.json")


def test_only_what_changed_is_written_again(class_: Build, student: Build, tmp_path: Path) -> None:
    index = write_reports(class_(student(), student("Bo")), no_figures, tmp_path)
    assert index == tmp_path / "index.html"
    assert sorted(p.name for p in tmp_path.rglob("*")) == [
        *("ada-lovelace.html", "bo.html", "cards", "grades.csv", "index.html", "results.json")
    ]
    before = {p.name: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*")}
    time.sleep(0.02)
    write_reports(class_(student(), student("Bo", notes=["A new note."])), no_figures, tmp_path)
    changed = {p.name for p in tmp_path.rglob("*.*") if p.stat().st_mtime_ns != before[p.name]}
    assert changed == {"bo.html", "results.json"}


def test_a_failed_write_keeps_the_old_file_and_leaves_no_scraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index.html"
    write_if_changed(path, "old")

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ResultsError, match="No space left on device"):
        write_if_changed(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]


def test_a_folder_that_is_a_file_is_an_error_in_a_sentence(class_: Build, student: Build, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ResultsError, match="check the folder"):
        write_reports(class_(student()), no_figures, tmp_path / "out")


@pytest.mark.parametrize("slug", ["", "..", "../x", "a/b", "a\\b", ".hidden", "a\x00b", "c:x"])
def test_a_slug_cannot_leave_the_folder(slug: str, class_: Build, student: Build, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="can name a file"):
        write_reports(class_(student(slug=slug)), no_figures, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_one_slug_for_two_students_is_refused(class_: Build, student: Build, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="one twice"):
        write_reports(class_(student(), student()), no_figures, tmp_path)


def test_each_card_gets_the_pictures_of_its_own_tasks(class_: Build, student: Build, tmp_path: Path) -> None:
    def figures(who: StudentResult, task: TaskResult) -> list[DrawnFigure]:
        return [DrawnFigure("T", "text", f"<svg><title>{who.slug} {task.task}</title></svg>")]

    write_reports(class_(student(), student("Bo")), figures, tmp_path)
    page = (tmp_path / "cards" / "bo.html").read_text(encoding="utf-8")
    assert "<svg><title>bo autoencoder</title></svg>" in page
    assert "ada" not in page


def test_hidden_criteria_are_marked_on_the_staff_page_only(
    class_: Build, student: Build, task: Build, criterion: Build, tmp_path: Path
) -> None:
    work = task(criteria=[criterion(), criterion(id="h", text="ZZ secret", hidden=True)])
    write_reports(class_(student(tasks=[work])), no_figures, tmp_path)
    assert 'ZZ secret <span class="tag">hidden</span>' in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "ZZ" not in (tmp_path / "cards" / "ada-lovelace.html").read_text(encoding="utf-8")
    write_reports(class_(student(tasks=[work]), published=True), no_figures, tmp_path)
    assert "ZZ" in (tmp_path / "cards" / "ada-lovelace.html").read_text(encoding="utf-8")


def test_two_hundred_cards_are_written_again_in_little_time(class_: Build, student: Build, tmp_path: Path) -> None:
    picture = [DrawnFigure("T", "text", "<svg>" + "<path d='M 0 0'/>" * 6000 + "</svg>")]
    result = class_(*(student(f"S {i}") for i in range(200)))
    started = time.process_time()
    write_reports(result, lambda _s, _t: picture, tmp_path)
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize(("seconds", "text"), [(4.24, "4.2 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_card_of_someone_no_longer_in_the_class_is_removed(class_: Build, student: Build, tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "gone.html").write_text("an old card", encoding="utf-8")
    write_reports(class_(student("Ann", slug="ann")), no_figures, tmp_path)
    assert [card.name for card in (tmp_path / "cards").iterdir()] == ["ann.html"]
