"""What tests of dialogues share: a student who answers, what came of it, and a talk without a process."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sandbox import students
from sandbox.students import (
    ANSWER,
    QUESTION,
    TOTAL,
)

from harness.records.models import Fault
from harness.sandbox.job import Outcome
from harness.sandbox.launch import Ended
from harness.sandbox.levels import Level
from harness.sandbox.talk import DialogueState
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.task import Dialogue, Output, Talk

Answering = Callable[..., Outcome]


def answerer(body: str = "pass", first: str = "pass") -> str:
    return students.answerer(body, first, students.BARE_ANSWERING)


def total_of(outcome: Outcome) -> list[float]:
    assert outcome.fault is None, (outcome.fault, outcome.log)
    assert list(outcome.arrays) == ["total"] and not outcome.blobs
    return [float(value) for value in outcome.arrays["total"]]


def fault_of(outcome: Outcome) -> Fault:
    fault = outcome.fault
    assert fault is not None, outcome
    assert fault.owner == "student" and fault.step == "play"
    assert not outcome.arrays and not outcome.blobs
    assert "\n" not in fault.message and len(fault.message) < 600
    return fault


@dataclass
class Nobody:
    """Starts processes that never say anything and end when they are killed."""

    walls: Any = field(default_factory=lambda: make(Level.NONE, view("cpu")))
    name: str = "nobody"
    pid: int = 0
    scratch: Path | None = None
    started: int = 0
    killed: int = 0
    kept: list[int] = field(default_factory=list)

    def start(self, fds: Sequence[int]) -> "Nobody":
        self.started += 1
        self.kept = [os.dup(fd) for fd in fds]
        return self

    def wait(self, timeout: float) -> Ended | None:
        return self._end() if self.killed == self.started else None

    def _end(self) -> Ended:
        while self.kept:
            os.close(self.kept.pop())
        return Ended(9, 0.1, 100)

    def kill(self) -> None:
        self.killed = self.started


def raising(at: int) -> Talk:
    for _ in range(at):
        yield np.zeros((1, 4), np.float32)
    raise ZeroDivisionError("a sum of ours")


def once(question: Any = None, outputs: Any = None) -> Any:
    yield np.zeros((1, 4), np.float32) if question is None else question
    return outputs


class Conversation:
    """A talk and the other end of its pipe."""

    def __init__(self, lead: Talk, most: int, outputs: tuple[Output, ...]) -> None:
        self.theirs, ours = os.pipe()
        os.set_blocking(self.theirs, False)
        self.talk = DialogueState(Dialogue(lambda *_: lead, QUESTION, ANSWER, most), outputs, lead, ours)

    def __enter__(self) -> tuple[DialogueState, int]:
        return self.talk, self.theirs

    def __exit__(self, *_: object) -> None:
        self.talk.close()
        os.close(self.theirs)


def conversation(lead: Talk, most: int = 100, outputs: tuple[Output, ...] = (TOTAL,)) -> Conversation:
    return Conversation(lead, most, outputs)
