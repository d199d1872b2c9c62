"""What a submission must export: functions beside builders, models of several inputs and outputs, models of tokens."""

import json
from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from sandbox.students import RunStudent, check_step

from harness.records.models import Fault
from harness.sandbox.job import Outcome
from harness.task import Argument, Builder, Call, ModelSpec, Shape, Tensor, maps
from harness.training.build import find_functions, in_words, random_batch
from harness.training.errors import ContractError

TRANSLATE = Builder("translate", "", (Argument("model", "keras.Model", ""), Argument("source", "array", "")), "tokens")
DECODE = Builder("decode", "", (Argument("tokens", "array", ""),), "text", optional=True)


def build_call(*specs: ModelSpec, functions: tuple[Builder, ...] = ()) -> Any:
    """Return a call as a step in the sandbox gets it, where tuples have become lists."""
    call = {**asdict(Call("build", {}, specs)), "functions": [asdict(f) for f in functions]}
    return json.loads(json.dumps(call))


# -------------------------------------------------------------------------------------------------------- functions


def found(functions: tuple[Builder, ...], **exported: Any) -> dict[str, Any]:
    return find_functions(SimpleNamespace(**exported), build_call(functions=functions))  # type: ignore[arg-type]


def translate(model: Any, source: Any) -> None:
    del model, source


def test_functions_are_found_by_name() -> None:
    decode = lambda tokens: None  # noqa: E731
    assert found((TRANSLATE, DECODE), translate=translate, decode=decode) == {
        "translate": translate,
        "decode": decode,
    }


def test_one_that_is_optional_may_be_missing_and_is_not_stood_in_for() -> None:
    assert found((TRANSLATE, DECODE), translate=translate) == {"translate": translate}
    assert found((DECODE,)) == {}


def test_a_call_of_an_older_harness_has_no_functions() -> None:
    assert find_functions(SimpleNamespace(), {"builder": "build"}) == {}  # type: ignore[arg-type]


BAD_FUNCTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({}, r"Expected a function translate\(model, source\), found none\.$"),
    "close name": ({"tranlsate": translate}, r"found none\. Is it 'tranlsate'\? Rename it\.$"),
    "other arguments": ({"translate": lambda model, tokens: None}, r"^Expected translate\(model, source\), received"),
    "one too many": ({"translate": lambda model, source, more: None}, r"received translate\(model, source, more\): "),
    "no function": ({"translate": 3}, "Expected translate to be a function, received int"),
    "optional with other arguments": (
        {"translate": translate, "decode": lambda text: None},
        r"Expected decode\(tokens\)",
    ),
    "optional and no function": ({"translate": translate, "decode": "x"}, "Expected decode to be a function"),
}


@pytest.mark.parametrize("case", BAD_FUNCTIONS)
def test_one_that_does_not_keep_the_contract_is_told(case: str) -> None:
    exported, words = BAD_FUNCTIONS[case]
    with pytest.raises(ContractError, match=words):
        found((TRANSLATE, DECODE), **exported)


# ----------------------------------------------------------------------------------------------------------- models

PAIR = maps((Tensor((4,), "one"), Tensor((2, 3), "two")), (Tensor((5,), "kind"), Tensor((1,), "size")))
SOURCE = """\
import keras, numpy as np
from keras import layers
def say(*words): print(*words, flush=True)
def pair(one=5, two=1, scale=1.0):
    a, b = keras.Input((4,)), keras.Input((2, 3))
    joined = layers.Concatenate()([a, layers.Flatten()(b)])
    return keras.Model([a, b], [layers.Dense(one)(joined), layers.Dense(two)(joined) * scale])
class Telling(keras.Model):
    def call(self, x, training=False):
        for part in x if isinstance(x, list) else [x]:
            say(part.shape, keras.backend.standardize_dtype(part.dtype), float(keras.ops.max(part)) < 7)
        return keras.ops.zeros((2, 3))
def build():
    {}
"""


@pytest.fixture
def checked(run_student: RunStudent) -> Callable[..., Outcome]:
    """Return a function that runs the contract check of a builder with one line of its own."""

    def run(line: str, *specs: ModelSpec, more: str = "", functions: tuple[Builder, ...] = ()) -> Outcome:
        return run_student(SOURCE.format(line) + more, check_step(build_call(*specs, functions=functions)))

    return run


def contract_fault(outcome: Outcome) -> Fault:
    assert outcome.fault is not None, outcome
    assert outcome.fault.kind == "contract" and outcome.fault.message.startswith("Expected "), outcome.fault
    return outcome.fault


def test_a_model_may_have_several_inputs_and_outputs(checked: Callable[..., Outcome]) -> None:
    outcome = checked("return pair()", PAIR)
    assert outcome.fault is None, outcome.fault
    assert outcome.arrays["facts"].tolist() == [10 * 5 + 5 + 10 + 1, 0, 0]


BAD_PAIRS = {
    "another output": ("return pair(two=2)", "(2, 5) and (2, 1), received (2, 5) and (2, 2)"),
    "other order": ("return pair(one=1, two=5)", "(2, 5) and (2, 1), received (2, 1) and (2, 5)"),
    "one output": ("m = pair(); return keras.Model(m.inputs, m.outputs[0])", "(2, 5) and (2, 1), received (2, 5)."),
    "named outputs": ("m = pair(); return keras.Model(m.inputs, dict(zip('ab', m.outputs)))", "received a dictionary"),
    "names in another order": (
        "m = pair(); return keras.Model(m.inputs, dict(zip(['size', 'kind'], m.outputs)))",
        "received a dictionary",
    ),
    "NaN in the second": ("return pair(scale=float('nan'))", "finite numbers before training"),
    "two models": ("return pair(), pair()", "1 Keras model (model), received 2"),
}


@pytest.mark.parametrize("case", BAD_PAIRS)
def test_shapes_of_all_outputs_are_checked_in_order(checked: Callable[..., Outcome], case: str) -> None:
    line, words = BAD_PAIRS[case]
    fault = contract_fault(checked(line, PAIR))
    assert words in fault.message, fault.message


def test_a_model_of_one_input_where_two_are_asked_for_is_told(checked: Callable[..., Outcome]) -> None:
    line = "return keras.Sequential([keras.Input((4,)), layers.Dense(5)])"
    assert "to have 2 inputs, received 1." in contract_fault(checked(line, PAIR)).message
    fault = contract_fault(checked("return pair()", maps((4,), (5,))))
    assert "to have 1 input, received 2." in fault.message


def test_a_model_of_tokens_is_tried_with_int32_below_their_number(checked: Callable[..., Outcome]) -> None:
    outcome = checked("return Telling()", maps((50,), (3,), tokens=7))
    assert outcome.fault is None, outcome.fault
    assert outcome.log == "(2, 50) int32 True\n"
    several = maps((Tensor((6,), tokens=7), Tensor((8,), tokens=7)), (3,))
    assert checked("return Telling()", several).log == "(2, 6) int32 True\n(2, 8) int32 True\n"


def test_without_tokens_a_model_is_tried_with_float32(checked: Callable[..., Outcome]) -> None:
    assert checked("return Telling()", maps((6,), (3,))).log == "(2, 6) float32 True\n"


def test_an_embedding_of_all_tokens_is_within_the_contract(checked: Callable[..., Outcome]) -> None:
    line = "return keras.Sequential([keras.Input((6,), dtype='int32'), layers.Embedding(7, 3)])"
    assert checked(line, maps((6,), (6, 3), tokens=7)).arrays["facts"].tolist() == [21, 0, 0]


def test_functions_are_part_of_the_check(checked: Callable[..., Outcome]) -> None:
    fault = contract_fault(checked("return pair()", PAIR, functions=(TRANSLATE,)))
    assert "translate(model, source), found none" in fault.message
    more = "def translate(model, source): pass\n"
    assert checked("return pair()", PAIR, more=more, functions=(TRANSLATE, DECODE)).fault is None


def test_a_model_may_give_its_outputs_by_the_names_of_the_contract(checked: Callable[..., Outcome]) -> None:
    line = "m = pair(); return keras.Model(m.inputs, dict(zip(['kind', 'size'], m.outputs)))"
    assert checked(line, PAIR).fault is None
    line = "m = pair(two=2); return keras.Model(m.inputs, dict(zip(['kind', 'size'], m.outputs)))"
    assert "(2, 5) and (2, 1), received (2, 5) and (2, 2)" in contract_fault(checked(line, PAIR)).message


@pytest.mark.parametrize("shape", [(4,), (4, 5), ()])
def test_one_shape_is_one_tensor_without_a_name(shape: Shape) -> None:
    spec = maps(shape, (1,), tokens=9)
    assert spec.inputs == (Tensor(shape, tokens=9),)
    assert spec.outputs == (Tensor((1,)),), "only ids go in"


def tensor(**changes: Any) -> Any:
    return asdict(Tensor((1000,), **changes))


def test_random_examples_are_the_same_each_time() -> None:
    ids, numbers = random_batch(tensor(tokens=3)), random_batch(tensor())
    assert (ids.dtype, ids.shape, set(ids.flat)) == ("int32", (2, 1000), {0, 1, 2})
    assert (numbers.dtype, numbers.shape) == ("float32", (2, 1000))
    assert 0 <= numbers.min() < 0.01 and 0.99 < numbers.max() < 1
    assert (ids == random_batch(tensor(tokens=3))).all() and (numbers == random_batch(tensor())).all()
    assert random_batch(tensor(dtype="int32")).dtype == "int32"


def test_shapes_are_told_in_words() -> None:
    assert in_words([(2, 3)]) == "(2, 3)"
    assert in_words([(2, 3), (2, 1)]) == "(2, 3) and (2, 1)"
