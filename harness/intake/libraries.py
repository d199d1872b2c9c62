"""Which libraries are there where models are built, told without importing any."""

import sys

from harness.explain.libraries import OF_NOTEBOOKS, OFFERED, is_there

BROUGHT = sys.stdlib_module_names | {*OFFERED}  # these are there wherever a submission is built


def is_of_notebooks(path: str) -> bool:
    """Return whether a dotted path lies in what only notebooks have."""
    return any(path == name or path.startswith(f"{name}.") for name in OF_NOTEBOOKS)


def is_installed(module: str) -> bool:
    """Return whether a top-level module is Python's own or lies in a folder of libraries, not in the working one."""
    return module in BROUGHT or is_there(module)
