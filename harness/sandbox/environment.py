"""The environment student code starts in: nothing of the caller's but what a backend needs."""

import os
import sys
from pathlib import Path

# Where accelerator libraries are found and which devices may be used; nothing else is inherited.
PASSED_ON = ("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")

# Runs a module of this package without putting the caller's folder, PYTHONPATH or user site on the path.
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from harness.sandbox.{module} import main; main()"


def clean(home: Path, backend: str, device: str) -> dict[str, str]:
    """Return the whole environment of a sandbox process. `device` is `cpu` or `gpu`."""
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env |= {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(home / ".keras"),
        "MPLCONFIGDIR": str(home),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HDF5_USE_FILE_LOCKING": "FALSE",  # locks are refused: two steps could talk by them
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_DETERMINISTIC_OPS": "1",
        # A second thread in the fork server would make forking unsafe.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if device == "cpu":
        env["CUDA_VISIBLE_DEVICES"] = "-1"
        env["JAX_PLATFORMS"] = "cpu"
    return env


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `harness.sandbox.<module>.main` in an isolated interpreter."""
    root = Path(__file__).resolve().parents[2]
    return [sys.executable, "-I", "-c", BOOT.format(module=module), str(root), *arguments]
