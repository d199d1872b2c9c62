"""Names of another Python, of another NumPy, and modules named like Python's own."""

import re
import sys
from collections.abc import Mapping

from harness.explain.idiom import Idiom
from harness.explain.libraries import is_there
from harness.explain.lost import lost_path, nearest
from harness.explain.seen import Seen

VERSION = f"Python {sys.version_info.major}.{sys.version_info.minor}"
NAMES: Mapping[str, str] = {
    **{
        f"collections.{n}": f"write `from collections.abc import {n}`"
        for n in ("Iterable", "Mapping", "Sequence", "Callable")
    },
    "itertools.izip": "write zip",
    "itertools.imap": "write map",
    "string.maketrans": "write str.maketrans",
    "string.letters": "write string.ascii_letters",
    "urllib2": "leave it out, there is no network",
    "cPickle": "write `import pickle`",
    "StringIO": "write `from io import StringIO`",
    "Queue": "write `import queue`",
    "imp": "write `import importlib`",
    "distutils": "leave it out",
    "sklearn.externals": "write `import joblib`, or leave it out",
    "scipy.misc": "write PIL.Image or keras.layers.Resizing",
    "numpy.float": "write float",
    "numpy.int": "write int",
    "numpy.bool": "write bool",
    "numpy.object": "write object",
    "numpy.str": "write str",
    "numpy.product": "write np.prod",
    "numpy.float_": "write np.float64",
    "numpy.alltrue": "write np.all",
    "numpy.sometrue": "write np.any",
    "numpy.in1d": "write np.isin",
    "numpy.trapz": "write np.trapezoid",
    "pandas.Panel": "write a DataFrame",
}
BUILTINS: Mapping[str, str] = {
    "xrange": "write range",
    "unicode": "write str",
    "raw_input": "write the value into the file",
    "basestring": "write str",
    "long": "write int",
    "reduce": "write `from functools import reduce`",
    "unichr": "write chr",
    "reload": "leave it out",
}
# What later versions of Python added to modules that were there before.
LATER = {"typing.override": "3.12", "itertools.batched": "3.12", "warnings.deprecated": "3.13", "copy.replace": "3.13"}
NAME = re.compile(r"NameError: name '(\w++)' is not defined")

IDIOMS = (
    Idiom(
        r"NameError: name 'get_ipython'",
        "get_ipython is there in a notebook only: hand in the notebook, or take the line out.",
    ),
    Idiom(r"NameError: name 'display'", "display is there in a notebook only: take the line out."),
    Idiom(
        r"too many values to unpack \(expected (?P<n>[24])\)|not enough values to unpack",
        "In gymnasium, reset returns (observation, info), and step (observation, reward, terminated, truncated, info).",
        line=r"\.step\(|\.reset\(",
    ),
    Idiom(
        r"attempted relative import with no known parent package",
        "The file is imported by itself, not as part of a package: write `from blocks import head` in place of `from"
        " .blocks import head`, and hand in both files.",
    ),
)


def python_name(seen: Seen) -> str:
    """Return the sentence for a name of Python or NumPy that is of another version."""
    path = lost_path(seen.text)
    if path in LATER:
        return f"{path} is of Python {LATER[path]}, and {VERSION} grades: write it without."
    known, way = nearest(path, NAMES)
    if known:
        return f"{known} is not in the versions that grade ({VERSION}): {way}."
    word = found[1] if (found := NAME.search(seen.text)) else ""
    return f"{word} is of Python 2, and {VERSION} grades: {BUILTINS[word]}." if word in BUILTINS else ""


def shadowed(seen: Seen) -> str:
    """Return the sentence for a module of the submission that has the name of a library, which is imported instead."""
    module = lost_path(seen.text).partition(".")[0]
    if ("No module named" in seen.said and "is not a package" not in seen.said) or module not in seen.work.modules:
        return ""
    if not is_there(module, str(seen.work.folder)):
        return ""
    whose = "Python's own" if module in sys.stdlib_module_names else "a library"
    return (
        f"{module}.py has the name of a module of {whose}, which is imported in its place: rename it, as in"
        f" my_{module}.py, and import it by that name."
    )


def not_set(seen: Seen) -> str:
    """Return the sentence for a name that the source taken from a notebook does not set."""
    found = NAME.search(seen.text)
    if not found or not seen.from_notebook:
        return ""
    return (
        f"Nothing that was taken from the notebook sets {found[1]}: the remarks say what was left out and why; tag the"
        " cell that sets it harness-keep, or set it in the builder."
    )
