"""The message about an exception: where it was, a sentence of ours on what to do, then what the library says."""

from collections.abc import Callable

from harness.explain import fitting, layers, surroundings, symbolic
from harness.explain.cleaned import shortened
from harness.explain.idiom import first
from harness.explain.keras_arguments import argument
from harness.explain.keras_attributes import attribute
from harness.explain.keras_backend import backend_name
from harness.explain.keras_names import keras_name
from harness.explain.libraries import library, library_of_name
from harness.explain.loaded import misspelt
from harness.explain.python_names import IDIOMS as PYTHON
from harness.explain.python_names import not_set, python_name, shadowed
from harness.explain.seen import Seen, Work, see
from harness.explain.tensorflow_names import other_tensorflow_name, tensorflow_name

MOST = 540  # characters of a message; what crosses the wall has room for no more
MOST_ALONE = 400  # of one without a sentence of ours
LEAST_SAID, MOST_SAID = 40, 240  # characters of a library's words beside ours
LEGACY = "TF_USE_LEGACY_KERAS asks for Keras 2, which is not there: take that line out, models are built with Keras 3."

Answer = Callable[[Seen], str]


def legacy(seen: Seen) -> str:
    """Return the sentence for a file that asks TensorFlow for Keras 2."""
    asked = "TF_USE_LEGACY_KERAS" in seen.source
    return LEGACY if asked and ("Keras cannot be imported" in seen.said or "tf_keras" in seen.said) else ""


def by_pattern(seen: Seen) -> str:
    """Return the answer of the first pattern that fits, the narrow ones first."""
    return first((*symbolic.IDIOMS, *layers.IDIOMS, *fitting.IDIOMS, *PYTHON, *surroundings.IDIOMS), seen)


# The narrow ones first: a name that a table has is no missing library.
ANSWERS: tuple[Answer, ...] = (
    legacy,
    shadowed,
    backend_name,
    keras_name,
    tensorflow_name,
    python_name,
    misspelt,
    other_tensorflow_name,
    argument,
    attribute,
    library,
    library_of_name,
    by_pattern,
    not_set,
)


def answer(seen: Seen) -> str:
    """Return one sentence on what to do about an exception, or nothing where none is known."""
    return next(filter(None, (find(seen) for find in ANSWERS)), "")


def explained(error: BaseException, work: Work, about: str = "") -> str:
    """Return the message about an exception that student code or its model raised, in at most `MOST` characters.

    It names the place in the student's files if there is one, or `about`: the builder or model that was called.
    """
    seen = see(error, work)
    ours, where = answer(seen), ", in ".join(filter(None, (seen.place, about)))
    start = f"{where}: " if where else ""
    theirs = f"{seen.kind}{' in ' if seen.called else ''}{seen.called}: {seen.said}".removesuffix(": ")
    if not ours:
        return start + shortened(theirs, max(MOST_ALONE - len(start), LEAST_SAID))
    room = min(MOST_SAID, MOST - len(start) - len(ours) - len(" ()"))
    return f"{start}{ours} ({shortened(theirs, room).removesuffix('.')})" if room > LEAST_SAID else start + ours
