"""Libraries: which are there when models are built, and what to do without one that is not."""

import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.machinery import PathFinder

from harness.explain.lost import lost_path, one_spelling
from harness.explain.seen import Seen

# What the harness itself brings, so that it is there wherever a submission is built.
OFFERED = ("keras", "tensorflow", "numpy", "scipy", "sklearn", "pandas", "matplotlib", "PIL", "nltk", "gymnasium")
# What is there in a notebook alone: it serves to show things and to talk to the page.
OF_NOTEBOOKS = ("IPython", "ipywidgets", "google.colab", "kaggle_secrets", "notebook")

KERAS = "write the model with Keras (keras.layers, keras.ops)"
DATA = "leave it out, the harness gives the data to training itself"
SHOWING = "leave it out, it serves a notebook and nobody looks when models are built"
TUNING = "search for settings in a notebook of your own, and write what was best into the builder"
INSTEAD: Mapping[str, str] = {
    **dict.fromkeys(
        ("torch", "lightning", "pytorch_lightning", "timm", "fastai", "jax", "flax", "mxnet", "theano"), KERAS
    ),
    **dict.fromkeys(("torchvision", "torchaudio", "torchtext", "tensorflow_datasets", "datasets", "kaggle"), DATA),
    **dict.fromkeys(
        ("tensorflow_addons", "keras_contrib", "keras_cv", "keras_nlp", "keras_hub", "tensorflow_hub"), KERAS
    ),
    **dict.fromkeys(("tensorflow_probability", "tensorflow_privacy", "transformers", "einops", "tf_keras"), KERAS),
    **dict.fromkeys(("google.colab", "google", "IPython", "ipywidgets", "tqdm", "seaborn", "plotly", "bokeh"), SHOWING),
    **dict.fromkeys(("wandb", "tensorboard", "mlflow", "livelossplot", "imageio", "kaggle_secrets", "pydot"), SHOWING),
    **dict.fromkeys(("keras_tuner", "kerastuner", "optuna", "hyperopt", "talos", "ray"), TUNING),
    **dict.fromkeys(("cv2", "skimage"), "work on arrays with numpy or PIL, or use keras.layers such as Resizing"),
    **dict.fromkeys(("gym", "ale_py"), "write `import gymnasium as gym`, whose step returns five values"),
    **dict.fromkeys(("statsmodels", "pmdarima", "prophet"), "leave it out, the baseline is the harness's"),
    "tensorflow_text": "leave it out, builders are given numbered words or letters",
}
WORD = re.compile(r"NameError: name '(\w++)' is not defined")


def instead(module: str) -> str:
    """Return what to do without a library, as the end of a sentence; "" if it is not known."""
    return INSTEAD.get(module) or INSTEAD.get(module.partition(".")[0], "")


@cache
def is_there(module: str, apart_from: str = "") -> bool:
    """Return whether a top-level module is Python's own or lies in a folder of libraries, told without importing it.

    The folder `apart_from`, which holds a submission, is none.
    """
    if module in sys.stdlib_module_names or module in sys.builtin_module_names:
        return True
    folders = [folder for folder in sys.path[1:] if folder and folder != apart_from]
    try:
        return PathFinder.find_spec(module, folders) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def absent(module: str) -> str:
    """Return what to say of a module that is not there."""
    there = f"There are {', '.join(name for name in OFFERED if is_there(name))}; your instructor can add others."
    if way := instead(module):
        return f"{module} is not installed where models are built: {way}. {there}"
    return (
        f"{module} is not there where models are built: if it is a file of yours, hand in {module}.py as well, and if"
        f" it is a library, write without it. {there}"
    )


def library(seen: Seen) -> str:
    """Return what to say of a library that is not there, or of a module that the submission lacks."""
    path = one_spelling(lost_path(seen.text)) if "No module named" in seen.said else ""
    module = "google.colab" if path.startswith("google.colab") else path.partition(".")[0]
    if not path or is_there(module, str(seen.work.folder)):
        return ""
    close = next((name for name in sorted(seen.work.modules) if name.lower() == module.lower()), "")
    if close:
        return f"There is {close}.py and no {module}.py: upper and lower case count in names of files."
    return absent(module)


def library_of_name(seen: Seen) -> str:
    """Return what to say of a name that an import would have set, had its library been there."""
    found = WORD.search(seen.text)
    if not found:
        return ""
    name = re.escape(found[1])
    pattern = rf"^[ \t]*+(?:import ([\w.]++) as {name}\b|import ({name})\b|from ([\w.]++) import [^\n]*\b{name}\b)"
    given = re.search(pattern, seen.source, re.MULTILINE)
    module = next(filter(None, given.groups()), "").partition(".")[0] if given else ""
    return absent(module) if module and not is_there(module) else ""
