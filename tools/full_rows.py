"""Trains settings that course reports D and E compared, at full size, in pieces of a few minutes on a CPU.

    python tools/full_rows.py --data-dir FOLDER --out measured [--rows mlp_baseline,cnn_adam] [--minutes 4]

Data, networks and settings are those of `hyperparameter_tuning` and `cifar100_classification` in full size; one seed,
so that a figure here stands beside a report's and is no baseline. A network is stored with its optimiser after every
epoch, and the same command goes on from there, with other draws of dropout than without a stop. `OUT/ROW.json` has
the sizes, the learning curve and what the network reaches on the test images.
"""

import argparse
import json
import runpy
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from harness import shipped
from harness.data.base import Sizes
from harness.data.folders import data_dir
from harness.files import write_out
from harness.recipes.families import SECOND, Settings
from harness.recipes.loops import PARTS
from harness.scoring.classification import accuracy, top_accuracy
from harness.task import FurtherData, Profile, Task, TaskData
from harness.tasks import find
from harness.training import backend
from harness.training.batches import batches
from harness.workflow.context import load_profile

SEARCH, CLASSES = "hyperparameter_tuning", "cifar100_classification"
FURTHER = FurtherData("cifar10", Sizes(val=500))  # validation decides nothing here, and a part of the set is enough
TOP = 5


@dataclass(frozen=True)
class Row:
    """A variant of a task, and what is changed of its arguments."""

    task: str
    variant: str
    changed: Settings = field(default_factory=dict)


ADAM, UNIFORM = {"optimizer": "adam"}, {"initializer": "random_uniform"}
TENTH = {"learning_rate": 0.1}
ROWS = {
    "mlp_baseline": Row(SEARCH, "mlp_baseline"),
    "mlp_random_uniform": Row(SEARCH, "mlp_baseline", UNIFORM),
    "mlp_adam": Row(SEARCH, "mlp_baseline", ADAM),
    "mlp_sgd": Row(SEARCH, "mlp_baseline", {"optimizer": "sgd", "learning_rate": 0.1}),
    "mlp_zeros": Row(SEARCH, "mlp_zeros"),
    "mlp_baseline_transfer": Row(SEARCH, "mlp_baseline_transfer"),
    "mlp_transfer": Row(SEARCH, "mlp_baseline_transfer", UNIFORM),
    "cnn_baseline": Row(SEARCH, "cnn_baseline"),
    "cnn_he_normal": Row(SEARCH, "cnn_baseline", {"initializer": "he_normal"}),
    "cnn_linear": Row(SEARCH, "cnn_baseline", {"activation": "linear"}),
    "cnn_l2": Row(SEARCH, "cnn_baseline", {"regularizer": "l2"}),
    "cnn_adadelta": Row(SEARCH, "cnn_baseline", TENTH),
    "cnn_adadelta_batch_32": Row(SEARCH, "cnn_baseline", {**TENTH, "batch_size": 32}),
    "cnn_adadelta_epsilon": Row(SEARCH, "cnn_baseline", {**TENTH, "epsilon": 1e-5}),
    "cnn_adadelta_both": Row(SEARCH, "cnn_baseline", {**TENTH, "batch_size": 32, "epsilon": 1e-5}),
    "cnn_adam": Row(SEARCH, "cnn_baseline", ADAM),
    "cnn_zeros": Row(SEARCH, "cnn_baseline", {"initializer": "zeros"}),
    "cnn_baseline_transfer": Row(SEARCH, "cnn_baseline_transfer"),
    "cnn_transfer": Row(SEARCH, "cnn_baseline_transfer", ADAM),
    "cifar100": Row(CLASSES, "best"),
}


@dataclass(frozen=True)
class Piece:
    """How far rows are trained, where data lies and rows are stored, when to stop (monotonic seconds), and the seed."""

    epochs: int
    folder: Path | None
    out: Path
    end: float
    seed: int


@cache
def prepared(name: str, epochs: int, folder: Path | None) -> tuple[Task, Profile, TaskData]:
    """Return a task with its full profile, in so many epochs, and the data of that."""
    task = find(name)
    profile = replace(task.profile("full"), epochs=epochs or task.profile("full").epochs)
    profile = replace(profile, further=dict.fromkeys(profile.further, FURTHER))
    return task, profile, task.prepare(load_profile(profile, folder), profile)


@dataclass(frozen=True)
class Learning:
    """What a row is trained on: images and labels by part, its builder with arguments, and how long and fast."""

    task: str
    builder: str
    arguments: Mapping[str, Any]
    x: Mapping[str, Any]
    y: Mapping[str, Any]
    epochs: int
    batch_size: int

    @classmethod
    def of(cls, row: Row, piece: Piece) -> Self:
        task, profile, data = prepared(row.task, piece.epochs, piece.folder)
        call = task.call(profile, task.variant(row.variant), data)
        arguments = {**call.arguments, **row.changed}
        on = SECOND if row.variant.endswith("_transfer") else ""
        x, y = ({part: data.arrays[f"{kind}_{on}{part}"] for part in PARTS} for kind in ("x", "y"))
        batch = arguments.get("batch_size", profile.batch_size)
        return cls(row.task, call.builder, arguments, x, y, profile.epochs, batch)

    def epoch(self, model: Any) -> dict[str, float]:
        """Train one epoch; return loss and accuracy in it and on validation, and its seconds."""
        began = time.monotonic()
        history = model.fit(
            batches((self.x["train"], self.y["train"]), self.batch_size, shuffle=True),
            shuffle=False,
            validation_data=batches((self.x["val"], self.y["val"])),
            verbose=0,
        ).history
        return {**rounded({k: v[0] for k, v in history.items()}), "seconds": time.monotonic() - began}

    def tested(self, model: Any) -> dict[str, float]:
        """Return what a model reaches on the test images."""
        p, y = model.predict(self.x["test"], verbose=0), self.y["test"]
        return rounded({"test": accuracy(p, y).value, "test_top5": top_accuracy(p, y, TOP).value})


def train(name: str, piece: Piece) -> bool:
    """Train a row on from where it is stored, one epoch after the other; say whether there was time for all of them."""
    import keras

    learning = Learning.of(ROWS[name], piece)
    kept, said = piece.out / f"{name}.keras", piece.out / f"{name}.json"
    state: dict[str, Any] = {"sizes": {part: len(labels) for part, labels in learning.y.items()}, "curve": []}
    state |= json.loads(said.read_text()) if said.exists() else {}
    backend.seed(piece.seed)
    model = keras.models.load_model(kept) if kept.exists() else build(learning)
    while len(state["curve"]) < learning.epochs:
        longest = max((epoch["seconds"] for epoch in state["curve"]), default=0)
        if time.monotonic() + longest > piece.end:
            return False
        backend.seed(piece.seed + len(state["curve"]))
        state["curve"].append(learning.epoch(model))
        state |= learning.tested(model)
        model.save(kept)
        write_out(said, f"{json.dumps(state, indent=1)}\n".encode())
        print(name, len(state["curve"]), {k: v for k, v in state.items() if k != "curve"}, flush=True)
    return True


def rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}


def build(learning: Learning) -> Any:
    """Return the model that the builder of the reference returns."""
    file = shipped.folder("reference_models") / f"{learning.task}.py"
    return runpy.run_path(str(file))[learning.builder](**learning.arguments)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, help="folder with the data sets; default: $HARNESS_DATA")
    parser.add_argument("--out", type=Path, default=Path("measured/full_rows"), help="folder that keeps the rows")
    parser.add_argument("--rows", default=",".join(ROWS), help="names with commas, in order")
    parser.add_argument("--epochs", type=int, default=0, help="of every row; 0: as many as the task says")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="no epoch is begun that may end later")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * chosen.minutes
    piece = Piece(chosen.epochs, data_dir(chosen.data_dir), chosen.out, end, chosen.seed)
    return 0 if all(train(name, piece) for name in chosen.rows.split(",")) else 1


if __name__ == "__main__":
    raise SystemExit(main())
