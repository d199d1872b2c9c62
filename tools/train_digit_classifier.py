"""Trains the frozen classifier behind the Inception Score and writes its weights as float16.

    python tools/train_digit_classifier.py --data-dir FOLDER [--out harness/data/digits_cnn.npz]

The data set is the whole of MNIST. Its 60,000 training images teach, moved by up to two pixels; the 10,000 test images
are looked at once, at the end, with the weights as they are written. Another seed, library or machine gives other
weights, so that the shipped file and not this script is what a score refers to: its hash is part of every signature.
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

SEED = 1
EPOCHS = 12
BATCH = 128
RATE = 0.002
SHIFT = 2 / 28  # of height and width: two pixels
OUT = Path(__file__).resolve().parents[1] / "harness" / "data" / "digits_cnn.npz"


def classifier() -> keras.Sequential:
    """Return images (batch, 28, 28, 1) in [0, 1] to logits (batch, 10); `harness.scoring.inception` runs the same."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu", name="conv2"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu", name="conv3"),
            layers.Flatten(),
            layers.Dense(10, name="dense"),
        ]
    )


def train(x: np.ndarray, y: np.ndarray) -> keras.Sequential:
    """Fit with translation in front and dropout behind the features; return the classifier without either."""
    keras.utils.set_random_seed(SEED)
    model = classifier()
    *body, last = model.layers
    moved = layers.RandomTranslation(SHIFT, SHIFT, fill_mode="constant")
    fitted = keras.Sequential([keras.Input(x.shape[1:]), moved, *body, layers.Dropout(0.3), last])
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * -(-len(x) // BATCH))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fitted.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    fitted.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=2)
    return model


def write(model: keras.Sequential, path: Path) -> None:
    """Round the weights to float16, keep them so in the model, and write them as `LAYER_kernel` and `LAYER_bias`."""
    model.set_weights([w.astype(np.float16).astype(w.dtype) for w in model.get_weights()])
    named = {f"{layer.name}_{weight.name}": weight.numpy() for layer in model.layers for weight in layer.weights}
    np.savez(path, **{name: weight.astype(np.float16) for name, weight in named.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="folder with mnist.npz")
    parser.add_argument("--out", type=Path, default=OUT, help="where the weights are written")
    options = parser.parse_args()
    data = load("mnist", folders(data_dir(options.data_dir)), Sizes()).arrays
    model = train(data["x_train"], data["y_train"])
    write(model, options.out)
    right = np.mean(model.predict(data["x_test"], verbose=0).argmax(axis=1) == data["y_test"])
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"{options.out}: {right:.4f} of {len(data['y_test']):,} test images, sha256 {digest}")


if __name__ == "__main__":
    main()
