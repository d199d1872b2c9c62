"""Inputs shown a second time, dialogues led three times, and weights compared outside: no sandbox is needed for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.recipes.steps import mapping_step
from harness.records.models import Fault
from harness.sandbox.job import Outcome
from harness.sandbox.spool import Blob
from harness.sandbox.talk import Refused
from harness.task import ArrayOutput, Dialogue, Kept, Limits, Step, Talk, TaskData
from harness.workflow.again import HAIR, Shares, changed, chosen, moved
from harness.workflow.asking import Asking, Fewer
from harness.workflow.moved import moved_share, placed_share
from harness.workflow.talking import Heard, led

KEPT = Kept.of("weights")
FAULT = Fault(owner="student", kind="exception", step="decode", message="")


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_rows_that_are_shown_again_go_together_in_another_order_and_stay_within_their_range() -> None:
    x, label = rng().random((50, 3), np.float32), np.arange(50)
    again = chosen([x, label], 20, rng())
    assert np.array_equal(again.inputs[0], x[again.rows]) and np.array_equal(again.inputs[1], again.rows)
    assert not np.array_equal(again.rows, np.sort(again.rows))
    hair, same = again.moved
    assert np.array_equal(same, again.inputs[1]), "whole numbers stay as they are"
    assert 0 < np.abs(hair - again.inputs[0]).max() <= 1.01 * HAIR
    assert chosen([label], 20, rng()).moved == ()


def test_a_move_does_not_leave_the_range_of_the_numbers() -> None:
    x = rng().integers(0, 2, (40, 8)).astype(np.float32)
    assert moved(x, rng()).min() >= 0 and moved(x, rng()).max() <= 1


def test_what_float_arithmetic_explains_is_no_change() -> None:
    first = rng().random((10, 4))
    assert changed(first, first + 1e-6, 1e-3) == 0
    other = first.copy()
    other[:4, 0] += 0.5
    assert changed(first, other, 1e-3) == 0.4
    assert changed(np.full((3, 2), 7.0), np.full((3, 2), 7.0), 1e-3) == 0
    assert Shares(0.1, None).or_more(Shares(0.0, 0.2)).signs() == {"order_share": 0.1, "bytes_share": 0.2}


# ------------------------------------------------------------------------------------------------------- dialogues


def asks(n: int) -> Callable[[TaskData, int], Talk]:
    def lead(data: TaskData, seed: int) -> Talk:
        found = []
        for i in range(n):
            found.append((yield data.arrays["x"][i : i + 2]))
        return {"said": np.concatenate(found)}

    return lead


def dialogue(n: int) -> Dialogue:
    return Dialogue(asks(n), ArrayOutput("question", (2,)), ArrayOutput("answer", (1,), low=0, high=1e6), most=2)


DATA = TaskData(Dataset("d", {}, (), "", {}), {"x": rng().random((9, 2), np.float32)}, frozenset())


def answered(talk: Talk, answer: Callable[[NDArray[Any], int], NDArray[Any]]) -> tuple[Any, list[int]]:
    """Return what a lead hands back, and how many rows each question had."""
    sizes: list[int] = []
    try:
        question = next(talk)
        while True:
            sizes.append(len(question))
            question = talk.send(answer(question, len(sizes)))
    except StopIteration as end:
        return end.value, sizes


def test_a_dialogue_is_led_before_and_after_the_turn_and_a_part_is_asked_again() -> None:
    heard = Heard(rng())
    whole = led(dialogue(5), dialogue(2), DATA, heard)
    turned: list[bool] = []

    def answer(question: NDArray[Any], place: int) -> NDArray[Any]:
        if not len(question):
            turned.append(True)
        return question.sum(axis=1, keepdims=True) * (10 if turned else 1)

    outputs, sizes = answered(whole.lead(DATA, 1), answer)
    assert whole.turns and sizes[:8] == [2, 2, 0, 2, 2, 2, 2, 2] and len(sizes) == 8 + 2 * 5
    sums = DATA.arrays["x"].sum(axis=1, keepdims=True)
    assert np.array_equal(heard.before["said"], np.concatenate([sums[i : i + 2] for i in range(2)]))
    assert np.array_equal(outputs["said"], 10 * np.concatenate([sums[i : i + 2] for i in range(5)]))
    assert heard.shares() == Shares(0.0, 0.0)


def test_answers_by_place_or_number_are_found_in_a_dialogue_too() -> None:
    heard = Heard(rng())
    whole = led(dialogue(5), None, None, heard)
    answered(whole.lead(DATA, 1), lambda question, place: np.full((len(question), 1), float(place)))
    assert not whole.turns
    assert heard.shares().order == 1.0


def test_a_model_that_goes_on_learning_from_what_it_is_asked_is_found() -> None:
    """Its answer to a row is another one after more rows, whatever stands beside it."""
    heard, told = Heard(rng()), list[NDArray[Any]]()
    whole = led(dialogue(5), None, None, heard)

    def answer(question: NDArray[Any], place: int) -> NDArray[Any]:
        told.append(question.mean(axis=0))
        return question.sum(axis=1, keepdims=True) + np.mean(told) * np.ones((len(question), 1))

    answered(whole.lead(DATA, 1), answer)
    assert (heard.shares().order or 0) > 0.5


def test_a_wrong_answer_before_training_is_nobodys_fault_and_one_after_it_is_the_students() -> None:
    heard = Heard(rng())
    before = led(dialogue(5), dialogue(2), DATA, heard).lead(DATA, 1)
    next(before)
    before.send(np.full((2, 1), np.nan))  # goes on
    after = led(dialogue(5), None, None, heard).lead(DATA, 1)
    next(after)
    with pytest.raises(Refused, match="finite"):
        after.send(np.full((2, 1), np.nan))


# --------------------------------------------------------------------------------------------------------- weights


def blobs(built: NDArray[Any], now: NDArray[Any], weights: Any) -> dict[str, Blob]:
    said = weights if isinstance(weights, bytes) else json.dumps({"model": None, "weights": weights}).encode()
    parts = {KEPT.weights: now.tobytes(), KEPT.built: built.tobytes(), KEPT.configuration: said}
    return {name: Blob.of(data) for name, data in parts.items()}


def test_the_share_of_trainable_numbers_that_moved_is_counted() -> None:
    built = np.zeros(10, np.float32)
    now = built.copy()
    now[[0, 1, 8]] = 1  # two of the four trainable ones, and one that is not
    weights = [["kernel", [2, 2], "float32", True], ["mean", [6], "float32", False]]
    assert moved_share([KEPT], blobs(built, now, weights)) == 0.5
    frozen = [["kernel", [10], "float32", False]]
    assert moved_share([KEPT], blobs(built, now, frozen)) == 0


def test_the_share_of_numbers_that_no_initialiser_draws_is_counted() -> None:
    drawn, flat = rng().normal(size=(16, 20)).astype(np.float32), np.zeros(80, np.float32)
    rows = drawn * np.geomspace(0.01, 10, 16, dtype=np.float32)[:, None]
    weights = [
        ["kernel", [16, 20], "float32", True],
        ["kernel", [16, 20], "float32", False],
        ["bias", [80], "float32", True],
    ]
    for first, share in ((drawn, 0.0), (rows, 320 / 720)):
        built = np.concatenate([first.ravel(), drawn.ravel(), flat])
        assert placed_share([KEPT], blobs(built, built, weights)) == pytest.approx(share)
    assert placed_share([KEPT], blobs(np.full(720, np.nan, np.float32), built, weights)) is None
    assert placed_share([], {}) is None


HOSTILE: list[Any] = [
    b"",
    b"[" * 100_000,
    b'{"weights": 1' + b"0" * 5_000 + b"}",
    [["kernel", [5], "float32", True]],
    [["kernel", [-10], "float32", True]],
    [["kernel", [10], "object", True]],
    [["kernel", [10], ["float32"], True]],
    [["kernel", [2**31] * 16, "float32", True]],
    ["kernel"],
]


@pytest.mark.parametrize("weights", HOSTILE, ids=lambda w: repr(w)[:30])
def test_a_configuration_that_does_not_fit_says_nothing(weights: Any) -> None:
    some = np.zeros(10, np.float32)
    assert moved_share([KEPT], blobs(some, some, weights)) is None
    assert placed_share([KEPT], blobs(some, some, weights)) is None


# --------------------------------------------------------------------------------------------------------- halves


def test_codes_of_an_encoder_as_it_was_built_do_not_reach_a_decoder_beside_its_code(tmp_path: Path) -> None:
    """They would be a second code: as many numbers again as one image is allowed."""
    limits, images = Limits(1, 1, 1), {"code": np.zeros((9, 2), np.float16)}
    np.save(tmp_path / "code.npy", images["code"])
    step = mapping_step("decode", "weights", {"image": "code"}, (ArrayOutput("image", (9, 4)),), limits)
    few = replace(step, outputs=(ArrayOutput("image", (3, 4)),))
    seen: list[Step] = []

    def run(step: Step, inputs: Mapping[str, Any]) -> Outcome:
        assert inputs.keys() >= set(step.inputs)
        seen.append(step)
        arrays = {o.name: np.zeros(o.shape, o.dtype) for o in step.outputs if isinstance(o, ArrayOutput)}
        return Outcome(arrays if step.beside else {}, fault=None if step.beside else FAULT)

    asking = Asking(run, Fewer(DATA, {"decode": few}), tmp_path, rng(), before={"code": np.zeros((3, 2), np.float16)})
    said = json.dumps({"model": {}, "weights": []}).encode()
    given = {"code": tmp_path / "code.npy", **{n: Blob.of(b"") for n in (KEPT.weights, KEPT.built)}}
    step = replace(step, settings={**step.settings, "call": {}})
    assert step.predicts
    outcome = asking.ask(step, step.predicts, {**given, KEPT.configuration: Blob.of(said)})

    alone, beside = seen
    assert (alone.beside, beside.beside, asking.rebuilt) == (False, True, False)
    assert "built code" in alone.inputs and KEPT.built in alone.inputs
    assert not {name for name in beside.inputs if name.startswith("built ")}
    assert outcome.arrays.keys() == {"image"}


@pytest.mark.parametrize(("kind", "asked"), [("limit", [False]), ("exception", [False, True])])
def test_a_model_that_takes_too_long_is_not_asked_beside_its_code_as_well(
    tmp_path: Path, kind: str, asked: list[bool]
) -> None:
    """It is the same model: what fails without the code for another reason may do with it."""
    np.save(tmp_path / "x.npy", np.zeros((9, 2), np.float32))
    step = mapping_step("predict", "weights", {"p": "x"}, (ArrayOutput("p", (9, 4)),), Limits(1, 1, 1))
    step = replace(step, settings={**step.settings, "call": {}})
    fault, seen = Fault.model_validate({**FAULT.model_dump(), "kind": kind}), list[bool]()

    def run(step: Step, inputs: Mapping[str, Any]) -> Outcome:
        seen.append(step.beside)
        return Outcome(fault=fault)

    said = json.dumps({"model": {}, "weights": []}).encode()
    given = {"x": tmp_path / "x.npy", **{n: Blob.of(b"") for n in (KEPT.weights, KEPT.built)}}
    assert step.predicts
    outcome = Asking(run, None, tmp_path, rng()).ask(step, step.predicts, {**given, KEPT.configuration: Blob.of(said)})
    assert (seen, outcome.fault) == (asked, fault)
