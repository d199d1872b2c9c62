"""Several inputs and heads by name: each head with its own loss, and labels that never pass for sample weights."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from recipes.running import PROFILE, dataset, run_variant
from sandbox.students import RunStudent

from harness.errors import DataError
from harness.recipes.answers import ClassesHead, NumbersHead
from harness.recipes.heads import Heads, Input, heads_builder
from harness.recipes.loops import PARTS
from harness.report.drawing.figures import drawn
from harness.task import Argument, Recorded, TaskData, Tensor, Variant, VariantRun

INPUTS = (Input("picture", "numbers of a picture"), Input("words", "ids of a caption", tokens=9))
HEADS = (
    NumbersHead("size", "how large it is", ("width", "height"), unit="cm"),
    ClassesHead("kind", "which of three it is", ("low", "middle", "high"), weight=0.5),
)  # not in the order of the alphabet
TASK = Heads(
    "two_heads",
    "Two heads",
    "Say of a picture with a caption which kind it is and how large: one network, two questions.",
    builders=(heads_builder(INPUTS, HEADS, Argument("units", "int", "units of the hidden layer")),),
    variants=(Variant("small", "eight units", arguments={"units": 8}),),
    profiles=(PROFILE,),
    inputs=INPUTS,
    heads=HEADS,
    learning_rate=0.02,
).task()
SOURCE = """
import keras
from keras import layers

def build_model(picture_shape, words_shape, kind_size, size_size, units):
    picture, words = keras.Input(picture_shape), keras.Input(words_shape, dtype="int32")
    seen = layers.Concatenate()([picture, layers.Flatten()(layers.Embedding(9, 4)(words))])
    x = layers.Dense(units, activation="relu")(seen)
    kind = layers.Dense(kind_size, activation="softmax", name="the_kind")(x)
    size = layers.Dense(size_size)(layers.Concatenate()([x, seen]))
    return {}
"""
IN_ORDER = SOURCE.format("keras.Model([picture, words], [size, kind])")
BY_NAME = SOURCE.format("keras.Model([picture, words], dict(size=size, kind=kind))")


def arrays() -> dict[str, NDArray[np.generic]]:
    """Return examples whose kind is in the picture and whose width is in the words."""
    rng, found = np.random.default_rng(0), {}
    for part, n in (("train", 240), ("val", 60), ("test", 80)):
        picture = rng.random((n, 5), dtype=np.float32)
        words = rng.integers(0, 9, (n, 3))
        found[f"x_picture_{part}"], found[f"x_words_{part}"] = picture, words
        found[f"y_kind_{part}"] = np.digitize(picture[:, 0], [0.33, 0.66])
        found[f"y_size_{part}"] = np.stack([words[:, 0] / 8, picture[:, 1] * 3], axis=1)
    return found


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(dataset(arrays()), PROFILE)


def test_every_input_and_head_has_its_own_dtype(data: TaskData) -> None:
    kinds = {name: a.dtype.name for name, a in data.arrays.items() if name.endswith("_train")}
    assert kinds == {
        "x_picture_train": "float32",
        "x_words_train": "int32",
        "y_kind_train": "int64",
        "y_size_train": "float32",
    }
    assert data.hidden == {"y_kind_test", "y_size_test"}
    (spec,) = TASK.call(PROFILE, TASK.variants[0], data).returns
    assert spec.inputs == (Tensor((5,), "picture"), Tensor((3,), "words", "int32", 9))
    assert spec.outputs == (Tensor((2,), "size"), Tensor((3,), "kind"))


def test_a_head_that_is_right_has_no_error_and_the_naive_answer_has_no_skill(data: TaskData) -> None:
    outputs = {f"kind_{part}": np.eye(3)[data.arrays[f"y_kind_{part}"]] for part in PARTS}
    outputs |= {f"size_{part}": data.arrays[f"y_size_{part}"] for part in PARTS}
    scored = TASK.score(VariantRun(PROFILE, TASK.variant("small"), data, outputs))
    values = {name: score.value for name, score in scored.measures.items()}
    assert set(values) == {m.name for m in TASK.measures}
    assert (values["kind_test_accuracy"], values["size_test_rmse"], values["size_val_skill"]) == (1, 0, 1)
    naive = TASK.score(VariantRun(PROFILE, TASK.variant("naive"), data, {})).measures
    labels = data.arrays["y_kind_test"]
    most = np.bincount(data.arrays["y_kind_train"]).argmax()
    assert naive["kind_test_accuracy"].value == pytest.approx(np.mean(labels == most))
    assert naive["size_test_skill"].value == pytest.approx(0)
    for answer in TASK.naive:
        assert answer.measured.startswith("naive.")


def test_an_array_that_is_not_there_is_told_with_a_close_name() -> None:
    misspelt = {name.replace("size", "sise"): a for name, a in arrays().items()}
    with pytest.raises(
        DataError, match=r"an array 'y_size_train', received none of that name\. Did you mean 'y_sise_train'"
    ):
        TASK.prepare(dataset(misspelt), PROFILE)


def test_what_one_head_lacks_leaves_out_all_measures(data: TaskData) -> None:
    outputs = {f"kind_{part}": np.eye(3)[data.arrays[f"y_kind_{part}"]] for part in PARTS}
    assert TASK.score(VariantRun(PROFILE, TASK.variant("small"), data, outputs)).measures == {}


@pytest.mark.parametrize("source", [IN_ORDER, BY_NAME], ids=["in order", "by name"])
def test_two_inputs_and_two_heads_are_learnt_together(
    run_student: RunStudent,
    tmp_path: Path,
    data: TaskData,
    source: str,
) -> None:
    """A number that passed for a weight would leave its head at the naive answer."""
    variant = TASK.variant("small")
    scored, made = run_variant(run_student, TASK, variant, data, source, tmp_path)
    naive = TASK.score(VariantRun(PROFILE, TASK.variant("naive"), data, {})).measures
    assert scored.measures["size_test_rmse"].value < naive["size_test_rmse"].value
    assert scored.measures["kind_test_accuracy"].value > naive["kind_test_accuracy"].value
    curve = made["curve"]
    assert curve.shape == (PROFILE.epochs, 2) and np.isfinite(curve).all()
    assert curve[-1, 0] < curve[0, 0]
    first = {"loss": curve[:, 0].tolist(), "val_loss": curve[:, 1].tolist()}
    measures = {name: score.value for name, score in scored.measures.items()}
    shown = TASK.figures({"small": Recorded("small", measures, first, scored.evidence)})
    assert [f.kind for f in shown] == ["curves", "scatter", "matrix"]
    for figure in shown:
        assert drawn(figure).table or drawn(figure).svg
