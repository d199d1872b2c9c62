"""A graded class as data frames."""

import pytest
from export.made import CLASS
from report.conftest import make_class, make_student

from harness.errors import UsageError
from harness.export.frames import CRITERIA, MARKS, MEASURES, frames_of, table_csv


def test_a_row_per_mark_criterion_and_measured_value() -> None:
    found = frames_of(CLASS)
    assert list(found.marks.columns) == list(MARKS)
    assert found.marks.set_index("student")["share"].round(3).to_dict()["Jane Doe"] == 0.715
    assert found.marks["share"].isna().sum() == 2
    assert len(found.criteria) == sum(len(t.criteria) for s in CLASS.students for t in s.tasks)
    assert found.measures[["variant", "measure", "value"]].iloc[0].tolist() == ["conv", "test_mse", 0.027]
    assert found.measures["fit_s"].iloc[0] == 9.5


def test_an_empty_class_has_the_same_columns() -> None:
    found = frames_of(make_class())
    assert list(found.criteria.columns) == list(CRITERIA)
    assert list(found.measures.columns) == list(MEASURES)


def test_a_table_s_csv_runs_nothing() -> None:
    text = table_csv(frames_of(make_class(make_student("=1+1"))).marks)
    assert "\n'=1+1," in text


def test_a_table_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="Did you mean 'marks'"):
        frames_of(CLASS).named("mark")
