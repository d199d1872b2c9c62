"""A lead that does wrong is the fault of the harness, and each try of a step has one of its own."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from sandbox.dialogues import Answering, Nobody, answerer, conversation, once, raising, total_of
from sandbox.students import (
    ANSWER,
    DENSE,
    QUESTION,
    answer_step,
    asking,
    limits,
    total_by_hand,
)

from harness.errors import SandboxError
from harness.sandbox.job import Job
from harness.sandbox.watch import Watch, passed_limit
from harness.task import BytesOutput, Dialogue, Talk, TaskData
from harness.workflow.execute import Executor, lead_of
from harness.workflow.plan import Unit

BAD_LEADS: dict[str, Callable[[], Any]] = {
    "raises at once": lambda: raising(0),
    "raises later": lambda: raising(1),
    "no generator": lambda: None,
    "no array": lambda: once("question"),
    "no rows": lambda: once(np.zeros((0, 4))),
    "too many rows": lambda: once(np.zeros((101, 4))),
    "one row without its axis": lambda: once(np.zeros(4)),
    "a number": lambda: once(np.float32(3)),
    "other columns": lambda: once(np.zeros((3, 5))),
    "NaN": lambda: once(np.full((3, 4), np.nan)),
    "objects": lambda: once(np.full((3, 4), object())),
    "returns nothing": once,
    "returns no mapping": lambda: once(outputs=np.zeros(2)),
    "returns another output": lambda: once(outputs={"sum": np.zeros(2)}),
    "returns another shape": lambda: once(outputs={"total": np.zeros(3)}),
    "returns NaN": lambda: once(outputs={"total": np.full(2, np.nan)}),
}


@pytest.mark.parametrize("case", BAD_LEADS)
def test_what_is_wrong_with_a_lead_is_the_harness_fault(case: str) -> None:
    with conversation(BAD_LEADS[case]()) as (talk, _):
        with pytest.raises(SandboxError, match=r"^Expected the dialogue to go on, received \w+: "):
            talk.begin()
            talk.take(bytearray(b"A" + bytes(8)))
        assert not talk.fault


def test_a_step_with_bytes_as_outputs_cannot_be_a_dialogue() -> None:
    with (
        conversation(asking(()), outputs=(BytesOutput("weights", 10),)) as (talk, _),
        pytest.raises(SandboxError, match="to have arrays as outputs"),
    ):
        talk.begin()


@pytest.mark.slow
def test_a_process_whose_lead_fails_is_ended_and_the_next_one_answers(talk_to: Answering) -> None:
    with pytest.raises(SandboxError, match="ZeroDivisionError: a sum of ours"):
        talk_to(answerer(), raising(2))
    assert total_of(talk_to(answerer())) == pytest.approx(total_by_hand(), rel=1e-5)


@pytest.mark.parametrize("lead", [lambda *_: raising(0), lambda *_: 1 / 0, lambda *_: None, lambda: None])
def test_a_lead_that_fails_twice_is_a_fault_of_the_harness_in_the_record(tmp_path: Path, lead: Any) -> None:
    step, unit = (
        answer_step(dialogue=Dialogue(lead, QUESTION, ANSWER, 100)),
        Unit(2, 0, 0, 1, "toy", "plain", "key", "source"),
    )
    context = SimpleNamespace(data=None, drawn_seed=int, asking_seed=int)
    nobody = Nobody()
    executor = Executor(cast(Any, {"toy": context}), {("toy", "source"): {}}, cast(Any, nobody), Event(), tmp_path)
    outcome = executor.step(unit, step, DENSE, ())
    assert outcome.fault is not None and outcome.fault.owner == "harness" and outcome.fault.step == "play"
    assert (nobody.started, nobody.killed, nobody.kept) == (2, 2, [])


def test_each_try_has_a_lead_of_its_own_with_data_and_seed() -> None:
    given: list[tuple[Any, ...]] = []

    def lead(*arguments: Any) -> Talk:
        given.append(arguments)
        return asking(())

    data = cast(TaskData, object())
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(lead_of(Dialogue(lead, QUESTION, ANSWER, 1), data, 7))
    assert given == [(data, 7)] * 2


def test_time_that_the_lead_takes_does_not_count_against_the_step() -> None:
    def slow() -> Talk:
        time.sleep(0.2)
        yield np.zeros((1, 4), np.float32)
        return {}

    with conversation(slow()) as (talk, _):
        talk.begin()
        assert talk.lead_s >= 0.2
        talk.lead_s += 500
        step, watch = answer_step(limits=limits(wall_s=200, memory_mb=100_000)), Watch(family=False, talk=talk)
        job, now = Job(step, "work.py", {}, {}, 1), time.monotonic()
        process = cast(Any, Nobody(pid=os.getpid()))
        assert passed_limit(process, job, watch, now - 500) is None
        assert passed_limit(process, job, watch, now - 500 - talk.lead_s) == "wall"
