"""A class of eight different small models, graded by the harness and trained by hand, in one run.

By hand means what an instructor would write without the harness: one plain Keras script per submission, run one after
another, each with all cores. Both sides use the same data, epochs and batch size and end with a test accuracy.
`dealt` is the best that a script could do by hand: a process a core, each with one thread and pinned as the harness's
steps are, takes one submission after the other, and has loaded Keras once. `alone` are the seconds of trainings and
predictions without anything else, shared out among the cores: `alone_by_hand` those in `fit` and `predict` of `dealt`,
and `alone` the harness's own. What is left of its time is start, import, checks and pages.

    python benchmarks/class_grading.py [--json]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from harness.data.load import load
from harness.records.models import Measurement
from harness.report.files import read_results
from harness.tasks.network_training.task import TASK
from harness.workflow import machine

GRADING = Path(__file__).with_name("one_class.py")
MODELS = (  # filters of the convolutions, units of the dense layer
    ((8, 16), 32),
    ((12, 24), 32),
    ((16, 32), 64),
    ((8, 16, 32), 32),
    ((12, 24, 48), 64),
    ((16, 32, 64), 64),
    ((), 128),
    ((), 256),
)
SUBMISSION = """
import keras
from keras import layers

FILTERS, UNITS = {filters}, {units}


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in FILTERS:
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=initializer))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(UNITS, activation="relu", kernel_initializer=initializer))
    model.add(layers.Dense(num_classes, activation="softmax", kernel_initializer=initializer))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
"""
BY_HAND = """
import os, runpy, sys, time
core, data, *students = sys.argv[1:]
if core != "all":
    os.sched_setaffinity(0, [int(core)])
import numpy as np
import keras

data = dict(np.load(data))
for student in students:
    try:
        os.close(os.open(student + "/taken", os.O_CREAT | os.O_EXCL))
    except FileExistsError:  # by the process on another core
        continue
    build_model = runpy.run_path(student + "/network_training.py")["build_model"]
    keras.utils.set_random_seed(1)
    model = build_model(data["x_train"].shape[1:], 10, "none", 0.0, False, "glorot_uniform", 0.001)
    started = time.perf_counter()
    model.fit(data["x_train"], data["y_train"], batch_size={batch}, epochs={epochs}, verbose=0,
              validation_data=(data["x_val"], data["y_val"]), validation_batch_size=500)
    fitted = time.perf_counter()
    predicted = model.predict(data["x_test"], verbose=0, batch_size=500).argmax(axis=1)
    print(fitted - started, time.perf_counter() - fitted, float((predicted == data["y_test"]).mean()))
"""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def write_class(folder: Path) -> list[Path]:
    students = []
    for i, (filters, units) in enumerate(MODELS):
        student = folder / f"student-{i}"
        student.mkdir(parents=True)
        (student / "network_training.py").write_text(SUBMISSION.format(filters=filters, units=units))
        students.append(student)
    return students


def write_script(folder: Path) -> Path:
    """Return the script by hand, with the data beside it."""
    profile = TASK.profile("quick")
    arrays = load(profile.dataset, (), profile.sizes).arrays
    np.savez(folder / "data.npz", **arrays)  # type: ignore[arg-type]  # NumPy 2.1 added allow_pickle
    script = folder / "by_hand.py"
    script.write_text(BY_HAND.format(batch=profile.batch_size, epochs=profile.epochs))
    return script


def by_hand(students: list[Path], script: Path) -> tuple[float, list[float], list[float]]:
    """Return wall seconds, seconds in fit and test accuracies of the scripts."""
    started, lines = time.perf_counter(), []
    for student in students:
        command = [sys.executable, str(script), "all", str(script.with_name("data.npz")), str(student)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        lines.append([float(v) for v in done.stdout.split()[-3:]])
        (student / "taken").unlink()
    fits, _, accuracies = zip(*lines, strict=True)
    return time.perf_counter() - started, list(fits), list(accuracies)


def dealt(students: list[Path], script: Path) -> tuple[float, float]:
    """Return wall seconds, and those in fit and predict, of a process a core that take the submissions in turn."""
    started = time.perf_counter()
    command = [str(script.with_name("data.npz")), *map(str, students)]
    running = [
        subprocess.Popen(
            [sys.executable, str(script), str(core), *command],
            env=os.environ | ONE_THREAD,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for core in sorted(os.sched_getaffinity(0))[: machine.cores()]
    ]
    said = [process.communicate()[0] for process in running]
    seconds = time.perf_counter() - started
    if any(process.returncode for process in running):
        raise SystemExit("the script by hand failed on one core")
    for student in students:
        (student / "taken").unlink()
    alone = sum(float(v) for lines in said for line in lines.splitlines() for v in line.split()[:2])
    return seconds, alone / len(running)


def by_harness(students: list[Path], out: Path) -> tuple[float, list[Measurement]]:
    """Return wall seconds and records of a new process that grades the class with one variant, reports included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, str(GRADING), str(students[0].parent), str(out)], check=True)
    wall = time.perf_counter() - started
    result = read_results(out / "results.json")
    return wall, [s.tasks[0].measurements[0] for s in result.students]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        students, script = write_class(folder / "class"), write_script(folder)
        hand_wall, hand_fit, hand_accuracy = by_hand(students, script)
        dealt_wall, alone_by_hand = dealt(students, script)
        wall, runs = by_harness(students, folder / "out")
    fit = [m.usage["train"].fit_s or 0.0 for m in runs]
    alone = sum(step.wall_s for m in runs for step in m.usage.values()) / machine.cores()
    numbers = {
        "machine": f"{machine.cores()} cores, {machine.cpu_model()}",
        "submissions": len(students),
        "harness_s": wall,
        "alone_s": alone,
        "alone_ratio": wall / alone,
        "alone_by_hand_s": alone_by_hand,
        "alone_by_hand_ratio": wall / alone_by_hand,
        "dealt_by_hand_s": dealt_wall,
        "dealt_ratio": wall / dealt_wall,
        "by_hand_s": hand_wall,
        "wall_ratio": wall / hand_wall,
        "fit_by_hand_s": sum(hand_fit),
        "fit_harness_s": sum(fit),
        "fit_ratio": sum(fit) / sum(hand_fit),
        "accuracy_by_hand": float(np.mean(hand_accuracy)),
        "accuracy_harness": float(np.mean([m.measures["test_accuracy"].value for m in runs])),
    }
    if arguments.json:
        print(json.dumps(numbers))
    else:
        for name, value in numbers.items():
            print(f"{name:18} {value:.3f}" if isinstance(value, float) else f"{name:18} {value}")


if __name__ == "__main__":
    main()
