"""Generative models of another kind than digits: colour, no classes, samples judged by the task's own function."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from recipes.made import dataset, outputs, recorded, scored

from harness.errors import UsageError
from harness.recipes.drawn import Linear
from harness.recipes.examples import by_class
from harness.recipes.from_noise import KL_DIVERGENCE, Gan, Vae, apart, gan_builder, vae_builder
from harness.recipes.generating import PLACES
from harness.recipes.generative import Generation, GenerativeModel
from harness.report.drawing.figures import drawn
from harness.scoring.divergence import gaussian_kl
from harness.scoring.generated import originality
from harness.scoring.score import Score
from harness.task import Argument, Limits, Measure, Profile, Scored, Step, Task, Variant, VariantRun

LIMITS = Limits(wall_s=60, cpu_s=30, memory_mb=2_000)
QUICK = Profile("quick", "shapes", 2, 16, LIMITS, settings=Generation(made=24, kl_weight=0.5))
SHAPE = (8, 8, 3)
WITHOUT = Gan("gan", "noise of 3", size=3)
ASKED = Gan("cgan", "noise of 3, conditional", size=3, conditional=True, grid=True)
VAES = (
    Vae("vae", "code of 2", size=2, checked=True, grid=True),
    Vae("no_kl", "code of 4, without the divergence", size=4, kl=False, varied=False),
)


def judge(run: VariantRun, images: NDArray[Any]) -> Scored:
    truth = run.data.arrays
    labels = np.arange(len(images)) % 2
    kept = by_class(images, labels, 2) if run.data.dataset.classes else images[None, :5]
    return Scored({"novelty": originality(images, truth["x_test"], truth["x_train"])[0]}, {"samples": kept})


def task_of(*variants: Vae | Gan, labelled: bool = True) -> Task:
    return GenerativeModel(
        "shapes",
        "Shapes",
        "Shapes made anew.",
        builders=(vae_builder(), gan_builder(), KL_DIVERGENCE),
        variants=variants,
        profiles=(QUICK,),
        labelled=labelled,
        judge=judge,
        judged=(Measure("novelty", "distance to training images", "higher"),),
    ).task()


def steps(task: Task, variant: str, classes: tuple[str, ...] = ("a", "b")) -> dict[str, Step]:
    data = task.prepare(dataset(classes=classes), QUICK)
    return {s.name: s for s in task.steps(QUICK, task.variant(variant), data)}


def test_networks_take_the_shape_of_the_data() -> None:
    task = task_of(*VAES, WITHOUT, ASKED)
    data = task.prepare(dataset(), QUICK)
    shapes = {
        v.name: [
            ([t.shape for t in spec.inputs], [t.shape for t in spec.outputs])
            for spec in task.call(QUICK, v, data).returns
        ]
        for v in task.trained()
    }
    assert shapes["vae"] == [([SHAPE], [(2,), (2,)]), ([(2,)], [SHAPE])]
    assert shapes["gan"] == [([(3,)], [SHAPE]), ([SHAPE], [(1,)])]
    assert shapes["cgan"] == [([(3,), (2,)], [SHAPE]), ([SHAPE, (2,)], [(1,)])]
    for v in task.trained():
        call = task.call(QUICK, v, data)
        assert list(call.arguments) == [a.name for a in task.builder_of(v).arguments]


def test_what_a_variant_is_decides_what_runs() -> None:
    task = task_of(*VAES, WITHOUT, ASKED)
    assert list(steps(task, "vae")) == ["divergence", "train", "encode", "decode", "generate"]
    assert list(steps(task, "no_kl")) == ["train", "encode", "decode", "generate"]
    assert [steps(task, name)["train"].settings["kl_weight"] for name in ("vae", "no_kl")] == [0.5, 0.0]
    told, untold = steps(task, "cgan"), steps(task, "gan")
    assert set(told["train"].inputs) == {"x_train", "c_train"} and set(untold["train"].inputs) == {"x_train"}
    assert set(told["generate"].inputs) == {"generator_weights", "noise_3", "asked"}
    assert set(untold["generate"].inputs) == {"generator_weights", "noise_3"}


def test_images_without_classes_are_made_and_judged() -> None:
    task = task_of(*VAES, WITHOUT, labelled=False)
    data = task.prepare(dataset(classes=()), QUICK)
    assert not {"asked", "c_train"} & data.arrays.keys() and data.hidden == frozenset()
    found = scored(task, data)
    for v in task.variants:
        assert set(found[v.name].measures) == {m.name for m in task.measures_of(v)}
    assert {m.name for m in task.measures_of(task.variant("vae"))} >= {"test_mse", "test_mae", "kl_error"}
    assert [name for name, one in found.items() if one.signs] == ["vae", "gan"], "where alike is no mistake: none"
    titles = [f.title for f in task.figures(recorded(found))]
    assert titles == ["Learning curves of the VAEs", "Learning curves of the GANs", "Samples", "Rebuilt images"]
    samples = task.figures(recorded(found))[2].data["rows"]
    assert {name: rows.shape for name, rows in samples.items()} == dict.fromkeys(found, (5, *SHAPE))


def test_images_with_classes_are_shown_by_class() -> None:
    task = task_of(*VAES, ASKED)
    found = scored(task, task.prepare(dataset(), QUICK))
    figures = {f.title: f for f in task.figures(recorded(found))}
    assert {"Samples of vae by class", "Samples of cgan by class", "Latent plane of vae"} <= figures.keys()
    assert "Samples of no_kl by class" not in figures
    assert "the class asked for of cgan, what the classifier sees for the others." in figures["Samples"].text
    unasked = task_of(*VAES).figures(recorded({name: one for name, one in found.items() if name != "cgan"}))
    assert "each class: what the classifier sees." in next(f.text for f in unasked if f.title == "Samples")
    for figure in figures.values():
        drawn(figure)


def test_the_divergence_is_compared_with_the_closed_form() -> None:
    task = task_of(*VAES)
    data = task.prepare(dataset(), QUICK)
    right = gaussian_kl(data.arrays["z_mean"], data.arrays["z_log_var"])
    assert scored(task, data, kl=right)["vae"].measures["kl_error"].value == pytest.approx(0, abs=1e-6)
    assert scored(task, data, kl=-right)["vae"].measures["kl_error"].value == pytest.approx(2, rel=1e-6)


def test_everybody_makes_images_of_the_same_noise() -> None:
    one, two = (task_of(*VAES, ASKED).prepare(dataset(), QUICK).arrays for _ in range(2))
    assert one["noise_3"].shape == (24, 3) and one["noise_3"].dtype == np.float32
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert one["asked"].sum(axis=0).tolist() == [12, 12], "each class as often"


def test_a_variant_that_is_neither_is_told() -> None:
    task = task_of(*VAES)
    with pytest.raises(UsageError, match="'plain' to be a Vae or a Gan"):
        task.call(QUICK, Variant("plain", "neither"), task.prepare(dataset(), QUICK))


ENCODER, DECODER, GENERATOR, DISCRIMINATOR = apart(Argument("filters", "int", "how wide"))
DIVIDED = Generation(made=24, few=0.1, paths=5, divided={"filters": 8, "size": 4})
HALVES = Vae("vae", "16", DECODER.name, {"filters": 64}, size=16, earlier=ENCODER.name, few=True)
PLAYERS = Gan("gan", "32", DISCRIMINATOR.name, {"filters": 64}, size=32, earlier=GENERATOR.name)
LINE = Linear("pca", "as many components", given=True, size=16, few=True)
SMALL = replace(QUICK, epochs=3, settings=DIVIDED)


def on_paths(run: VariantRun, images: NDArray[Any]) -> Scored:
    way = run.outputs.get("path")
    return Scored({"n": Score(float(len(images)), "n")}, {} if way is None else {"path": way[:PLACES]})


def apart_task() -> Task:
    return GenerativeModel(
        "shapes",
        "Shapes",
        "Shapes made anew.",
        builders=(ENCODER, DECODER, GENERATOR, DISCRIMINATOR, KL_DIVERGENCE),
        variants=(HALVES, PLAYERS),
        profiles=(SMALL,),
        labelled=False,
        judge=on_paths,
        judged=(Measure("n", "images", "higher"),),
        linear=(LINE,),
        told=("jumping_images",),
    ).task()


def test_each_network_may_have_a_builder_of_its_own() -> None:
    task = apart_task()
    data = task.prepare(dataset(classes=()), SMALL)
    for variant, builder, earlier, size in ((HALVES, DECODER, ENCODER, 4), (PLAYERS, DISCRIMINATOR, GENERATOR, 8)):
        call = task.call(SMALL, task.variant(variant.name), data)
        assert (call.builder, [e.builder for e in call.earlier]) == (builder.name, [earlier.name])
        asked = {"input_shape": SHAPE, "latent_size": size, "filters": 8}
        assert dict(call.arguments) == dict(call.earlier[0].arguments) == asked, "as large as the profile says"
        assert list(call.arguments) == [a.name for a in builder.arguments]


def test_few_images_are_gone_through_as_often_as_makes_as_many_updates() -> None:
    task = apart_task()
    data = task.prepare(dataset(classes=()), SMALL)
    step = next(s for s in task.steps(SMALL, task.variant("vae"), data) if s.name == "train")
    assert step.inputs == ("x_few",) and step.settings["images"] == "x_few"
    few, train = data.arrays["x_few"], data.arrays["x_train"]
    assert len(few) == len(train) and np.array_equal(few, np.concatenate([train[:4]] * 10))


def test_what_lies_between_two_points_of_the_code_is_drawn_as_well() -> None:
    task = apart_task()
    data = task.prepare(dataset(classes=()), SMALL)
    ways = data.arrays["path_16"].reshape(5, PLACES, 4)
    steps = np.diff(ways, axis=1)
    assert steps == pytest.approx(np.repeat(steps[:, :1], PLACES - 1, axis=1), abs=1e-6), "even steps on a line"
    assert "jumping_images" in task.findings
    found = {
        v.name: task.score(VariantRun(SMALL, v, data, {} if v.given else outputs(task, v, data))) for v in task.variants
    }
    assert found["pca"].evidence["path"].shape == found["vae"].evidence["path"].shape == (PLACES, *SHAPE)
    figure = next(f for f in task.figures(recorded(found)) if f.title == "Interpolation")
    assert set(figure.data["rows"]) == {"vae", "gan", "pca"}
    drawn(figure)
