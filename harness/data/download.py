"""Downloads one published data set in a process of its own: `python -m harness.data.download NAME TARGET`.

Keras is imported here and nowhere else in this package, so a harness process stays free of a backend. Keras
checks the hash of what it downloads. Progress goes to stderr; only the reason of a failure goes to stdout.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np

from harness.errors import DataError

SILENCE_S = 20.0  # give up after so many seconds without a byte


def download(name: str, target: Path) -> None:
    """Download `mnist` or `cifar10` to the npz file `target`, which appears whole or not at all.

    Raises DataError with Keras's reason, e.g. when there is no network.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as folder:
            part = Path(folder) / target.name
            _run(name, part)
            part.replace(target)
    except OSError as error:
        raise DataError(f"the cache cannot be written ({error.strerror})") from error


def _run(name: str, part: Path) -> None:
    # -P: the working directory may hold a student's keras.py.
    command = [sys.executable, "-P", "-m", "harness.data.download", name, str(part)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines()
        raise DataError(lines[-1] if lines else f"the download ended with exit code {done.returncode}")


def main(name: str, part: str) -> int:
    socket.setdefaulttimeout(SILENCE_S)
    report, sys.stdout = sys.stdout, sys.stderr
    try:
        with backend_silent():
            dataset = import_module(f"keras.datasets.{name}")
        (x_train, y_train), (x_test, y_test) = dataset.load_data()
        np.savez_compressed(part, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    except Exception as error:  # Keras raises plain Exception; the parent tells the user
        print(" ".join(str(error).split()) or type(error).__name__, file=report)
        return 1
    return 0


@contextmanager
def backend_silent() -> Iterator[None]:
    """While inside, what is written to stderr goes nowhere: TensorFlow writes there beneath Python as it loads."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
