"""A dialogue led three times in one process: with a model as it was built, with the trained one, and a part again."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.sandbox import receiving, wire
from harness.sandbox.talk import Refused
from harness.task import ArrayOutput, Arrays, Dialogue, Talk, TaskData
from harness.workflow.again import Remembered, Shares, moved, shares

Asked = Generator[NDArray[Any], NDArray[Any], None]


@dataclass
class Heard:
    """What came of the answers that are not the step's own: those `before` training, and those to a second showing."""

    rng: np.random.Generator
    before: Arrays = field(default_factory=dict)
    answers: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]] = field(default_factory=list)

    def shares(self) -> Shares:
        """Return the shares of rows that changed, over all that was asked again."""
        if not self.answers:
            return Shares()
        main, ordered, hair = zip(*self.answers, strict=True)
        moved_rows = [a for a in hair if a is not None]
        return shares(np.concatenate(main), np.concatenate(ordered), np.concatenate(moved_rows) if moved_rows else None)


def led(dialogue: Dialogue, early: Dialogue | None, few: TaskData | None, heard: Heard) -> Dialogue:
    """Return a dialogue that is led by `early` about `few` data first, then by its own lead, then asks some again.

    Answers are held to what is declared in its own part only; in the others they are nobody's fault.
    """

    def lead(data: TaskData, seed: int) -> Talk:
        heard.before, heard.answers = {}, []
        if early and few:
            heard.before = yield from attempted(early.lead(few, seed))
            yield np.zeros((0, *dialogue.question.shape), dialogue.question.dtype)
        remembered = Remembered(heard.rng)
        outputs = yield from held(dialogue.lead(data, seed), dialogue.answer, remembered)
        yield from once_more(remembered, heard)
        return outputs

    row = dialogue.answer
    free = ArrayOutput(row.name, row.shape, row.dtype, finite=False)
    return replace(dialogue, lead=lead, answer=free, turns=bool(early and few))


def attempted(lead: Talk) -> Generator[NDArray[Any], NDArray[Any], Arrays]:
    """Lead as far as it goes: a model as it was built may answer what a lead cannot go on from."""
    try:
        return (yield from lead)
    except Exception:
        return {}


def held(lead: Talk, row: ArrayOutput, remembered: Remembered) -> Talk:
    """Lead with answers held to what is declared of a `row`; remember some. Raises Refused for others."""
    try:
        question = next(lead)
        while True:
            answer = yield question
            try:
                receiving.check_values(row, answer)
            except wire.WireError as error:
                raise Refused(str(error)) from error
            remembered.add(question, answer)
            question = lead.send(answer)
    except StopIteration as end:
        outputs: Arrays = end.value
        return outputs


def once_more(remembered: Remembered, heard: Heard) -> Asked:
    """Ask some questions again: their rows and themselves in another order, then moved by a hair where they can be."""
    found = []
    for question, answer in remembered.to_ask():
        order = heard.rng.permutation(len(question))
        ordered = yield question[order]
        found.append((question[order], answer[order], ordered.copy()))
    for question, answer, ordered in found:
        hair = None
        if np.issubdtype(question.dtype, np.floating):
            hair = (yield moved(question, heard.rng).astype(question.dtype)).copy()
        heard.answers.append((answer, ordered, hair))
