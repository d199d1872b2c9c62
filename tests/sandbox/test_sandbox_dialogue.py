"""A dialogue: the harness asks a model in the sandbox, answer by answer, and believes only what was declared."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from sandbox import students
from sandbox.students import (
    ANSWER,
    DENSE,
    QUESTION,
    TOTAL,
    RunStudent,
    answer_step,
    asking,
    bare_answer_step,
    limits,
    total_by_hand,
)

from harness.errors import SandboxError
from harness.records.models import Fault
from harness.sandbox import wire
from harness.sandbox.fresh import FreshProcesses
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Ended
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import Interrupted, descriptors, run_job, talking
from harness.sandbox.talk import Lead, Talk
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.sandbox.watch import Watch, passed_limit
from harness.task import ArrayOutput, BytesOutput, Dialogue, Output, Step, TaskData
from harness.workflow.execute import Executor, lead_of
from harness.workflow.plan import Unit

Answering = Callable[..., Outcome]


@pytest.fixture
def talk_to(run_student: RunStudent, bare_server: ServerPool) -> Answering:
    """Return a function that leads a dialogue with a submission: three questions unless another lead is given.

    It is without a backend, as nothing here hangs on one, and such a server is there at once.
    """

    def run(source: str, lead: Lead | None = None, step: Step | None = None, **changes: Any) -> Outcome:
        given: dict[str, Any] = {"launcher": bare_server, "inputs": DENSE, "lead": lead or asking(), **changes}
        return run_student(source, step or bare_answer_step(), **given)

    return run


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


# ------------------------------------------------------------------------------------------------------------ honest


@pytest.mark.parametrize("backend", [True, False])
def test_each_question_is_made_from_the_answers_before(
    talk_to: Answering, fork_server: ServerPool, backend: bool
) -> None:
    body = "say(len(asked), question.shape, question.dtype)"
    if backend:
        outcome = talk_to(students.answerer(body), step=students.answer_step(), launcher=fork_server)
    else:
        outcome = talk_to(answerer(body))
    assert total_of(outcome) == pytest.approx(total_by_hand(), rel=1e-5)
    assert outcome.log == "1 (3, 4) float32\n2 (1, 4) float32\n3 (3, 4) float32\n"
    assert outcome.usage is not None and outcome.usage.cpu_s > 0


def test_a_lead_may_ask_nothing_at_all(talk_to: Answering) -> None:
    outcome = talk_to(answerer("say('asked')"), asking(()))
    assert total_of(outcome) == [0, 0] and not outcome.log


def test_questions_and_answers_may_be_larger_than_a_pipe(talk_to: Answering) -> None:
    """A pipe holds 64 KiB; the questions here are 3.2 MB, their answers 1.6 MB."""
    rows = (200_000, 7, 100_000)
    outcome = talk_to(answerer(), asking(rows), bare_answer_step(most=200_000))
    assert total_of(outcome) == pytest.approx(total_by_hand(rows), rel=1e-3)


def test_questions_may_be_tokens_and_answers_of_any_declared_type(talk_to: Answering) -> None:
    ids, counts = ArrayOutput("ids", (5,), "int32", low=0, high=9), ArrayOutput("counts", (), "int64")

    def lead() -> Lead:
        first = yield np.array([[1, 2, 3, 4, 5], [9, 9, 9, 9, 9]])
        second = yield np.arange(5)[None]
        return {"total": [*first, *second][1:]}  # type: ignore[dict-item]

    step = bare_answer_step(dialogue=Dialogue(lambda *_: lead(), ids, counts, 2))
    outcome = talk_to(answerer("say(question.dtype)\nreturn question.sum(axis=1)"), lead(), step)
    assert total_of(outcome) == [45, 10]
    assert outcome.log == "int32\nint32\n"


def test_answers_of_another_numeric_type_arrive_as_the_declared_one(talk_to: Answering) -> None:
    for answer in ("np.ones((len(question), 2), 'int64')", "[[1, 1]] * len(question)", "np.ones((len(question), 2))"):
        assert total_of(talk_to(answerer(f"return {answer}"))) == [7, 7]


@pytest.mark.slow
def test_a_step_without_a_server_that_forks_it_answers_too(talk_to: Answering, unwalled: ServerPool) -> None:
    fresh = FreshProcesses("tensorflow", "cpu", unwalled.walls)
    outcome = talk_to(students.answerer(), step=students.answer_step(), launcher=fresh)
    assert total_of(outcome) == pytest.approx(total_by_hand(), rel=1e-5)


# ------------------------------------------------------------------------------------------------- not as declared

AS_DECLARED = "return np.zeros((len(question), 2), 'float32')"
BAD_ANSWERS = {
    "too few rows": ("return np.zeros((len(question) - 1, 2))", "output", "of shape (3, 2), received (2, 2)"),
    "too many columns": ("return np.zeros((len(question), 3))", "output", "of shape (3, 2), received (3, 3)"),
    "huge": ("return np.zeros((10**6, 2), 'float32')", "output", "received (1000000, 2)"),
    "nothing": ("return None", "output", "received ()"),
    "text": ("return 'left'", "output", "received ()"),
    "objects": ("return [[object()] * 2] * 3", "exception", "TypeError"),
    "NaN": ("return np.full((3, 2), np.nan)", "output", "received 100% NaN or infinity. Scale them."),
    "infinity": ("return np.full((3, 2), [0, np.inf])", "output", "received 50% NaN or infinity."),
    "out of range": ("return np.full((3, 2), -1001)", "output", "within [-1000, 1000], received values from -1e+03"),
    "raised": ("raise KeyError('left')", "exception", "work.py line 18: KeyError: 'left'"),
    "raised later": ("if len(asked) > 1: 1 / 0", "exception", "ZeroDivisionError"),
    "exit": ("sys.exit(0)", "exception", "SystemExit: 0"),
    "exit at once": ("os._exit(0)", "crash", "an exit of its own"),
    "exit at once, later": ("if len(asked) > 1: os._exit(0)", "crash", "an exit of its own"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_an_answer_that_is_not_as_declared_is_told_in_one_sentence(talk_to: Answering, case: str) -> None:
    body, kind, words = BAD_ANSWERS[case]
    fault = fault_of(talk_to(answerer(body)))
    assert (fault.kind, words in fault.message) == (kind, True), fault


def test_where_hidden_data_is_asked_about_no_word_of_the_students_is_passed_on(talk_to: Answering) -> None:
    for body in ("raise ValueError(f'label is 7')", 'send(b\'E{"kind": "import", "message": "label is 7"}\')'):
        fault = fault_of(
            talk_to(answerer(body + "\nos.close(place('report')['result_fd'])"), None, bare_answer_step(hidden=True))
        )
        assert "label is 7" not in fault.message


FORGED = {
    "the end at once": ("send(b'R')", ("output",)),
    "the end of another form": ("send(b'R' + bytes(100))", ("output",)),
    "an answer twice": ("send(b'A' + bytes(24), b'A' + bytes(24))\ntime.sleep(0.3)", ("output",)),
    "an answer and a byte": ("send(b'A' + bytes(25))\ntime.sleep(0.3)", ("output",)),
    "another letter": ("send(b'x')", ("output",)),
    "part of an answer": ("send(b'A' + bytes(23))\nos._exit(0)", ("crash",)),
    "a message amid an answer": ("send(b'A' + bytes(8), b'E{\"kind\": \"import\", \"message\": \"x\"}')\nos._exit(0)",
                                 ("output", "crash")),
    "somebody else's fault": ("send(b'E{\"kind\": \"harness\", \"message\": \"x\"}')\nos._exit(0)", ("exception",)),
    # Its answer and its complaint about the next question may be read in one go: then they are other bytes.
    "no more questions, please": ("os.close(place('answer_questions')['question_fd'])",
                                  ("exception", "crash", "output")),
    "no more answers": ("os.close(place('report')['result_fd'])", ("crash",)),
    "nothing at all": ("os.closerange(0, 4096)", ("crash",)),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_bytes_past_the_protocol_are_the_students_fault(talk_to: Answering, case: str) -> None:
    body, kinds = FORGED[case]
    fault = fault_of(talk_to(answerer(body)))
    assert fault.kind in kinds, fault
    assert total_of(talk_to(answerer())) == pytest.approx(total_by_hand(), rel=1e-5), "the next one is answered"


ENDLESS = {
    "amid an answer": ("send(b'A' + bytes(5))\ntime.sleep(600)", "pass", "wall"),
    "never reads": ("pass", "time.sleep(600)", "wall"),
    "asks itself": ("place('answer_questions')['questions'].read(100)", "pass", "wall"),
    "thinks": ("while True: pass", "pass", "cpu"),
}
SLOW = {"asks itself", "thinks"}  # each costs a server


@pytest.mark.parametrize("case", [pytest.param(c, marks=[pytest.mark.slow] * (c in SLOW)) for c in ENDLESS])
def test_whoever_does_not_answer_reaches_a_limit(talk_to: Answering, case: str) -> None:
    body, first, limit = ENDLESS[case]
    step = bare_answer_step(most=100_000, limits=limits(wall_s=2) if limit == "wall" else limits(cpu_s=1))
    outcome = talk_to(answerer(body, first), asking((100_000, 3)), step)
    assert (fault_of(outcome).kind, fault_of(outcome).limit) == ("limit", limit)


def test_a_flood_of_answers_is_ended_at_once(talk_to: Answering) -> None:
    outcome = talk_to(answerer("while True: send(b'A' * 100_000)"))
    assert fault_of(outcome).kind == "output", "and no limit"


def test_stopping_the_harness_ends_a_dialogue(talk_to: Answering) -> None:
    stop = Event()

    def endless() -> Lead:
        while True:
            yield np.zeros((1, 4), np.float32)
            stop.set()

    with pytest.raises(Interrupted):
        talk_to(answerer(), endless(), stop=stop)


# ------------------------------------------------------------------------------------------------ the harness's own


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


def raising(at: int) -> Lead:
    for _ in range(at):
        yield np.zeros((1, 4), np.float32)
    raise ZeroDivisionError("a sum of ours")


def once(question: Any = None, outputs: Any = None) -> Any:
    yield np.zeros((1, 4), np.float32) if question is None else question
    return outputs


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

    def lead(*arguments: Any) -> Lead:
        given.append(arguments)
        return asking(())

    data = cast(TaskData, object())
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(lead_of(Dialogue(lead, QUESTION, ANSWER, 1), data, 7))
    assert given == [(data, 7)] * 2


def test_time_that_the_lead_takes_does_not_count_against_the_step() -> None:
    def slow() -> Lead:
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


# ------------------------------------------------------------------------------------------------- bytes, one by one


class Conversation:
    """A talk and the other end of its pipe."""

    def __init__(self, lead: Lead, most: int, outputs: tuple[Output, ...]) -> None:
        self.theirs, ours = os.pipe()
        os.set_blocking(self.theirs, False)
        self.talk = Talk(Dialogue(lambda *_: lead, QUESTION, ANSWER, most), outputs, lead, ours)

    def __enter__(self) -> tuple[Talk, int]:
        return self.talk, self.theirs

    def __exit__(self, *_: object) -> None:
        self.talk.close()
        os.close(self.theirs)


def conversation(lead: Lead, most: int = 100, outputs: tuple[Output, ...] = (TOTAL,)) -> Conversation:
    return Conversation(lead, most, outputs)


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
    talk = Talk(Dialogue(lambda *_: asking(), QUESTION, ANSWER, 100), (TOTAL,), asking(), ours)
    talk.begin()
    talk.close()
    assert not talk.over


# -------------------------------------------------------------------------------------------------------- many of them


def test_dialogues_good_and_bad_leave_no_descriptor_open(talk_to: Answering) -> None:
    total_of(talk_to(answerer()))
    before = psutil.Process().num_fds()
    for body in ("pass", "1 / 0", "return np.full((3, 2), np.nan)", "os._exit(0)", "os.closerange(0, 4096)") * 3:
        talk_to(answerer(body), asking((3, 100, 100)))
    assert psutil.Process().num_fds() == before


def test_leads_that_fail_leave_no_descriptor_open() -> None:
    before = psutil.Process().num_fds()
    for lead in [raising(0), raising(1), once()] * 5:
        job = Job(answer_step(), "work.py", {}, DENSE, 1, (), lead)
        with descriptors(job) as (fds, *_), talking(job, fds) as talk:
            assert talk is not None and len(fds) == 5
            for fd in fds:
                os.close(fd)
    for at in range(20):
        with pytest.raises(SandboxError):
            run_job(Job(answer_step(), "work.py", {}, DENSE, 1, (), raising(0)), cast(Any, Nobody()), Event())
        assert psutil.Process().num_fds() == before, at


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
    with wire.write_request(job) as file:
        request = wire.read_request(os.dup(file.fileno()))
    assert request["outputs"] == []
    assert request["dialogue"] == {
        "question": {"name": "state", "dtype": "float32", "shape": [4]},
        "answer": {"name": "values", "dtype": "float32", "shape": [2]},
    }
    plain = Job(replace(answer_step(), dialogue=None), "work.py", {}, DENSE, 1)
    with wire.write_request(plain) as file:
        assert wire.read_request(os.dup(file.fileno()))["dialogue"] is None
