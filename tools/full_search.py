"""Trains the settings that course report E compared on MNIST and CIFAR-10, at full size, in pieces of a few minutes.

    python tools/full_search.py --data-dir FOLDER --out measured [--rows mlp_baseline,cnn_adam] [--minutes 4]

Data, networks and settings are those of the task `hyperparameter_tuning` in full size; one seed, so that a figure here
stands beside the report's and is no baseline. A network is stored with its optimiser after every epoch, and the same
command goes on from there. `OUT/ROW.json` has the sizes, the learning curve and the test accuracy of every row.
"""

import argparse
import json
import runpy
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from harness import shipped
from harness.data.folders import data_dir
from harness.recipes.families import SECOND, Settings
from harness.recipes.loops import PARTS
from harness.task import TaskData
from harness.tasks.hyperparameter_tuning.task import CNN, MLP, TASK
from harness.training import backend
from harness.training.batches import batches
from harness.workflow.context import load_profile

FULL = TASK.profile("full")
ADAM, ADADELTA, ZEROS = {"optimizer": "adam"}, {"learning_rate": 0.1}, {"initializer": "zeros"}


@dataclass(frozen=True)
class Row:
    """What is changed of the usual settings of a family, and where the arrays of its data set stand."""

    family: str
    changed: Settings = field(default_factory=dict)
    on: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        return {**{"mlp": MLP, "cnn": CNN}[self.family].usual, **self.changed}


ROWS = {
    "mlp_baseline": Row("mlp"),
    "mlp_random_uniform": Row("mlp", {"initializer": "random_uniform"}),
    "mlp_adam": Row("mlp", ADAM),
    "mlp_sgd": Row("mlp", {"optimizer": "sgd", "learning_rate": 0.1}),
    "mlp_zeros": Row("mlp", ZEROS),
    "mlp_baseline_transfer": Row("mlp", on=SECOND),
    "mlp_transfer": Row("mlp", {"initializer": "random_uniform"}, SECOND),
    "cnn_adadelta": Row("cnn", ADADELTA),
    "cnn_adam": Row("cnn", ADAM),
    "cnn_baseline": Row("cnn"),
    "cnn_zeros": Row("cnn", ZEROS),
    "cnn_baseline_transfer": Row("cnn", on=SECOND),
    "cnn_transfer": Row("cnn", ADAM, SECOND),
}


@dataclass(frozen=True)
class Piece:
    """How far rows are to be trained, where they are stored, when to stop (seconds since boot), and their seed."""

    epochs: int
    out: Path
    end: float
    seed: int


def train(name: str, data: TaskData, piece: Piece) -> bool:
    """Train a row on from where it is stored, one epoch after the other; say whether there was time for all of them."""
    row, kept, said = ROWS[name], piece.out / f"{name}.keras", piece.out / f"{name}.json"
    x, y = ({p: data.arrays[f"{kind}_{row.on}{p}"] for p in PARTS} for kind in ("x", "y"))
    state: dict[str, Any] = {"sizes": {part: len(labels) for part, labels in y.items()}, "curve": []}
    state |= json.loads(said.read_text()) if said.exists() else {}
    backend.seed(piece.seed)
    model = keras.models.load_model(kept) if kept.exists() else build(row, x["train"].shape[1:], int(y["train"].max()))
    while len(state["curve"]) < piece.epochs:
        began = time.monotonic()
        if began + max((e["seconds"] for e in state["curve"]), default=0) > piece.end:
            return False
        backend.seed(piece.seed + len(state["curve"]))
        epoch = model.fit(
            batches((x["train"], y["train"]), row.settings["batch_size"], shuffle=True),
            shuffle=False,
            validation_data=batches((x["val"], y["val"])),
            verbose=0,
        )
        shown = {key: round(values[0], 5) for key, values in epoch.history.items()}
        state["curve"].append({**shown, "seconds": round(time.monotonic() - began, 1)})
        state["test_accuracy"] = round(float(np.mean(model.predict(x["test"], verbose=0).argmax(1) == y["test"])), 5)
        model.save(kept)
        said.write_text(json.dumps(state, indent=1) + "\n")
        print(name, len(state["curve"]), state["curve"][-1], state["test_accuracy"], flush=True)
    return True


def build(row: Row, shape: tuple[int, ...], last: int) -> keras.Model:
    """Return the reference's network with the settings of a row, for images of a shape and labels up to `last`."""
    builders = runpy.run_path(str(shipped.folder("reference_models") / f"{TASK.name}.py"))
    model: keras.Model = builders[f"build_{row.family}"](input_shape=shape, num_classes=last + 1, **row.settings)
    return model


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="folder with mnist.npz and cifar10.npz; default: $HARNESS_DATA")
    parser.add_argument("--out", type=Path, default=Path("measured/full_search"), help="folder that keeps the rows")
    parser.add_argument("--rows", default=",".join(ROWS), help="names with commas, in order")
    parser.add_argument("--epochs", type=int, default=FULL.epochs, help="of every row")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="no epoch is begun that may end later")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    data = TASK.prepare(load_profile(FULL, data_dir(chosen.data_dir)), FULL)
    piece = Piece(chosen.epochs, chosen.out, time.monotonic() + 60 * chosen.minutes, chosen.seed)
    return 0 if all(train(name, data, piece) for name in chosen.rows.split(",")) else 1


if __name__ == "__main__":
    raise SystemExit(main())
