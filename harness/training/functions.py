"""Functions that steps run: those of this package, or of the text that a task of a course brings."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def find(run: str, code: str) -> Callable[..., Any]:
    """Return the function `module:function`: of a module of this package, or of the text `code` where there is one."""
    module, function = run.split(":")
    found: Callable[..., Any] = getattr(own(module, code) if code else importlib.import_module(module), function)
    return found


def own(name: str, code: str) -> ModuleType:
    """Return a module made of a text, known by `name` to whatever it holds."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(code, f"{name}.py", "exec"), vars(module))  # noqa: S102 - an instructor's code, inside the walls
    return module
