"""A course's own autoencoder is a page: what comes with the recipe is there, for images of any shape."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from recipes import shapes_task
from recipes.made import CLASSES, dataset, outputs, recorded, scored

from harness.errors import DataError, UsageError
from harness.recipes.autoencoder import Autoencoder, autoencoder_builder
from harness.report.drawing.figures import drawn
from harness.task import ArrayOutput, BytesOutput, Step, Task, TaskData, Variant, VariantRun

TASK = shapes_task.TASK
QUICK = TASK.profiles["quick"]
DATA = TASK.prepare(dataset(), QUICK)
IN_CLASSES = {"probe_accuracy", "cluster_accuracy", "majority_accuracy"}


def steps(variant: str, data: TaskData = DATA, task: Task = TASK) -> dict[str, Step]:
    return {s.name: s for s in task.steps(QUICK, task.variant(variant), data)}


def recipe(**changes: object) -> Autoencoder:
    own = {"builders": (autoencoder_builder(),), "variants": (), "profiles": (QUICK,)}
    return Autoencoder("shapes", "Shapes", "Shapes.", **{**own, **changes})  # type: ignore[arg-type]


def test_a_task_of_a_course_is_a_page() -> None:
    assert len(inspect.getsource(shapes_task).splitlines()) <= 40


def test_the_builder_is_called_as_students_read_it() -> None:
    call = TASK.call(QUICK, TASK.variant("longer"), DATA)
    assert call.arguments == {"input_shape": (8, 8, 3), "code_size": 4, "units": 64}
    assert list(call.arguments) == [a.name for a in TASK.builders[0].arguments]
    assert [(s.inputs[0].shape, s.outputs[0].shape) for s in call.returns] == [((8, 8, 3), (4,)), ((4,), (8, 8, 3))]


def test_only_the_code_passes_between_the_halves() -> None:
    train, encode, decode = steps("longer").values()
    assert set(train.inputs) == {"x_train", "x_val"}
    assert set(decode.inputs) == {"decoder_weights", "code_test", "code_seen"}
    codes = {o.name: o for o in encode.outputs if isinstance(o, ArrayOutput)}
    assert {name: (o.shape, o.dtype) for name, o in codes.items()} == {
        "code_train": ((40, 4), "float16"),
        "code_test": ((20, 4), "float16"),
        "code_seen": ((30, 4), "float16"),
    }
    assert encode.hidden and decode.hidden
    files = {o.name for o in train.outputs if isinstance(o, BytesOutput)}
    assert files == {name for kept in train.keeps for name in (kept.weights, kept.built, kept.configuration)}
    assert [kept.weights for kept in train.keeps] == ["encoder_weights", "decoder_weights"]
    assert DATA.hidden == {"y_train", "y_val", "y_test"}


def test_sizes_and_rate_are_the_profile_s_own_or_the_usual_ones() -> None:
    assert steps("wide")["train"].settings["learning_rate"] == 0.01
    assert len(DATA.arrays["x_seen"]) == 30
    bare = TASK.profiles["full"]
    assert len(TASK.prepare(dataset(), bare).arrays["x_seen"]) == 40, "no more than there are"
    assert TASK.steps(bare, TASK.variant("wide"), DATA)[0].settings["learning_rate"] == 0.001


def test_pca_of_every_code_size_and_the_nearest_image_stand_beside() -> None:
    given = {v.name for v in TASK.variants if v.given}
    assert given == {"pca", "pca_4", "nearest"}
    beside = {(n.measure, n.measured) for n in TASK.naive if n.profile == "quick"}
    assert {("wide.test_mse", "pca.test_mse"), ("wide.test_mse", "nearest.test_mse")} <= beside
    assert ("longer.probe_accuracy", "pca_4.probe_accuracy") in beside
    assert len(beside) == 3 * (len(TASK.measures) + 1)


def test_the_nearest_image_is_measured_by_what_it_rebuilds_alone() -> None:
    nearest, truth = scored(TASK, DATA)["nearest"], DATA.arrays
    assert set(nearest.measures) == {m.name for m in TASK.measures_of(TASK.variant("nearest"))} == {"test_mse"}
    least = [min(((image - other) ** 2).mean() for other in truth["x_train"]) for image in truth["x_test"]]
    assert nearest.measures["test_mse"].value == pytest.approx(np.mean(least), rel=1e-4)


def test_everything_declared_is_measured() -> None:
    found = scored(TASK, DATA)
    for name, one in found.items():
        assert set(one.measures) == {m.name for m in TASK.measures_of(TASK.variant(name))}
        assert all(np.isfinite(s.value) for s in one.measures.values())
        assert one.signs or TASK.variant(name).given, "findings read them of what a student made"
    assert found["pca_4"].measures["test_mse"].value < found["pca"].measures["test_mse"].value
    assert found["pca"].measures["probe_accuracy"].value == 1, "one picture a class"


def test_a_perfect_autoencoder_has_no_error_and_a_telling_code() -> None:
    truth = DATA.arrays
    codes = {f"code_{part}": np.eye(2, dtype=np.float16)[truth[f"y_{part}"]] for part in ("train", "test")}
    found = scored(TASK, DATA, **codes, rebuilt_test=truth["x_test"], rebuilt_seen=truth["x_seen"])["wide"]
    values = {name: s.value for name, s in found.measures.items()}
    assert values == {"test_mse": 0, "train_mse": 0} | dict.fromkeys(IN_CLASSES, 1)
    assert found.signs["explained"] == 1


def test_a_step_that_failed_takes_its_own_measures_with_it() -> None:
    variant = TASK.variant("wide")
    made = {k: v for k, v in outputs(TASK, variant, DATA).items() if not k.startswith("rebuilt")}
    assert set(TASK.score(VariantRun(QUICK, variant, DATA, made)).measures) == IN_CLASSES
    assert TASK.score(VariantRun(QUICK, variant, DATA, {})).measures == {}


def test_pictures_come_with_it() -> None:
    figures = TASK.figures(recorded(scored(TASK, DATA)))
    assert {f.title for f in figures} >= {"Learning curves", "Rebuilt images", "Codes of narrow in the plane"}
    images = next(f for f in figures if f.title == "Rebuilt images").data["rows"]
    assert list(images) == ["original", "narrow", "wide", "longer", "pca", "pca_4", "nearest"]
    assert images["original"].shape == (2, 8, 8, 3), "one of each class"
    matrix = next(f for f in figures if f.title == "What the codes confuse")
    assert matrix.data["classes"] == list(CLASSES)
    for figure in figures:
        drawn(figure)


def test_without_classes_nothing_is_asked_of_them() -> None:
    task = recipe(variants=shapes_task.TASK.trained(), labelled=False).task()
    data = task.prepare(dataset(classes=()), QUICK)
    assert data.hidden == frozenset()
    found = scored(task, data)
    assert {frozenset(one.measures) for name, one in found.items() if name != "nearest"} == {
        frozenset({"train_mse", "test_mse"})
    }
    figures = task.figures(recorded(found))
    assert [f.title for f in figures] == ["Learning curves", "Rebuilt images"]
    assert len(figures[1].data["rows"]["original"]) == 10


def test_examples_need_not_be_images() -> None:
    data = TASK.prepare(dataset((12,)), QUICK)
    found = scored(TASK, data)
    assert set(found["wide"].measures) == {m.name for m in TASK.measures}
    assert {f.title for f in TASK.figures(recorded(found))} == {"Learning curves", "Codes of narrow in the plane"}


def test_a_code_longer_than_an_example_has_all_components_beside_it() -> None:
    data = TASK.prepare(dataset((3,)), QUICK)
    assert scored(TASK, data)["pca_4"].measures["test_mse"].value == pytest.approx(0, abs=1e-10)


def test_a_variant_without_a_code_size_is_told() -> None:
    with pytest.raises(UsageError, match=r"'narrow' to be a Bottleneck, .*Bottleneck\('narrow', ..., size=...\)"):
        recipe(variants=(Variant("narrow", "eight units"),))


def test_a_misspelt_name_among_those_shown_is_told() -> None:
    with pytest.raises(UsageError, match=r"'longest'\. Did you mean 'longer'"):
        recipe(variants=TASK.trained(), shown=("longest",))


def test_labels_that_are_missing_are_told() -> None:
    with pytest.raises(DataError, match=r"'shapes' of task shapes to have classes.*labelled=False"):
        TASK.prepare(dataset(classes=()), QUICK)


def test_whose_codes_are_shown_can_be_said() -> None:
    task = recipe(variants=TASK.trained(), shown=("longer", "wide")).task()
    runs = recorded(scored(task, DATA))
    assert "Codes of longer in the plane" in {f.title for f in task.figures(runs)}
    older = {
        name: replace(r, evidence={k: r.evidence[k] for k in ("plane", "labels") if k in r.evidence})
        for name, r in runs.items()
    }
    shown = next(f for f in task.figures(older) if f.kind == "scatter")
    assert shown.data["classes"] == ["0", "1"], "older records lack the names"
