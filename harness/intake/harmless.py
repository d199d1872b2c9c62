"""What a notebook may compute where it stands: constants, and objects that only say how something is to be built.

The rule for the right side of an assignment: literals, names that were taken, their attributes and items, operators,
comprehensions and lambdas, and calls of nothing but what is listed here. It is about what is worth taking and not about
safety: what is taken runs in the sandbox like any source.
"""

import ast
import re
import sys
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping

from harness.intake.bound import dotted, import_paths, root, running

BUILTINS = re.compile(
    "abs|bool|bytes|complex|dict|divmod|enumerate|float|frozenset|int|len|list|max|min|pow|range|reversed|round|set"
    "|sorted|str|sum|tuple|zip"
)
LIBRARY = re.compile(
    r"math\.\w+|functools\.partial|types\.SimpleNamespace|dataclasses\.field|pathlib\.Path|fractions\.Fraction"
    r"|collections\.(?:namedtuple|OrderedDict|defaultdict|Counter)|typing\.(?:TypeVar|NamedTuple|NewType)"
    r"|itertools\.(?:product|chain|repeat|accumulate)"
    r"|numpy\.(?:array|asarray|arange|linspace|logspace|geomspace|zeros|ones|full|eye|prod|sqrt|log|log2|exp"
    r"|u?int\d*|float\d*|bool_|random\.default_rng)"
)
# Classes of these modules, which have names in CamelCase, and the regularisers and initialisers that have not.
KERAS = re.compile(
    r"tensorflow\.\w+_initializer|(?:tensorflow\.)?keras\.(?:\w+\.)*(?:Sequential|regularizers\.(?:l1|l2|l1_l2)"
    r"|(?:initializers|regularizers|constraints|optimizers|losses|metrics|activations|layers)\.(?:\w+\.)*[A-Z]\w*)"
)


# Methods of Python's own values, those that change them among them.
METHODS = frozenset(
    name
    for kind in (bytes, dict, float, frozenset, int, list, range, set, str, tuple, OrderedDict, deque)
    for name in dir(kind)
    if not name.startswith("_")
)


def is_harmless(node: ast.AST, imported: Mapping[str, str], plain_classes: Iterable[str] = ()) -> bool:
    """Return whether an expression calls nothing but what is listed here, and waits for nothing.

    `imported` maps names to what they were imported as; `plain_classes` are data classes of the notebook.
    """
    own = {*plain_classes} - imported.keys()
    for part in running(node):
        if isinstance(part, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(part, ast.Call):
            path = dotted(part.func, imported)
            listed = path in own or BUILTINS.fullmatch(path) or LIBRARY.fullmatch(path) or KERAS.fullmatch(path)
            if not listed and not is_of_value(part.func, imported):
                return False
    return True


def is_of_value(called: ast.AST, imported: Mapping[str, str]) -> bool:
    """Return whether a call is that of a method which Python's own values have, such as `"a b".split()`."""
    return isinstance(called, ast.Attribute) and called.attr in METHODS and root(called) not in imported


def is_plain_class(node: ast.AST, imported: Mapping[str, str]) -> bool:
    """Return whether a statement defines a class of mere data: a data class or a named tuple."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        return dotted(node.value.func, imported) == "collections.namedtuple"
    if not isinstance(node, ast.ClassDef):
        return False
    decorators = [dotted(d.func if isinstance(d, ast.Call) else d, imported) for d in node.decorator_list]
    bases = [dotted(base, imported) for base in node.bases]
    return "dataclasses.dataclass" in decorators or "typing.NamedTuple" in bases


def needs_library(node: ast.AST, imported: Mapping[str, str]) -> bool:
    """Return whether a statement names something imported from outside Python's own library where it runs."""
    paths = {**imported, **import_paths(node)}
    named = {part.id for part in running(node) if isinstance(part, ast.Name)}
    return any(paths[name].split(".")[0] not in sys.stdlib_module_names for name in named if name in paths)
