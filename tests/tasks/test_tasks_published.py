"""Figures from elsewhere belong to a measure of the task and say where they come from. New tasks inherit this."""

from pathlib import Path

import pytest
import yaml

from harness.tasks import find, names

REPORTS = yaml.safe_load((Path(__file__).resolve().parents[2] / "docs" / "published.yaml").read_text(encoding="utf-8"))
WITHOUT = {one["task"] for one in REPORTS if one.get("without")}  # of these there are pictures only

pytestmark = pytest.mark.parametrize("name", names())


def test_every_task_has_figures_to_stand_beside(name: str) -> None:
    assert find(name).published or name in WITHOUT
    assert find(name).naive


def test_a_figure_belongs_to_a_measure_and_has_a_source(name: str) -> None:
    task = find(name)
    for figure in task.published:
        assert figure.measure in task.measure_names(), figure
        assert figure.profile in task.profiles, figure
        assert figure.source, figure
        if "accuracy" in figure.measure:
            assert 0 <= figure.value <= 1, f"{figure}: a share, not a percentage"
    places = [(f.measure, f.profile, f.source) for f in task.published]
    assert len(set(places)) == len(places), "one source says one thing about a measure"


def test_a_naive_answer_is_told_or_measured(name: str) -> None:
    task = find(name)
    given = {v.name for v in task.variants if v.given}
    for naive in task.naive:
        assert naive.measure in task.measure_names(), naive
        assert naive.profile in task.profiles, naive
        assert naive.answer, naive
        assert naive.measured or (naive.value is not None and naive.origin), naive
        if naive.measured:
            assert naive.measured in task.measure_names(), naive
            assert naive.measured.partition(".")[0] in given, "the harness computes it"
        if naive.value is not None:
            assert naive.origin, naive
