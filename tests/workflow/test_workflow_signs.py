"""Signs of mistakes are recorded when outputs are at hand, read when marks are made, and never change a mark."""

from dataclasses import replace
from pathlib import Path

import toy
from workflow.classes import FakeSandbox, graded, marks, options, task_of, with_tasks

from harness.records.models import Measurement
from harness.task import Scored, VariantRun
from harness.workflow.grade import Regrading, regrade

NOT_NUMBERS = {"sample_spread": float("nan"), "sample_nearest": float("inf")}


def looked_at(run: VariantRun) -> Scored:
    """Score as the toy task does, and say of the wide variant that its outputs are none."""
    signs = {"row_sum_off": 0.5, **NOT_NUMBERS} if run.variant.name == "wide" else {}
    return replace(toy.TASK.score(run), signs=signs)


def test_signs_become_a_finding_and_cost_nothing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    plain = graded(submissions, options(tmp_path / "plain"))
    registry = with_tasks(replace(toy.TASK, score=looked_at))
    result = graded(submissions, options(tmp_path / "signs", registry=registry))

    assert marks(result) == marks(plain)
    (wide,) = [f for f in task_of(result, "ann").findings if f.variant == "wide"]
    assert wide.title == "The output is not a distribution over classes"
    assert "0.50" in wide.evidence
    assert wide.title in (tmp_path / "signs" / "out" / "cards" / "ann.html").read_text()

    trained = len(sandbox.trained())
    again = regrade(tmp_path / "signs" / "out", Regrading(tmp_path / "signs" / "rubrics", tasks=registry))
    assert task_of(again, "ann").findings == task_of(result, "ann").findings
    assert len(sandbox.trained()) == trained


def test_only_numbers_are_kept_and_the_epochs_that_were_planned(tmp_path: Path, sandbox: FakeSandbox) -> None:
    registry = with_tasks(replace(toy.TASK, score=looked_at))
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path, registry=registry))
    shares = ("order_share", "bytes_share")  # of the second showing, which the sandbox that pretends does not know
    signs = {
        m.variant: {name: sign for name, sign in m.signs.items() if name not in shares}
        for m in task_of(result, "ann").measurements
    }
    assert signs["wide"] == {"epochs": 3, "row_sum_off": 0.5}
    assert signs["plain"] == {"epochs": 3}
    assert signs["naive"] == {}, "nothing was trained"


def test_records_from_before_there_were_signs_can_be_read(tmp_path: Path, sandbox: FakeSandbox) -> None:
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    stored = task_of(result, "ann").measurements[0].model_dump(mode="json", exclude={"signs"})
    assert Measurement.model_validate(stored).signs == {}
