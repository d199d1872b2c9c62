"""The command line answers at once because nothing imports a backend before student code is trained."""

import os
import subprocess
import sys

import pytest

BACKENDS = "{'tensorflow', 'keras', 'torch', 'jax'}"
ALL = f"""
import importlib, pkgutil, sys
import harness
names = [m.name for m in pkgutil.walk_packages(harness.__path__, 'harness.')]
for name in names:
    importlib.import_module(name)
print(len(names), sorted({BACKENDS} & set(sys.modules)))
"""
COMMAND = f"""
import sys
from harness.cli import main
sys.argv = ['harness', *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    code = end.code
print('loaded', code, sorted({BACKENDS} & set(sys.modules)))
"""


def printed(*arguments: str) -> str:
    """Return the last line that a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_no_module_imports_a_backend() -> None:
    count, loaded = printed(ALL).split(" ", 1)
    assert int(count) > 40
    assert loaded == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["tasks"], ["tasks", "autoencoder"], ["grade", "-h"]])
def test_commands_that_train_nothing_load_no_backend(arguments: list[str]) -> None:
    assert printed(COMMAND, *arguments) == "loaded 0 []"


def test_help_loads_no_heavy_library_at_all() -> None:
    source = COMMAND.replace(BACKENDS, "{'numpy', 'sklearn', 'scipy', 'pandas', 'matplotlib', 'tensorflow', 'keras'}")
    assert printed(source, "--help") == "loaded 0 []"


def test_jax_compiles_a_model_that_moves_images():
    code = """
import keras
from harness.training import backend, on_jax
FACTORS = {name: (0.1, 0.1) for name in on_jax.MOVING} | {"RandomRotation": (0.1,)}
backend.load()
model = keras.Sequential([keras.Input((8, 8, 1)), *(getattr(keras.layers, name)(*FACTORS[name]) for name in FACTORS)])
model.compile(loss="mse")
print(model.jit_compile)
"""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "True"
