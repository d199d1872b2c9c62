"""What goes through the pipe of a dialogue, in any pieces, and many dialogues at once."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from opened import needs_descriptors, nothing_left_open
from sandbox.bare import bare_servers
from sandbox.dialogues import Answering, Nobody, answerer, conversation, fault_of, once, raising, total_of
from sandbox.students import (
    ANSWER,
    DENSE,
    QUESTION,
    TOTAL,
    answer_step,
    asking,
    total_by_hand,
)

from harness.errors import SandboxError
from harness.sandbox import sending, wire
from harness.sandbox.job import Job, Outcome
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import descriptors, run_job, talking
from harness.sandbox.talk import DialogueState
from harness.task import Dialogue

AS_DECLARED = "return np.zeros((len(question), 2), 'float32')"


def questions(fd: int) -> NDArray[np.float32]:
    """Return the rows of the one question that is in the pipe."""
    data = os.read(fd, 1 << 20)
    rows = np.frombuffer(data[8:], np.float32).reshape(-1, 4)
    assert wire.LENGTH.unpack(data[:8]) == (len(rows),)
    return rows


def chunks(data: bytes, generator: np.random.Generator) -> Iterator[bytes]:
    while data:
        size = int(generator.integers(1, len(data) + 1))
        yield data[:size]
        data = data[size:]


@pytest.mark.parametrize("seed", range(5))
def test_an_answer_may_come_in_any_pieces(seed: int) -> None:
    generator, rows = np.random.default_rng(seed), (1, 100, 2, 3)
    with conversation(asking(rows)) as (talk, fd):
        talk.begin()
        received, sums = bytearray(), np.zeros(2)
        for count in rows:
            assert questions(fd).shape == (count, 4) and not talk.over
            answer = generator.random((count, 2), dtype=np.float32)
            sums += answer.sum(axis=0)
            for part in chunks(b"A" + answer.tobytes(), generator):
                received += part
                talk.take(received)
        assert talk.over and not talk.fault and not received
        assert talk.outputs is not None and talk.outputs["total"] == pytest.approx(sums)


@pytest.mark.parametrize("seed", range(20))
def test_bytes_by_chance_are_a_fault_or_waited_for_and_never_an_error(seed: int) -> None:
    generator = np.random.default_rng(seed)
    with conversation(asking((3,) * 50)) as (talk, fd):
        talk.begin()
        received = bytearray()
        for _ in range(200):
            received += generator.bytes(generator.integers(1, 30)) if generator.random() < 0.1 else b"A" + bytes(24)
            if len(received) > talk.most:
                break
            talk.take(received)
            while generator.random() < 0.5 and not talk.over:
                try:
                    os.read(fd, 1000)
                except BlockingIOError:
                    break
        assert talk.over == bool(talk.fault) or talk.outputs is not None


def test_an_answer_before_its_question_was_read_is_a_fault() -> None:
    """Nobody can have seen the whole question: a part of it is still here."""
    with conversation(asking((100_000,)), most=100_000) as (talk, _):
        talk.begin()
        talk.take(bytearray(b"A" + bytes(10)))
        assert talk.fault == "Expected one answer to each question, received other bytes."
        talk.send()


def test_after_the_last_answer_nothing_is_asked_or_taken() -> None:
    with conversation(asking((1,))) as (talk, fd):
        talk.begin()
        questions(fd)
        talk.take(bytearray(b"A" + bytes(8)))
        outputs = talk.outputs
        for data in (b"R", b"A" + bytes(8), b"E{}", b"x"):
            talk.take(bytearray(data))
        assert talk.outputs is outputs is not None and not talk.fault
        talk.close()
        talk.close()
        assert os.read(fd, 10) == b""


def test_a_question_to_a_process_that_has_closed_its_end_waits_for_nobody() -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    talk = DialogueState(Dialogue(lambda *_: asking(), QUESTION, ANSWER, 100), (TOTAL,), asking(), ours)
    talk.begin()
    talk.close()
    assert not talk.over


@needs_descriptors
def test_dialogues_good_and_bad_leave_no_descriptor_open(talk_to: Answering, bare_server: ServerPool) -> None:
    total_of(talk_to(answerer()))
    with nothing_left_open(), bare_servers(bare_server.walls) as servers:
        for body in ("pass", "1 / 0", "return np.full((3, 2), np.nan)", "os._exit(0)", "os.closerange(0, 4096)") * 3:
            talk_to(answerer(body), asking((3, 100, 100)), launcher=servers)


@needs_descriptors
def test_leads_that_fail_leave_no_descriptor_open() -> None:
    for lead in [raising(0), raising(1), once()] * 5:
        job = Job(answer_step(), "work.py", {}, DENSE, 1, (), lead)
        with nothing_left_open(), descriptors(job) as (fds, *_), talking(job, fds) as talk:
            assert talk is not None and len(fds) == 5
            for fd in fds:
                os.close(fd)
    for _ in range(20):
        with nothing_left_open(), pytest.raises(SandboxError):
            run_job(Job(answer_step(), "work.py", {}, DENSE, 1, (), raising(0)), cast(Any, Nobody()), Event())


def test_dialogues_at_once_do_not_mix(talk_to: Answering) -> None:
    """Two threads open and close pipes all the time: none may close or read what has become the other's."""

    def talks(number: int) -> list[Outcome]:
        rows = (1 + number, 50, 3)
        bodies = ("pass", "if len(asked) > 1: 1 / 0", AS_DECLARED)
        return [talk_to(answerer(body), asking(rows)) for body in bodies * 4]

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(talks, range(2)))
    for number, outcomes in enumerate(found):
        for honest, failed, zero in zip(*[iter(outcomes)] * 3, strict=True):
            assert total_of(honest) == pytest.approx(total_by_hand((1 + number, 50, 3)), rel=1e-4)
            assert fault_of(failed).kind == "exception"
            assert total_of(zero) == [0, 0]


def test_the_lead_of_a_step_is_not_part_of_what_the_process_is_told() -> None:
    """Only the question's and the answer's form cross the wall, not what the answers are for."""
    job = Job(answer_step(), "work.py", {}, DENSE, 1, (), asking())
    with sending.write_request(job) as file:
        request = wire.read_request(os.dup(file.fileno()))
    assert request["outputs"] == []
    assert request["dialogue"] == {
        "question": {"name": "state", "dtype": "float32", "shape": [4]},
        "answer": {"name": "values", "dtype": "float32", "shape": [2]},
    }
    plain = Job(replace(answer_step(), dialogue=None), "work.py", {}, DENSE, 1)
    with sending.write_request(plain) as file:
        assert wire.read_request(os.dup(file.fileno()))["dialogue"] is None
