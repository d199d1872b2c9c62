"""Networks of keras.applications from files that Keras saved: every number in its place, and inputs scaled as there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.data.base import Sizes
from harness.data.folders import folders
from harness.data.load import load
from harness.data.sets import find as module_of
from harness.data.weights import Scaling, Weights
from harness.tasks import find
from harness.training.backbones import application

MODULES = {"vgg16": "vgg16", "vgg19": "vgg19", "densenet121": "densenet", "resnet50": "resnet"}
RNG = np.random.default_rng(0)
PHOTOGRAPH = RNG.integers(0, 256, (1, 64, 64, 3)).astype(np.float32)


def preprocessed(name: str) -> Any:
    """Return the photograph as the network of this name in Keras wants it."""
    from keras import applications

    return getattr(applications, MODULES[name]).preprocess_input(PHOTOGRAPH.copy())


def scaled(scaling: Scaling) -> Any:
    """Return the photograph as a student scales it, with what the contract says."""
    return ((PHOTOGRAPH / 255 - np.array(scaling.mean)) / np.array(scaling.std)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "place"), [(name, place) for name in MODULES for place in (0, 1) if (name, place) != ("vgg16", 0)]
)
def test_inputs_are_scaled_as_keras_scales_them(name: str, place: int) -> None:
    weights = module_of(name)
    assert isinstance(weights, Weights)
    scaling = weights.files[place].scaling
    found = scaled(scaling)
    np.testing.assert_allclose(found[..., ::-1] if scaling.reverse else found, preprocessed(name), rtol=1e-4, atol=1e-4)


def saved(name: str, folder: Path) -> tuple[Any, Path]:
    """Return a network as Keras makes it, with weights drawn at random, and its file in the data folder."""
    import keras

    keras.utils.set_random_seed(1)
    network = getattr(keras.applications, find("transfer_learning").profiles[name].settings.application)
    path = folder / f"{name}_notop.weights.h5"
    model = network(include_top=False, weights=None)
    model.save_weights(path)
    return model, path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vgg19", "densenet121", "resnet50"])
def test_a_network_from_its_file_answers_as_the_one_that_was_saved(name: str, tmp_path: Path) -> None:
    model, path = saved(name, tmp_path)
    data = load(name, folders(tmp_path), Sizes())
    scaling = Scaling.of(data)
    settings = {**find("transfer_learning").profiles[name].settings.__dict__, "pretrained": True}
    settings |= {"shape": (64, 64, 3), "reverse": scaling.reverse}
    made = application({"backbone_file": data.arrays["file"]}, settings)
    assert path.stat().st_size > 20_000_000
    expected, found = np.asarray(model(preprocessed(name))), np.asarray(made(scaled(scaling)))
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
