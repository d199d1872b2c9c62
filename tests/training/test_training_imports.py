"""The command line answers at once because nothing imports a backend before student code is trained."""

import os
import subprocess
import sys
from types import ModuleType

import pytest

from harness.training import backend

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


def test_what_waits_for_a_backend_loads_nothing_beside_it() -> None:
    """A whole run waits while servers begin; what reads records and plans stays on the trusted side, too."""
    beside = "{'pydantic', 'jinja2', 'yaml', 'pandas', 'harness.records.models', 'harness.task', 'harness.data.base'}"
    code = f"import sys\nfrom harness.sandbox import zygote\nprint(sorted({beside} & set(sys.modules)))"
    assert printed(code) == "[]"


def test_help_loads_no_heavy_library_at_all() -> None:
    source = COMMAND.replace(BACKENDS, "{'numpy', 'sklearn', 'scipy', 'pandas', 'matplotlib', 'tensorflow', 'keras'}")
    assert printed(source, "--help") == "loaded 0 []"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="compiles an annotation only when somebody asks what it means")
def test_annotations_in_words_mean_what_they_meant() -> None:
    code = """
import builtins, typing
from harness.training import backend
with backend.annotations_compiled_once():
    before = typing.TypeVar("before", "int", "list[str]"), typing.Optional["int"]
    again = typing.TypeVar("again", "int", "list[str]")
def f(x: typing.Optional["int"]) -> before[1]: ...
hints = typing.get_type_hints(f)
same = [a.__forward_code__ is b.__forward_code__ for a, b in zip(before[0].__constraints__, again.__constraints__)]
print(hints == {"x": int | None, "return": int | None}, same, "compile" in vars(typing))
"""
    assert printed(code) == "True [True, True] False"


OPERATIONS = """
import os
os.environ["KERAS_BACKEND"] = "tensorflow"
from harness.training import backend
from tensorflow.python import pywrap_tfe
own = pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction
backend.load()
SWITCH
backend.configure(1)
backend.seed(1)
import hashlib, keras, numpy
from keras import layers
inner = layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dropout(0.5), layers.Dense(3)
model = keras.Sequential([keras.Input((8, 8, 1)), *inner])
model.compile(keras.optimizers.Adam(0.01), "mse", run_eagerly=True)
model.fit(numpy.linspace(0, 1, 1024).reshape(16, 8, 8, 1), numpy.ones((16, 3)), batch_size=4, verbose=0)
print(hashlib.sha256(b"".join(weight.tobytes() for weight in model.get_weights())).hexdigest())
"""


def test_operations_come_to_the_same_with_and_without_functions_of_their_own() -> None:
    switches = ("assert pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction is not own",)
    switches += ("pywrap_tfe.TFE_ContextOptionsSetRunEagerOpAsFunction = own",)
    assert len({printed(OPERATIONS.replace("SWITCH", switch)) for switch in switches}) == 1


@pytest.mark.parametrize("there", [{}, {"pywrap_tfe": ModuleType("pywrap_tfe")}], ids=["no module", "no switch"])
def test_a_tensorflow_without_the_switch_is_loaded_too(
    monkeypatch: pytest.MonkeyPatch, there: dict[str, ModuleType]
) -> None:
    inner = ModuleType("tensorflow.python")
    vars(inner).update(there)
    for module in (ModuleType("tensorflow"), inner):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    backend.single_operations()


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
