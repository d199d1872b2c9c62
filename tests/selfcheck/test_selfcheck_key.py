"""What a self-check asks is asked of no class: the best of ten tries is no better than one."""

from pathlib import Path

import numpy as np
import pytest
from selfcheck.made import Loaded, pretend, write_work

from harness.data.key import PRACTICE, new_key
from harness.data.load import load
from harness.selfcheck.session import SelfCheck, options_for
from harness.workflow.context import TaskContext, prepare


def examples(context: TaskContext, part: str) -> set[bytes]:
    return {np.ascontiguousarray(image).tobytes() for image in context.data.dataset.arrays[f"x_{part}"]}


def test_self_check_and_examination_share_no_test_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = write_work(tmp_path)
    pretend(monkeypatch)
    monkeypatch.setattr("harness.workflow.context.load", load)  # the real one
    with SelfCheck(work, options_for(work, rubrics=tmp_path / "rubrics"), launcher=Loaded()) as own:
        mine = own.contexts["toy"]
        exams = [prepare(mine.task, "quick", None, own.machine, tmp_path / str(i), key=new_key()) for i in range(3)]
    assert mine.provenance.key == PRACTICE.mark
    for exam in exams:
        assert not examples(mine, "test") & examples(exam, "test")
        assert exam.provenance.key != mine.provenance.key
        assert exam.key("source", "plain", 1) != mine.key("source", "plain", 1)
        assert exam.asking_seed(1) != mine.asking_seed(1)
    assert len({frozenset(examples(exam, "test")) for exam in exams}) == 3
