"""The harness's side of a dialogue with a step: sends questions without waiting, takes answers of one possible size.

Whoever keeps to the protocol sends one answer after each whole question, so any other byte comes from student code.
What goes wrong with the lead, its questions and its outputs is the harness's fault.
"""

import os
import selectors
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import SandboxError
from harness.sandbox import receiving, sending, wire
from harness.task import Arrays, BytesOutput, Dialogue, Output, Talk


class Refused(Exception):
    """A lead refuses an answer that is not as declared; the message is one sentence for the student."""


class DialogueState:
    """What was asked, what is still to be sent through `fd`, and what the lead made of the answers.

    `outputs` is None until the lead has returned; `fault` is the sentence about an answer that is not as declared.
    `lead_s` is how long the lead took over its questions, in seconds. `most` is how many bytes may have come until
    the next question.
    """

    def __init__(self, dialogue: Dialogue, outputs: tuple[Output, ...], lead: Talk, fd: int) -> None:
        self.dialogue, self.declared, self.lead, self.fd = dialogue, outputs, lead, fd
        self.outputs: Arrays | None = None
        self.fault = ""
        self.lead_s = 0.0
        self.most = wire.MAX_MESSAGE + 1
        self._unsent = memoryview(b"")
        self._awaits_room = False
        self._rows = self._length = 0
        os.set_blocking(fd, False)

    @property
    def over(self) -> bool:
        """Whether there are no more questions."""
        return bool(self.fault) or self.outputs is not None

    def begin(self) -> None:
        """Ask the first question. Raises SandboxError where the lead fails, as `take` does."""
        self._go_on(None)

    def attend(self, selector: selectors.BaseSelector) -> None:
        """Have `selector` tell of room in the pipe while a part of a question is left; close it after the last one."""
        if bool(self._unsent) != self._awaits_room:
            self._awaits_room = not self._awaits_room
            if self._awaits_room:
                selector.register(self.fd, selectors.EVENT_WRITE)
            else:
                selector.unregister(self.fd)
        if self.over:
            self.close()

    def send(self) -> None:
        """Write as much of the question as there is room for; a closed pipe shows in the end of the process."""
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self.fd, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent = memoryview(b"")

    def take(self, received: bytearray) -> None:
        """Take a whole answer out of `received`, if there is one, and ask the next question."""
        if self.over or not received or received[:1] == b"E":
            return
        if received[:1] != b"A" or len(received) > 1 + self._length or self._unsent:
            self._end("Expected one answer to each question, received other bytes.")
        elif len(received) == 1 + self._length:
            row = self.dialogue.answer
            answer = np.frombuffer(received[1:], row.dtype).reshape(self._rows, *row.shape)
            received.clear()
            try:
                receiving.check_values(row, answer)
            except wire.WireError as error:
                self._end(str(error))
            else:
                self._go_on(answer)

    def _end(self, fault: str) -> None:
        self.fault, self._unsent = fault, memoryview(b"")

    def _go_on(self, answer: NDArray[Any] | None) -> None:
        began = time.monotonic()
        try:
            self._next(answer)
        except Refused as refused:
            self._end(str(refused))
        except Exception as error:  # the harness's own questions and sums: no fault of the student
            raise SandboxError(f"Expected the dialogue to go on, received {type(error).__name__}: {error}") from error
        finally:
            self.lead_s += time.monotonic() - began

    def _next(self, answer: NDArray[Any] | None) -> None:
        try:
            question = next(self.lead) if answer is None else self.lead.send(answer)
        except StopIteration as end:
            self.outputs = {output.name: declared(output, end.value.get(output.name)) for output in self.declared}
        else:
            self._ask(question)

    def _ask(self, question: NDArray[Any]) -> None:
        row, most = self.dialogue.question, self.dialogue.most
        least = 0 if self.dialogue.turns else 1
        if question.shape[1:] != row.shape or not least <= len(question) <= most:
            raise ValueError(f"expected a question of {least} to {most} rows {row.shape}, received {question.shape}")
        rows = np.ascontiguousarray(question, row.dtype)
        receiving.check_values(row, rows)
        self._rows = len(rows)
        self._length = self._rows * self.dialogue.answer.nbytes
        self.most = max(1 + self._length, wire.MAX_MESSAGE + 1)
        self._unsent = memoryview(wire.LENGTH.pack(self._rows) + rows.tobytes())
        self.send()

    def close(self) -> None:
        """Say that there are no more questions."""
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            os.close(fd)


def declared(output: Output, value: Any) -> NDArray[Any]:
    """Return an output of the lead in its declared type; raises WireError where it is not as declared."""
    if isinstance(output, BytesOutput):
        raise wire.WireError(f"Expected a dialogue to have arrays as outputs, received bytes for {output.name!r}.")
    array = np.frombuffer(wire.encode(sending.describe_output(output), value), output.dtype).reshape(output.shape)
    receiving.check_values(output, array)
    return array
