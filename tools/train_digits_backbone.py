"""Trains the small backbone of the task transfer_learning on the digits 0 to 4 and writes its weights.

    python tools/train_digits_backbone.py --data-dir FOLDER [--out harness/data/digits_backbone.npz]

Images are those of MNIST's training part with these labels, turned a little and moved by up to two pixels; no other
digit and no test image teaches. The 0 to 4 of the test part are looked at once, at the end. The network is the one that
the harness hands out, with a head that is thrown away. Another seed, library or machine gives other weights, so that
the shipped file and not this script is what a grade refers to; `harness/data/sets/digits_backbone.py` has its hash.
"""

import argparse
import hashlib
from pathlib import Path

import keras
import numpy as np
from keras import layers

from harness.data.base import Sizes
from harness.data.folders import data_dir, folders
from harness.data.load import load
from harness.data.sets.digits_backbone import FILE, SCALING
from harness.tasks.transfer_learning.task import SMALL
from harness.training.backbones import convolutions, name_of

SEED = 1
LABELS = 5  # 0 to 4
EPOCHS = 6
BATCH = 128
RATE = 0.003
SHIFT = 2 / 28  # of height and width: two pixels
TURN = 0.05  # of a full circle
OUT = Path(__file__).resolve().parents[1] / "harness" / "data" / FILE


def known(data: dict[str, np.ndarray], part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of one part as the backbone wants them, and their labels, of the first digits alone."""
    x, y = data[f"x_{part}"], data[f"y_{part}"]
    rows = y < LABELS
    return (x[rows] - SCALING.mean[0]) / SCALING.std[0], y[rows]


def train(x: np.ndarray, y: np.ndarray) -> tuple[keras.Model, keras.Model]:
    """Return the backbone and the classifier that it was a part of."""
    keras.utils.set_random_seed(SEED)
    backbone = convolutions({}, {**SMALL, "shape": x.shape[1:], "pretrained": False})
    blank = -SCALING.mean[0] / SCALING.std[0]
    moved = [
        layers.RandomRotation(TURN, fill_mode="constant", fill_value=blank),
        layers.RandomTranslation(SHIFT, SHIFT, fill_mode="constant", fill_value=blank),
    ]
    head = [layers.Flatten(), layers.Dropout(0.3), layers.Dense(LABELS)]
    model = keras.Sequential([keras.Input(x.shape[1:]), *moved, backbone, *head])
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * -(-len(x) // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=2)
    return backbone, model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="folder with mnist.npz")
    parser.add_argument("--out", type=Path, default=OUT, help="where the weights are written")
    options = parser.parse_args()
    data = dict(load("mnist", folders(data_dir(options.data_dir)), Sizes()).arrays)
    backbone, model = train(*known(data, "train"))
    np.savez(options.out, **{name_of(weight): weight.numpy() for weight in backbone.weights})
    x, y = known(data, "test")
    right = np.mean(model.predict(x, verbose=0).argmax(axis=1) == y)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{options.out}: {right:.4f} of {len(y):,} test images, sha256 {digest}")


if __name__ == "__main__":
    main()
