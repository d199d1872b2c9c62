"""Trains settings that course reports D and E compared, at full size, in pieces of a few minutes on a CPU.

    python tools/full_rows.py --data-dir FOLDER --out measured [--rows mlp_baseline,cnn_adam] [--minutes 4]

Data, networks and settings are those of `hyperparameter_tuning` and `cifar100_classification` in full size; one seed,
so that a figure here stands beside a report's and is no baseline. A network is stored with its optimiser after every
epoch, and the same command goes on from there. `OUT/ROW.json` has the sizes, the learning curve and what the network
reaches on the test images.
"""

import argparse
import json
import runpy
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from harness import shipped
from harness.data.base import Sizes
from harness.data.folders import data_dir
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
ROWS = {
    "mlp_baseline": Row(SEARCH, "mlp_baseline"),
    "mlp_random_uniform": Row(SEARCH, "mlp_baseline", UNIFORM),
    "mlp_adam": Row(SEARCH, "mlp_baseline", ADAM),
    "mlp_sgd": Row(SEARCH, "mlp_baseline", {"optimizer": "sgd", "learning_rate": 0.1}),
    "mlp_zeros": Row(SEARCH, "mlp_zeros"),
    "mlp_baseline_transfer": Row(SEARCH, "mlp_baseline_transfer"),
    "mlp_transfer": Row(SEARCH, "mlp_baseline_transfer", UNIFORM),
    "cnn_baseline": Row(SEARCH, "cnn_baseline"),
    "cnn_adadelta": Row(SEARCH, "cnn_baseline", {"learning_rate": 0.1}),
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


def train(name: str, piece: Piece) -> bool:
    """Train a row on from where it is stored, one epoch after the other; say whether there was time for all of them."""
    import keras

    row, kept, said = ROWS[name], piece.out / f"{name}.keras", piece.out / f"{name}.json"
    task, profile, data = prepared(row.task, piece.epochs, piece.folder)
    call = task.call(profile, task.variant(row.variant), data)
    arguments = {**call.arguments, **row.changed}
    on = SECOND if row.variant.endswith("_transfer") else ""
    x, y = ({part: data.arrays[f"{kind}_{on}{part}"] for part in PARTS} for kind in ("x", "y"))
    state: dict[str, Any] = {"sizes": {part: len(labels) for part, labels in y.items()}, "curve": []}
    state |= json.loads(said.read_text()) if said.exists() else {}
    backend.seed(piece.seed)
    model = keras.models.load_model(kept) if kept.exists() else build(row.task, call.builder, arguments)
    while len(state["curve"]) < profile.epochs:
        began = time.monotonic()
        if began + max((epoch["seconds"] for epoch in state["curve"]), default=0) > piece.end:
            return False
        backend.seed(piece.seed + len(state["curve"]))
        history = model.fit(
            batches((x["train"], y["train"]), arguments.get("batch_size", profile.batch_size), shuffle=True),
            shuffle=False,
            validation_data=batches((x["val"], y["val"])),
            verbose=0,
        ).history
        state["curve"].append({**rounded({k: v[0] for k, v in history.items()}), "seconds": time.monotonic() - began})
        p = model.predict(x["test"], verbose=0)
        state |= rounded({"test": accuracy(p, y["test"]).value, "test_top5": top_accuracy(p, y["test"], TOP).value})
        model.save(kept)
        said.write_text(json.dumps(state, indent=1) + "\n")
        print(name, len(state["curve"]), {k: v for k, v in state.items() if k != "curve"}, flush=True)
    return True


def rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}


def build(task: str, builder: str, arguments: Mapping[str, Any]) -> Any:
    """Return the model that a builder of the reference returns."""
    return runpy.run_path(str(shipped.folder("reference_models") / f"{task}.py"))[builder](**arguments)


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
