"""How long trainings are expected to take: by the reference, and by what contract checks say of the models."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy
from workflow.classes import FakeSandbox, graded, marks, options, source, task_of

from harness.records.store import Records
from harness.sandbox.job import Job
from harness.workflow.estimates import MOST, Estimates
from harness.workflow.planned import MULTIPLY_ADDS
from harness.workflow.waiting import Span

SAID = {"# little": 1e8, "# more": 1e9, "# most": 1e10}
CLASS = {f"student-{n}": f"{toy.GOOD}\n{said}\n" for n, said in enumerate(SAID)}


def saying(patch: pytest.MonkeyPatch, work: Callable[[Job], float]) -> None:
    """Let every contract check say how much its models compute."""
    made = FakeSandbox.array

    def array(self: FakeSandbox, name: str, shape: tuple[int, ...], job: Job) -> Any:
        return np.array([work(job)]) if name == MULTIPLY_ADDS else made(self, name, shape, job)

    patch.setattr(FakeSandbox, "array", array)


def said_in(job: Job) -> float:
    return next(work for words, work in SAID.items() if words in source(job))


def test_the_models_that_compute_most_are_trained_first(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    saying(monkeypatch, said_in)
    toy.write_class(tmp_path / "class", CLASS)
    result = graded(tmp_path / "class", options(tmp_path, seeds=[1], jobs=1))
    trained = [next(words for words in SAID if words in text) for text, _, _ in sandbox.trained()]
    assert [*dict.fromkeys(trained)] == [*reversed(SAID)]
    with closing(Records(tmp_path / "out", only_read=True)) as records:
        found = records.find([task_of(result, name).contract for name in CLASS])
    assert {m.signs[MULTIPLY_ADDS] for m in found.values()} == {*SAID.values()}


@pytest.mark.parametrize("lie", [np.nan, np.inf, -1.0, 1e300])
def test_what_a_check_says_of_it_costs_nothing_and_changes_no_mark(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, lie: float
) -> None:
    toy.write_class(tmp_path / "class", CLASS)
    honest = marks(graded(tmp_path / "class", options(tmp_path, out=tmp_path / "honest")))
    saying(monkeypatch, lambda job: lie)
    result = graded(tmp_path / "class", options(tmp_path))
    assert marks(result) == honest
    with closing(Records(tmp_path / "out", only_read=True)) as records:
        assert not any(m.signs for m in records.find([task_of(result, name).contract for name in CLASS]).values())


def test_a_submission_is_as_long_as_the_reference_unless_its_models_say_otherwise() -> None:
    expected = Estimates({"toy": {"plain": 10.0, "wide": 20.0}}, {"toy": 100_000})
    for name, work in (("small", 1.0), ("usual", 1e6), ("usual too", 1e6), ("usual still", 1e6), ("huge", 1e15)):
        expected.computes("toy", name, work)
    expected.computes("toy", "usual", 1e15)
    assert expected.span("toy", "unknown", "plain", ()) == Span(10.0, 10.0)
    assert expected.span("toy", "usual", "plain", ["plain", "wide"]) == Span(10.0, 30.0)
    assert expected.span("toy", "huge", "plain", ()) == Span(MOST * 10.0, MOST * 10.0), "however much it says"
    small = expected.span("toy", "small", "plain", ())
    assert small is not None and 10.0 / MOST <= small.own < 10.0
    assert expected.span("another", "usual", "plain", ()) is None
