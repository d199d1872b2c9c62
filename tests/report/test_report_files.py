"""The files of a report: safe in a spreadsheet, readable again, and written whole or not at all."""

import csv
import io
import json
import math
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cost import measured
from report.reading import no_figures

from harness.errors import ResultsError
from harness.grading.results import StudentResult, TaskResult
from harness.records.models import Status
from harness.report.drawing.figures import DrawnFigure
from harness.report.files import read_results, results_json, write_if_changed, write_results
from harness.report.grades import grades_csv
from harness.report.pages import write_reports
from harness.scoring.score import Score

Build = Callable[..., Any]
NAN = float("nan")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_spreadsheet_formulas_are_defused(start: str, class_: Build, student: Build) -> None:
    text = grades_csv(class_(student(f'{start}HYPERLINK("http://x","y")', slug="x")))
    _, line = csv.reader(io.StringIO(text, newline=""))
    assert line[0].startswith("'")
    assert line[2] == "22.5"


def test_numbers_in_the_csv_stay_numbers(class_: Build, student: Build, task: Build) -> None:
    negative = student('Jo, "J"\nX', slug="j", tasks=[task(earned=-2.5, possible=NAN)])
    _, line = csv.reader(io.StringIO(grades_csv(class_(negative)), newline=""))
    assert line == ['Jo, "J"\nX', "j", "-2.5", "", "0", "partly", "-2.5", "", "0", "", "open", "open", "", ""]


def test_results_read_back_as_they_were(
    class_: Build, student: Build, task: Build, criterion: Build, measurement: Build, tmp_path: Path
) -> None:
    run = measurement(
        measures={"test_mse": Score(value=NAN, signature="s")},
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


def test_students_written_one_after_the_other_make_the_class(class_: Build, student: Build) -> None:
    """Whatever they are called: the place of the list is not found by words that a name can hold."""
    result = class_(student('"students":[]', notes=['{"students":[]}']), student("Bo"), title='a "students":[] b')
    assert results_json(result) == result.model_dump_json() + "\n"
    nobody = result.model_copy(update={"students": []})
    assert results_json(nobody) == nobody.model_dump_json() + "\n"


def test_a_class_ten_times_as_large_takes_no_more_memory_to_write(
    class_: Build, student: Build, tmp_path: Path
) -> None:
    few, many = (
        class_(*(student(f"S{i}", slug=f"s{i}", notes=["A long note. " * 5_000]) for i in range(n))) for n in (4, 40)
    )
    write_results(tmp_path / "warm.json", few)
    peaks = []
    for n, result in enumerate((few, many)):
        tracemalloc.start()
        write_results(tmp_path / f"{n}.json", result)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (tmp_path / "1.json").stat().st_size > 9 * (tmp_path / "0.json").stat().st_size
    assert peaks[1] < 2 * peaks[0]


def test_results_of_an_older_harness_are_judged_when_they_are_read(
    class_: Build, student: Build, fault: Build, tmp_path: Path
) -> None:
    result = class_(student(), student("Bo", fault=fault(owner="harness"), tasks=[]))
    data = json.loads(results_json(result))
    del data["scale"]
    for one in data["students"]:
        del one["judgement"]
    (tmp_path / "results.json").write_text(json.dumps(data | {"schema_version": 1}))
    assert read_results(tmp_path / "results.json") == result


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ('{"schema_version": 1', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no schema version"),
        ('{"schema_version": "1"}', "no schema version"),
        ('{"schema_version": 1}', "received .*; `harness regrade` makes them anew"),
        ('{"schema_version": 1, "students": [{"tasks": 3}]}', "received .*; `harness regrade` makes them anew"),
        ('{"schema_version": 3, "anything": 0}', "received 3; install the newer harness"),
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
        *("ada-lovelace.html", "bo.html", "cards", "grades.csv", "index.html", "leaderboard.html", "results.json")
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


def test_two_hundred_cards_are_written_again_in_little_time(class_: Build, student: Build, tmp_path: Path) -> None:
    picture = [DrawnFigure("T", "text", "<svg>" + "<path d='M 0 0'/>" * 6000 + "</svg>")]
    result = class_(*(student(f"S {i}") for i in range(200)))
    with measured() as cost:
        write_reports(result, lambda _s, _t: picture, tmp_path)
    assert cost.seconds < 10


def test_a_card_of_someone_no_longer_in_the_class_is_removed(class_: Build, student: Build, tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "gone.html").write_text("an old card", encoding="utf-8")
    write_reports(class_(student("Ann", slug="ann")), no_figures, tmp_path)
    assert [card.name for card in (tmp_path / "cards").iterdir()] == ["ann.html"]
