"""What answers without learning come to as faces, and how large networks are under each profile."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Sizes
from harness.data.load import load
from harness.task import TaskData, VariantRun
from harness.tasks import find
from harness.tasks.face_generation.judged import judge

TASK = find("face_generation")
QUICK = replace(TASK.profiles["quick"], sizes=Sizes(train=600, val=0, test=150))


@cache
def data() -> TaskData:
    return TASK.prepare(load("faces_24", (), QUICK.sizes), QUICK)


def judged(images: NDArray[np.float32]) -> dict[str, float]:
    run = VariantRun(QUICK, TASK.variant("gan"), data(), {})
    return {name: score.value for name, score in judge(run, images).measures.items()}


def given(name: str) -> dict[str, float]:
    scored = TASK.score(VariantRun(QUICK, TASK.variant(name), data(), {}))
    return {measure: score.value for measure, score in scored.measures.items()}


def test_training_faces_moved_are_near_and_earn_nothing() -> None:
    moved, linear = given("moved"), given("pca")
    assert moved["frechet"] < linear["frechet"], "nothing else would tell"
    assert moved["novelty"] < 0.72 and moved["sound_distance"] > 20 * moved["frechet"]


def test_a_training_face_for_each_sample_and_one_face_for_all_earn_nothing() -> None:
    train = data().arrays["x_train"]
    for made in (train[:150, :, ::-1], np.repeat(train[:1], 150, axis=0), np.repeat(train[:3], 50, axis=0)):
        found = judged(made)
        assert found["sound_distance"] >= 50 * found["frechet"]


def test_unseen_faces_are_sharp_varied_and_new() -> None:
    found = given("real")
    assert found["frechet"] == pytest.approx(0, abs=1e-9) and found["sound_distance"] == found["frechet"]
    assert found["sharpness"] == found["diversity"] == found["novelty"] == 1


def test_principal_components_are_blurred_and_cross_fade() -> None:
    found = given("pca")
    assert found["sharpness"] < 0.2 and found["smoothness"] > 0.9


@pytest.mark.parametrize(
    ("variant", "quick", "full"),
    [
        ("vae", (16, 8), (128, 32)),
        ("vae_long", (16, 16), (128, 64)),
        ("vae_wide", (32, 16), (256, 64)),
        ("gan", (8, 32), (64, 128)),
    ],
)
def test_full_has_the_filters_and_sizes_of_the_report(
    variant: str, quick: tuple[int, int], full: tuple[int, int]
) -> None:
    for profile, asked in ((QUICK, quick), (TASK.profiles["full"], full)):
        call = TASK.call(profile, TASK.variant(variant), data())
        assert (call.arguments["filters"], call.arguments["latent_size"]) == asked
        assert dict(call.earlier[0].arguments) == dict(call.arguments)
