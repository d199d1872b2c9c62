"""Which libraries are there where models are built, told without importing any."""

import sys
from functools import cache
from importlib.machinery import PathFinder

# What the harness itself brings, so that it is there wherever a submission is built.
BROUGHT = sys.stdlib_module_names | {
    *("gymnasium", "keras", "matplotlib", "nltk", "numpy", "pandas", "PIL", "scipy", "sklearn", "tensorflow"),
}
# What is there in a notebook alone: it serves to show things and to talk to the page.
OF_NOTEBOOKS = ("IPython", "ipywidgets", "google.colab", "kaggle_secrets", "notebook")


def is_of_notebooks(path: str) -> bool:
    """Return whether a dotted path lies in what only notebooks have."""
    return any(path == name or path.startswith(f"{name}.") for name in OF_NOTEBOOKS)


@cache
def is_installed(module: str) -> bool:
    """Return whether a top-level module is Python's own or lies in a folder of libraries, not in the working one."""
    if module in BROUGHT or module in sys.builtin_module_names:
        return True
    folders = [folder for folder in sys.path[1:] if folder]
    try:
        return PathFinder.find_spec(module, folders) is not None
    except (ImportError, ValueError, AttributeError):
        return False
