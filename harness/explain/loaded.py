"""What the libraries that are loaded offer, looked up without importing any: whose a class is, and close names."""

import sys
from difflib import get_close_matches

from harness.explain.lost import lost_path
from harness.explain.seen import Seen

PARTS = ("layers", "callbacks", "optimizers", "models", "regularizers", "initializers", "losses", "metrics")
FITTING = frozenset({"fit", "compile", "evaluate", "predict"})


def of_keras(name: str, method: str = "") -> bool:
    """Return whether Keras has a class or function of this name; of a method of models, whether it can be that."""
    if method in FITTING and name.endswith(("Trainer", "Model")):
        return True
    keras = sys.modules.get("keras")
    return any(hasattr(place, name) for place in (keras, *(getattr(keras, part, None) for part in PARTS)) if place)


def misspelt(seen: Seen) -> str:
    """Return what to say of a name that a loaded library has in another spelling."""
    module, _, name = lost_path(seen.text).rpartition(".")
    if not module or module.partition(".")[0] in seen.work.modules:
        return ""
    there = (
        [known for known in dir(sys.modules.get(module)) if not known.startswith("_")] if module in sys.modules else []
    )
    close = get_close_matches(name, there, n=1, cutoff=0.8)
    return f"{module} has no {name}. Did you mean {close[0]}?" if close else ""
