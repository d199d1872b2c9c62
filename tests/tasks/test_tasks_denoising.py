"""What is hidden of noisy photographs, which pairs losses are asked about, and what right and wrong losses earn."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Sizes
from harness.data.load import load
from harness.recipes.asked_losses import IMAGES, LEVELS, of_loss
from harness.recipes.denoiser import Trained
from harness.scoring.losses import exact_losses
from harness.task import Recorded, Scored, TaskData, VariantRun
from harness.tasks import find

TASK = find("denoising")
QUICK = TASK.profiles["quick"]
OWN = {"ssim": "ssim_loss", "ms_ssim": "ms_ssim_loss", "psnr": "psnr_loss", "correntropy": "correntropy_loss"}
USUAL = IMAGES * (len(LEVELS) + 1)  # pairs that are not extreme


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), Sizes(train=80, val=0, test=30)), QUICK)


def settings(name: str) -> dict[str, float]:
    return dict(Trained.of(TASK.variant(name)).settings)


def right(data: TaskData, name: str) -> NDArray[np.float32]:
    """Return the values that a sound loss has for all that is asked; the PSNR of unlike images may be anything."""
    true, said = data.arrays["asked_true"], data.arrays["asked_said"]
    exact = np.zeros(len(true))
    keep = np.abs(true - said).mean(axis=(1, 2, 3)) < 1
    exact[keep] = exact_losses(OWN[name], said[keep], true[keep], **settings(name))[0]
    return exact.astype(np.float32)


def asked(data: TaskData, name: str, values: NDArray[np.float32]) -> dict[str, float]:
    outputs = {"values": values, "gradients": np.ones_like(data.arrays["asked_said"])}
    measures = of_loss(OWN[name], settings(name), outputs, data.arrays).measures
    return {key: score.value for key, score in measures.items()}


def scored(data: TaskData, name: str, restored: NDArray[Any]) -> Scored:
    seen = data.arrays["x_train"][: len(data.arrays["noisy_seen"])]
    outputs = {"restored_test": restored, "restored_seen": seen}
    return TASK.score(VariantRun(QUICK, TASK.variant(name), data, outputs))


def test_clean_test_images_stay_outside(data: TaskData) -> None:
    assert "x_test" in data.hidden
    for variant in TASK.trained():
        for step in TASK.steps(QUICK, variant, data):
            assert not data.hidden & set(step.inputs)


def test_noise_has_the_deviation_that_is_said_and_other_noise_is_on_every_image(data: TaskData) -> None:
    clean, noisy = data.arrays["x_train"], data.arrays["noisy_train"]
    middle = (clean > 0.45) & (clean < 0.55)  # where nothing is clipped
    assert (noisy - clean)[middle].std() == pytest.approx(QUICK.settings.deviation, rel=0.1)
    assert noisy.min() >= 0
    assert noisy.max() <= 1
    assert np.corrcoef((noisy - clean)[0].ravel(), (noisy - clean)[1].ravel())[0, 1] < 0.2


@pytest.mark.parametrize("name", OWN)
def test_a_sound_loss_earns_all(data: TaskData, name: str) -> None:
    assert asked(data, name, right(data, name)) == pytest.approx(
        {"loss_error": 0, "loss_order": 1, "loss_finite": 1}, abs=1e-5
    )


@pytest.mark.parametrize("name", OWN)
def test_a_loss_turned_round_is_in_no_order(data: TaskData, name: str) -> None:
    found = asked(data, name, 1 - right(data, name))
    assert found["loss_order"] == 0
    assert found["loss_error"] > 0.5


def test_nan_for_an_extreme_pair_costs_its_share_alone(data: TaskData) -> None:
    values = right(data, "ssim")
    values[USUAL] = np.nan
    found = asked(data, "ssim", values)
    assert found["loss_finite"] == pytest.approx(1 - 1 / len(values))
    assert found["loss_error"] < 1e-5
    values[1] = np.inf
    assert np.isnan(asked(data, "ssim", values)["loss_error"])


def test_gradients_that_are_no_numbers_count(data: TaskData) -> None:
    gradients = np.ones_like(data.arrays["asked_said"])
    gradients[0, 3, 3] = np.nan
    outputs = {"values": right(data, "psnr"), "gradients": gradients}
    measures = of_loss("psnr_loss", {}, outputs, data.arrays).measures
    assert measures["loss_finite"].value == pytest.approx(1 - 1 / len(gradients))


def test_a_loss_from_which_nothing_is_learnt_is_not_sound(data: TaskData) -> None:
    outputs = {"values": right(data, "psnr"), "gradients": np.zeros_like(data.arrays["asked_said"])}
    measures = of_loss("psnr_loss", {}, outputs, data.arrays).measures
    extreme = len(outputs["values"]) - USUAL
    assert measures["loss_finite"].value == pytest.approx((extreme + IMAGES) / len(outputs["values"]))


def test_structure_of_asked_images_is_never_unlike_by_chance(data: TaskData) -> None:
    """A power of what is near 0 would differ between sound losses."""
    assert right(data, "ms_ssim")[:USUAL].max() < 0.9


def test_only_the_loss_of_a_variant_is_needed_by_it() -> None:
    for variant in TASK.trained():
        needed = [f.name for f in TASK.needed_by(variant)]
        assert needed == ([OWN[variant.name.removesuffix("_100")]] if Trained.of(variant).own else [])


def test_gains_are_over_every_answer_without_learning(data: TaskData) -> None:
    clean = scored(data, "mse", data.arrays["x_test"]).measures
    assert clean["test_ssim"].value == pytest.approx(1)
    assert clean["gain"].value > clean["gain_over_gaussian"].value > 50
    back = scored(data, "mse", data.arrays["noisy_test"]).measures
    assert back["gain"].value == pytest.approx(0)
    assert back["gain_over_nl_means"].value < 0


def test_filters_are_measured_as_networks_are(data: TaskData) -> None:
    errors = {}
    for variant in TASK.variants:
        if variant.given:
            errors[variant.name] = TASK.score(VariantRun(QUICK, variant, data, {})).measures["test_mse"].value
    assert errors["nl_means"] < errors["noisy"] / 4
    assert errors["gaussian"] < errors["noisy"] / 4


def test_figures_show_images_and_what_likeness_costs(data: TaskData) -> None:
    runs = {}
    for name, restored in (("mse", data.arrays["x_test"]), ("ssim", data.arrays["noisy_test"])):
        result = scored(data, name, restored)
        runs[name] = Recorded(name, {k: s.value for k, s in result.measures.items()}, {}, result.evidence)
    images, points = TASK.figures(runs)
    assert list(images.data["rows"]) == ["clean", "mse", "ssim"]
    assert images.data["rows"]["mse"].shape == (6, 32, 32)
    assert points.data["classes"] == ["mse", "ssim"]
    assert TASK.figures({}) == ()
