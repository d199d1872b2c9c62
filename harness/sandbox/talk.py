"""The harness's side of a dialogue with a step: sends questions without waiting, takes answers of one possible size."""

import os
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import SandboxError
from harness.sandbox import wire
from harness.tasks.base import Arrays, Dialogue

Lead = Generator[NDArray[Any], NDArray[Any], Arrays]


class Talk:
    """What was asked, what is still to be sent through `fd`, and what the lead made of the answers.

    `outputs` is None until the lead has returned; `fault` is the sentence about an answer that is not as declared.
    """

    def __init__(self, dialogue: Dialogue, lead: Lead, fd: int) -> None:
        self.dialogue, self.lead, self.fd = dialogue, lead, fd
        self.outputs: Arrays | None = None
        self.fault = ""
        self._unsent = memoryview(b"")
        self._rows = 0
        os.set_blocking(fd, False)

    def begin(self) -> None:
        """Ask the first question."""
        self._go_on(None)

    @property
    def unsent(self) -> bool:
        """Whether a part of the question waits for room in the pipe."""
        return bool(self._unsent) and self.fd >= 0

    @property
    def most(self) -> int:
        """Return how many bytes may have come until the next question."""
        return max(1 + self._rows * self.dialogue.answer.nbytes, wire.MAX_MESSAGE + 1)

    def send(self) -> None:
        """Write as much of the question as there is room for; a closed pipe shows in the end of the process."""
        with suppress(BlockingIOError, BrokenPipeError):
            while self._unsent:
                self._unsent = self._unsent[os.write(self.fd, self._unsent) :]

    def take(self, received: bytearray) -> None:
        """Take a whole answer out of `received`, if there is one, and ask the next question."""
        length = self._rows * self.dialogue.answer.nbytes
        if self.outputs is not None or self.fault or received[:1] != b"A" or len(received) < 1 + length:
            return
        row = self.dialogue.answer
        answer = np.frombuffer(bytes(received[1 : 1 + length]), row.dtype).reshape(self._rows, *row.shape)
        del received[: 1 + length]
        try:
            wire.check_values(row, answer)
        except wire.WireError as error:
            self.fault = str(error)
            self.close()
        else:
            self._go_on(answer)

    def _go_on(self, answer: NDArray[Any] | None) -> None:
        try:
            question = next(self.lead) if answer is None else self.lead.send(answer)
        except StopIteration as end:
            self.outputs = end.value
            self.close()
            return
        except Exception as error:  # the harness's own questions and sums: no fault of the student
            raise SandboxError(f"Expected the dialogue to go on, received {type(error).__name__}: {error}") from error
        self._ask(question)

    def _ask(self, question: NDArray[Any]) -> None:
        row = self.dialogue.question
        if question.shape[1:] != row.shape or not 0 < len(question) <= self.dialogue.most:
            raise SandboxError(
                f"Expected a question of 1 to {self.dialogue.most} rows {row.shape}, received {question.shape}."
            )
        self._rows = len(question)
        body = np.ascontiguousarray(question, dtype=row.dtype).tobytes()
        self._unsent = memoryview(wire.LENGTH.pack(self._rows) + body)
        self.send()

    def close(self) -> None:
        """Say that there are no more questions."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
