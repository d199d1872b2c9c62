"""Training beside student code: seeds, weights, learning curves. All of it runs in the sandbox, as for a student."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sandbox.students import LIMITS, WEIGHTS, RunStudent, call, check_step, student, train_step

from harness.recipes.loops import Autoencoding
from harness.recipes.steps import mapping_step, predicting, training_step
from harness.sandbox.job import Outcome
from harness.task import ArrayOutput, BytesOutput, Profile, Step, maps
from harness.training.build import find_builder
from harness.training.errors import ContractError
from harness.training.supervised import curve

RNG = np.random.default_rng(0)
X = RNG.random((40, 4), dtype=np.float32)
Y = X.argmax(axis=1).astype(np.int64) % 3


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    arrays = {"x_train": X, "y_train": Y, "x_val": X[:20] + 0.01, "y_val": Y[:20], "x_test": X[20:]}
    paths = {name: tmp_path / f"{name}.npy" for name in arrays}
    for name, path in paths.items():
        np.save(path, arrays[name])
    return paths


def good(outcome: Outcome) -> Outcome:
    assert outcome.fault is None, (outcome.fault, outcome.log)
    return outcome


def of(inputs: dict[str, Path], step: Step) -> dict[str, Path]:
    return {name: inputs[name] for name in step.inputs}


# ------------------------------------------------------------------------------------------------------------ costs

TRACED = student().replace(
    "def build(",
    """\
class Traced(layers.Layer):
    def call(self, x, training=False):
        if training:
            say("traced")
        return x

def build(""",
)


@pytest.mark.parametrize("metrics", ['metrics=["accuracy"]', "metrics=None"])
def test_a_step_of_training_is_traced_once(run_student: RunStudent, inputs: dict[str, Path], metrics: str) -> None:
    """Twice would be most of the time that a small class takes."""
    source = TRACED.replace("model.compile", "model.add(Traced())\n    model.compile").replace("sgd", "adam")
    outcome = good(
        run_student(source.replace('metrics=["accuracy"]', metrics), train_step(), inputs=of(inputs, train_step()))
    )
    assert outcome.log.split() == ["traced"]


# ------------------------------------------------------------------------------------------------------------ seeds

DRAWS = student("""
import json, random
say(json.dumps([random.random(), np.random.rand(), float(keras.random.uniform(())), str(keras.layers.Dense(2)(
    keras.ops.ones((1, 3))).numpy().tolist())]))
""")


def test_every_generator_is_seeded_by_the_harness(run_student: RunStudent) -> None:
    one, two, other = (json.loads(good(run_student(DRAWS, seed=s)).log) for s in (5, 5, 6))
    assert one == two
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_what_a_file_draws_or_seeds_on_import_does_not_move_the_builders_seed(run_student: RunStudent) -> None:
    before = "import keras, numpy, random\n{}\n"
    variants = [
        "",
        "numpy.random.rand(7); random.random(); keras.random.normal((3,))",
        "keras.utils.set_random_seed(99)",
    ]
    logs = {good(run_student(before.format(v) + DRAWS)).log for v in variants}
    assert len(logs) == 1


def test_hash_order_is_fixed(run_student: RunStudent) -> None:
    source = student("say(hash('a'), list({'x', 'yy', 'zzz', 'wwww'}))")
    assert good(run_student(source)).log == good(run_student(source, seed=2)).log


# ---------------------------------------------------------------------------------------------------------- weights

ROUND_TRIP = """
import keras, numpy as np
from keras import layers
from harness.training.build import get_weights, set_weights, count_parameters
from harness.training.errors import ContractError

def make(units=3):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.BatchNormalization(momentum=0.5),
                              layers.Dropout(0.5), layers.Dense(3, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model

x = np.random.default_rng(0).random((32, 4)).astype("float32") * 5
one, two = make(), make()
one.fit(x, x.argmax(axis=1) % 3, epochs=2, verbose=0)
data = get_weights(one)
before = two.predict(x, verbose=0)
set_weights(two, data)
norm = two.layers[1]
facts = {
    "bytes": len(data),
    "parameters": count_parameters([one]),
    "weights": all(np.array_equal(a, b) for a, b in zip(one.get_weights(), two.get_weights(), strict=True)),
    "moved": bool(np.abs(np.asarray(norm.moving_mean)).max() > 0.1),
    "same": bool(np.array_equal(one.predict(x, verbose=0), two.predict(x, verbose=0))),
    "changed": not np.array_equal(before, two.predict(x, verbose=0)),
    "again": get_weights(two) == data,
}
for units in (2, 4):
    try:
        set_weights(make(units), data)
    except ContractError as error:
        facts[f"other {units}"] = str(error)
import json
print(json.dumps(facts), flush=True)
"""


def test_weights_come_back_whole_with_the_statistics_of_batch_normalisation(run_student: RunStudent) -> None:
    outcome = good(run_student(ROUND_TRIP + student()))
    facts = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("{")))
    count = 4 * 3 + 3 + 4 * 3 + 3 * 3 + 3
    assert (facts["parameters"], facts["bytes"]) == (count, 4 * count)
    assert facts["weights"] and facts["moved"] and facts["same"] and facts["changed"] and facts["again"]
    for units in (2, 4):
        assert facts[f"other {units}"].startswith("Expected the builder to return the same model each time")


NORMALISED = student("""
model = keras.Sequential([keras.Input(input_shape), layers.BatchNormalization(momentum=0.5), layers.Dropout(0.4),
                          layers.Dense(units, activation='softmax')])
model.compile(optimizer=keras.optimizers.SGD(0.5), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
return model
""")


def predict_step(*splits: tuple[str, int]) -> Step:
    outputs = tuple(ArrayOutput(f"p_{name}", (n, 3), low=-1e-6, high=1 + 1e-6) for name, n in splits)
    step = predicting({f"p_{name}": f"x_{name}" for name, _ in splits}, outputs, LIMITS)
    return replace(step, hidden=False, settings={**step.settings, "call": call()})


def by_hand(weights: bytes, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return what `NORMALISED` predicts from its weights: normalise by the moving statistics, no dropout, softmax."""
    flat = np.frombuffer(weights, np.float32).astype(np.float64)
    gamma, beta, mean, variance = flat[:16].reshape(4, 4)
    kernel, bias = flat[16:28].reshape(4, 3), flat[28:]
    logits = ((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta) @ kernel + bias
    return np.asarray(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))


def test_a_prediction_in_another_process_is_that_of_the_trained_weights(
    run_student: RunStudent, inputs: dict[str, Path]
) -> None:
    train = train_step(epochs=3)
    weights = good(run_student(NORMALISED, train, inputs=of(inputs, train))).blobs["weights"].read()
    given = {"weights": weights, "x_val": inputs["x_val"], "x_test": inputs["x_test"]}
    outcome = good(run_student(NORMALISED, predict_step(("val", 20), ("test", 20)), inputs=given, seed=77))
    assert outcome.arrays["p_val"] == pytest.approx(by_hand(weights, X[:20] + 0.01), abs=1e-5)
    assert outcome.arrays["p_test"] == pytest.approx(by_hand(weights, X[20:]), abs=1e-5)


def test_a_builder_that_returns_another_model_the_second_time_is_told(
    run_student: RunStudent, inputs: dict[str, Path]
) -> None:
    given = {"weights": b"\0" * 64, "x_test": inputs["x_test"]}
    fault = run_student(student(), predict_step(("test", 20)), inputs=given).fault
    assert fault is not None and fault.kind == "contract"
    assert "the same model each time" in fault.message


# --------------------------------------------------------------------------------------------------- learning curve


def test_training_learns_and_records_its_curve(run_student: RunStudent, inputs: dict[str, Path]) -> None:
    step = train_step(inputs=("x_train", "y_train", "x_val", "y_val"), epochs=4)
    outcome = good(run_student(NORMALISED, step, inputs=of(inputs, step)))
    loss, accuracy, val_loss = outcome.arrays["curve"].T
    assert np.isfinite(outcome.arrays["curve"]).all()
    assert loss[-1] < loss[0] and (accuracy >= 0).all() and (accuracy <= 1).all() and (val_loss > 0).all()
    assert outcome.arrays["facts"][0] == 16 + 15


def test_validation_data_decides_nothing(run_student: RunStudent, inputs: dict[str, Path]) -> None:
    without = train_step(epochs=3)
    beside = train_step(inputs=("x_train", "y_train", "x_val", "y_val"), epochs=3)
    one, two = (good(run_student(NORMALISED, s, inputs=of(inputs, s))) for s in (without, beside))
    assert one.blobs["weights"].read() == two.blobs["weights"].read()
    assert np.isnan(one.arrays["curve"][:, 2]).all() and np.isfinite(two.arrays["curve"][:, 2]).all()


def test_a_loss_that_is_no_number_ends_training_and_the_curve_tells_when(
    run_student: RunStudent, inputs: dict[str, Path]
) -> None:
    diverging = student("""
class Explode(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.count = self.add_weight(shape=(), trainable=False, initializer='zeros')
    def call(self, x, training=False):
        if training:
            self.count.assign_add(1.0)
        return keras.ops.where(self.count > 7, np.nan, 1.0) * x
model = keras.Sequential([keras.Input(input_shape), Explode(), layers.Dense(units, activation='softmax')])
model.compile(optimizer='sgd', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
return model
""")
    step = train_step(epochs=5)  # five batches an epoch
    outcome = good(run_student(diverging, step, inputs=of(inputs, step)))
    loss = outcome.arrays["curve"][:, 0]
    assert np.isfinite(loss[0]) and np.isnan(loss[1:]).all()


def test_the_curve_has_a_column_for_each_name_asked_for() -> None:
    settings = {"epochs": 3, "columns": ["loss", "val_loss", "accuracy"]}
    table = curve({"accuracy": [0.5, 0.75, 1], "loss": [2.0, float("nan")], "other": [1]}, settings)
    assert table.shape == (3, 3) and table.dtype == np.float64
    assert np.array_equal(table, [[2, np.nan, 0.5], [np.nan, np.nan, 0.75], [np.nan, np.nan, 1]], equal_nan=True)
    short = curve({"acc": [0.5, 0.75, 1], "val_acc": [1, 1, 1]}, {"epochs": 3, "columns": ["accuracy", "val_accuracy"]})
    assert short.tolist() == [[0.5, 1], [0.75, 1], [1, 1]], 'metrics=["acc"] is recorded as such'


# ------------------------------------------------------------------------------------------------------ autoencoder

PAIR = """
import keras
from keras import layers

def build(input_shape, units):
    encoder = keras.Sequential([keras.Input(input_shape), layers.Dense(units)])
    decoder = keras.Sequential([keras.Input((units,)), layers.Dense(input_shape[0])])
    return encoder, decoder
"""


def pair_call() -> dict[str, Any]:
    specs = [asdict(maps((a,), (b,), name=name)) for name, a, b in (("encoder", 4, 3), ("decoder", 3, 4))]
    return {**call(), "returns": specs}


def half(name: str, taken: dict[str, str], output: ArrayOutput) -> Step:
    step = mapping_step(name, f"{name}r_weights", taken, (output,), LIMITS, ("encode", "decode").index(name))
    return replace(step, settings={**step.settings, "call": pair_call()})


def test_an_autoencoder_is_trained_and_run_in_two_halves(
    run_student: RunStudent, inputs: dict[str, Path], tmp_path: Path
) -> None:
    train = training_step(Autoencoding(learning_rate=0.03), Profile("quick", "numbers", 20, 4, LIMITS))
    train = replace(train, settings={**train.settings, "call": pair_call()})
    blobs = good(run_student(PAIR, train, inputs=of(inputs, train))).blobs
    encode = half("encode", {"code_test": "x_test"}, ArrayOutput("code_test", (20, 3)))
    given = {"encoder_weights": blobs["encoder_weights"], "x_test": inputs["x_test"]}
    codes = good(run_student(PAIR, encode, inputs=given)).arrays["code_test"]
    np.save(tmp_path / "code_test.npy", codes)
    decode = half("decode", {"rebuilt_test": "code_test"}, ArrayOutput("rebuilt_test", (20, 4)))
    given = {"decoder_weights": blobs["decoder_weights"], "code_test": tmp_path / "code_test.npy"}
    images = good(run_student(PAIR, decode, inputs=given)).arrays["rebuilt_test"]

    encoder, decoder = (np.frombuffer(blobs[f"{name}_weights"].read(), np.float32) for name in ("encoder", "decoder"))
    assert codes == pytest.approx(X[20:] @ encoder[:12].reshape(4, 3) + encoder[12:], abs=1e-5)
    assert images == pytest.approx(codes @ decoder[:12].reshape(3, 4) + decoder[12:], abs=1e-5)
    assert np.mean((images - X[20:]) ** 2) < 0.5 * X[20:].var()


# --------------------------------------------------------------------------------------------------------- contract


def test_the_largest_model_of_several_is_reported(run_student: RunStudent) -> None:
    settings = {"calls": [call(3), call(5)], "build": [call(3), call(5)]}
    assert good(run_student(student(), check_step(settings=settings))).arrays["facts"].tolist() == [25, 0, 0]


def test_every_call_is_checked_also_those_that_are_not_built(run_student: RunStudent) -> None:
    missing = {**call(), "builder": "build_conv"}
    fault = run_student(student(), check_step(settings={"calls": [call(), missing], "build": [call()]})).fault
    assert fault is not None and "build_conv(input_shape, units)" in fault.message


@pytest.mark.parametrize(
    "builder",
    [
        lambda input_shape, units: None,
        lambda units, input_shape: None,
        lambda input_shape, units=3, more=1: None,
        lambda **anything: None,
        lambda *, units, input_shape: None,
    ],
)
def test_any_function_that_takes_the_arguments_by_name_will_do(builder: object) -> None:
    assert find_builder(SimpleNamespace(build=builder), call()) is builder  # type: ignore[arg-type]


@pytest.mark.parametrize("builder", [lambda: None, lambda a, b: None, lambda input_shape, units, more: None, len])
def test_a_function_that_does_not_is_refused(builder: object) -> None:
    with pytest.raises(ContractError, match=r"Expected build\(input_shape, units\), received build"):
        find_builder(SimpleNamespace(build=builder), call())  # type: ignore[arg-type]


def test_bytes_of_weights_are_opaque_and_limited(run_student: RunStudent, inputs: dict[str, Path]) -> None:
    step = train_step()
    small = Step(
        step.name, step.run, step.inputs, (BytesOutput("weights", 59), *step.outputs[1:]), LIMITS, step.settings
    )
    assert WEIGHTS.max_bytes > 60
    fault = run_student(student(), small, inputs=of(inputs, small)).fault
    assert fault is not None and fault.kind == "output" and "build a smaller model" in fault.message
