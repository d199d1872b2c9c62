"""The reference graded beside a class: seen by the instructor, and in no table, statistic or hand-out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options, task_of

from harness.errors import UsageError
from harness.grading.results import ClassResult
from harness.report.files import read_results
from harness.shipped import Rooms
from harness.workflow.grade import Regrading, regrade
from harness.workflow.graded_class import opened
from harness.workflow.publish import publish
from harness.workflow.with_reference import NAME

WEAK = toy.GOOD.replace("0.02", "0.01") + "# of a student\n"


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """The rooms of a course with a reference of the toy task."""
    place = tmp_path / "course" / "reference_models"
    place.mkdir(parents=True)
    (place / "toy.py").write_text(toy.GOOD)
    return Rooms(tmp_path / "course", frozenset({"toy"}))


def beside(folder: Path, rooms: Rooms, *, asked: bool = True, **changes: Any) -> ClassResult:
    if not (submissions := folder / "class").exists():
        toy.write_class(submissions, {"ann": WEAK, "reference": WEAK})
    return graded(submissions, options(folder, rooms=rooms, with_reference=asked, **changes))


def test_the_reference_is_marked_under_the_key_and_seeds_of_the_class(
    tmp_path: Path, rooms: Rooms, sandbox: FakeSandbox
) -> None:
    result = beside(tmp_path, rooms, seeds=[1, 2])
    assert result.reference is not None
    (task,) = result.reference.tasks
    assert task.criteria[0].values == pytest.approx([0.51, 0.52])
    assert {m.provenance.key for m in task.measurements} == {
        m.provenance.key for m in task_of(result, "ann").measurements
    }
    assert {(m.variant, m.seed) for m in task.measurements} == {
        (v, s) for v in ("plain", "wide", "naive") for s in (1, 2)
    }
    assert [c.same_key for c in task_of(result, "ann").criteria] == [c.value for c in task.criteria]
    assert read_results(tmp_path / "out" / "results.json") == result


def test_it_is_no_student(tmp_path: Path, rooms: Rooms, sandbox: FakeSandbox) -> None:
    with_it, without = beside(tmp_path, rooms), beside(tmp_path / "without", rooms, asked=False)
    out, other = tmp_path / "out", tmp_path / "without" / "out"
    assert [s.slug for s in with_it.students] == ["ann", "reference"], "a student may be called so"
    assert (out / "grades.csv").read_bytes() == (other / "grades.csv").read_bytes()
    plain = replace(Regrading(), tasks=toy.REGISTRY, rooms=rooms, rubrics=tmp_path / "rubrics")
    assert without.reference is None and not (other / "reference.html").exists()
    assert regrade(out, plain).reference == with_it.reference, "marked again from the records"
    with opened(out, tasks=toy.REGISTRY) as found:
        handed_out = publish(found, grader="Grace", force=True)
    assert len(handed_out.files) == 2
    assert sorted(path.name for path in (out / "cards").iterdir()) == ["ann.html", "reference.html"]


def test_the_class_page_and_the_cards_say_what_it_is(tmp_path: Path, rooms: Rooms, sandbox: FakeSandbox) -> None:
    beside(tmp_path, rooms)
    page = (tmp_path / "out" / "index.html").read_text()
    assert '<a href="reference.html"><bdi>Reference, under the same key</bdi></a>' in page and "no student" in page
    assert f"<h1><bdi>{NAME}</bdi></h1>" in (tmp_path / "out" / "reference.html").read_text()
    assert "0.51, under the key and seeds of this class" in (tmp_path / "out" / "cards" / "ann.html").read_text()


def test_once_graded_it_stays_beside_the_class(tmp_path: Path, rooms: Rooms, sandbox: FakeSandbox) -> None:
    first = beside(tmp_path, rooms)
    sandbox.jobs.clear()
    assert beside(tmp_path, rooms, asked=False).reference == first.reference
    assert sandbox.jobs == []


def test_a_task_without_a_reference_is_told_before_anything_runs(tmp_path: Path, sandbox: FakeSandbox) -> None:
    with pytest.raises(UsageError, match=r"Expected a reference model .*toy.py, found none"):
        beside(tmp_path, Rooms(tmp_path / "course", frozenset({"toy"})))
    assert sandbox.jobs == [] and not (tmp_path / "out").exists()
