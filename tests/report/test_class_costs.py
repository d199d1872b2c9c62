"""What went wrong and what it took: faults with their logs, extra seeds, time and money, against pandas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from report.reading import Elements, no_figures

from harness.grading.results import ClassResult
from harness.records.models import Status, Usage
from harness.report.class_page.common_findings import common_findings
from harness.report.class_page.cost import cost
from harness.report.class_page.extra_seeds import extra_seeds
from harness.report.class_page.faults_table import fault_groups
from harness.report.pages import write_reports

Build = Callable[..., Any]
COLUMNS = ["student", "key", "criterion", "cpu_s", "mb"]


def test_a_fault_leads_to_the_log_of_its_step_where_there_is_one(
    class_: Build, student: Build, task: Build, measurement: Build, fault: Build, tmp_path: Path
) -> None:
    logs = tmp_path / "records" / "logs"
    logs.mkdir(parents=True)
    (logs / "aa11.txt").write_text("printed")
    (logs / "cc33.txt").write_text("printed")
    ann = student("Ann", tasks=[task(measurements=[measurement(key="aa11", fault=fault())])])
    bo = student("Bo", tasks=[task(measurements=[measurement(key="bb22", fault=fault())])])
    cy = student("Cy", tasks=[task(fault=fault(), contract="cc33", measurements=[])])
    write_reports(class_(ann, bo, cy), no_figures, tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    linked = [a["href"] for tag, a in Elements(page).found if tag == "a" and "records" in (a.get("href") or "")]
    assert linked == ["records/logs/aa11.txt", "records/logs/cc33.txt"]
    assert all((tmp_path / str(href)).is_file() for href in linked)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a/b", "a b"])
def test_a_key_that_is_none_is_never_looked_for(key: str, student: Build, task: Build, fault: Build) -> None:
    broken = student(tasks=[task(fault=fault(), contract=key)])
    (group,) = fault_groups([broken], lambda _: True)
    assert group.students[0].log == ""


def test_what_is_expected_is_no_common_finding(student: Build, task: Build, finding: Build) -> None:
    meant = finding(title="Nothing is learned from zero weights, as expected", expected=True)
    assert common_findings([student("S", tasks=[task(findings=[meant])])]) == []


def test_findings_are_common_by_task_and_title_and_count_a_student_once(
    student: Build, task: Build, finding: Build
) -> None:
    twice = [finding(), finding(variant="dense", next_step="Another way.")]
    students = [student(f"S {i}", tasks=[task(findings=twice)]) for i in range(14)]
    students.append(student("T", tasks=[task(title="Digits", findings=[finding()])]))
    first, second = common_findings(students)
    assert (first.task, first.students.n, first.students.unnamed) == ("Autoencoders", 14, 2)
    assert first.advice == "Stop earlier or add dropout."
    assert (second.task, second.students.n) == ("Digits", 1)


@pytest.fixture
def spent(class_: Build, student: Build, task: Build, measurement: Build) -> tuple[ClassResult, pd.DataFrame]:
    """Return a class and what its trainings took; Bo handed in the same as Ann and so shares her records."""
    rows = [
        *(("Ann", "a0", "", 100.0, 500.0), ("Ann", "a1", "conv-reconstruction", 110.0, 900.0)),
        *(("Bo", "a0", "", 100.0, 500.0), ("Bo", "a1", "conv-reconstruction", 110.0, 900.0)),
        *(
            ("Cy", "c0", "", 7200.0, 300.0),
            ("Cy", "c1", "conv-reconstruction", 50.0, 200.0),
            ("Cy", "c2", "gone", 9.0, 1.0),
        ),
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    students = []
    for name, part in frame.groupby("student"):
        runs = [
            measurement(key=r.key, usage={"train": Usage(wall_s=1.0, cpu_s=r.cpu_s, peak_memory_mb=r.mb)})
            for r in part.itertuples()
        ]
        runs.append(measurement(key="given", source="given", usage={}))
        extra = {r.key: f"{r.criterion}: 0.0182 misses the target" for r in part.itertuples() if r.criterion}
        students.append(student(name, tasks=[task(measurements=runs, extra=extra)]))
    return class_(*students), frame


def test_extra_seeds_are_counted_by_criterion_and_student(spent: tuple[ClassResult, pd.DataFrame]) -> None:
    result, frame = spent
    once = frame.drop_duplicates("key")
    extra = once[once["criterion"] != ""]
    found = extra_seeds(result.students)
    assert found.trainings == len(extra)
    assert found.share == f"{round(100 * extra['cpu_s'].sum() / once['cpu_s'].sum(), 1):g} %"
    first, second = found.rows
    assert (first.trainings, first.of_students.n) == (2, 3)
    assert first.criterion == "The convolutional autoencoder rebuilds digits it has never seen."
    assert (second.criterion, second.trainings) == ("gone", 1), "a criterion that the rubric no longer has"
    assert [(s.student.name, s.trainings) for s in found.students] == [("Cy", 2), ("Ann", 1), ("Bo", 1)]


def test_cost_counts_shared_trainings_once_and_students_whole(spent: tuple[ClassResult, pd.DataFrame]) -> None:
    result, frame = spent
    once = frame.drop_duplicates("key")
    hours = once["cpu_s"].sum() / 3600
    each = frame.groupby("student")["cpu_s"].sum()
    found = cost(result, price_per_cpu_hour=0.5, currency="EUR")
    facts = dict(found.facts)
    assert facts["CPU time"] == f"{hours:.1f} h"
    assert facts["Trainings"] == str(len(once))
    assert facts["Price of the CPU time"] == f"{0.5 * hours:.2f} EUR"
    assert facts["Mean price a student"] == f"{0.5 * each.mean() / 3600:.2f} EUR"
    assert facts["Most CPU time a student"].endswith(", Cy")
    assert facts["Largest memory"] == f"{once['mb'].max():.0f} MB"
    assert [d.student.name for d in found.dearest] == ["Cy", "Ann", "Bo"]
    assert found.dearest[0].memory == "300 MB"


def test_without_a_price_there_is_no_money_on_the_page(spent: tuple[ClassResult, pd.DataFrame]) -> None:
    found = cost(spent[0])
    assert not found.priced
    assert not [term for term, _ in found.facts if "rice" in term]


def test_a_class_that_ran_nothing_has_no_cost(class_: Build, student: Build, task: Build) -> None:
    found = cost(class_(student(tasks=[task(measurements=[], status=Status.NOT_RUN)])))
    assert found.dearest == []
    assert dict(found.facts)["Largest memory"] == "–"
