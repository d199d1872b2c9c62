"""A dialogue: the harness asks a model in the sandbox, answer by answer, and believes only what was declared."""

from threading import Event

import numpy as np
import pytest
from sandbox import students
from sandbox.dialogues import Answering, answerer, fault_of, total_of
from sandbox.students import (
    asking,
    bare_answer_step,
    limits,
    total_by_hand,
)

from harness.sandbox.fresh import FreshProcesses
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import Interrupted
from harness.task import ArrayOutput, Dialogue, Talk


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

    def lead() -> Talk:
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

    def endless() -> Talk:
        while True:
            yield np.zeros((1, 4), np.float32)
            stop.set()

    with pytest.raises(Interrupted):
        talk_to(answerer(), endless(), stop=stop)
