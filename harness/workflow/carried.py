"""How many numbers a model holds at least, told by the bytes of weights that are carried to the step that predicts.

The count that a training hands back comes from a process that runs student code: a model may name few of its weights
when it is counted, and carry all of them on. Budgets rest on that count.
"""

from collections.abc import Mapping
from typing import Any, Final

from numpy.typing import NDArray

from harness.sandbox.spool import Blob
from harness.task import FactName, FactsOutput, Step

WIDEST: Final = 8  # bytes a number takes at most; most take four, and what says otherwise is the student's word
COUNTED: Final[FactName] = "parameters"


def at_least_carried(
    step: Step, arrays: Mapping[str, NDArray[Any]], blobs: Mapping[str, Blob]
) -> dict[str, NDArray[Any]]:
    """Return the arrays that a step handed back, its count of parameters no smaller than a model it keeps can have.

    Models may share weights, so that only the largest file of weights counts.
    """
    least = max((blobs[kept.weights].size for kept in step.keeps if kept.weights in blobs), default=0) // WIDEST
    return {**arrays, **{o.name: _raised(o, arrays[o.name], least) for o in step.outputs if isinstance(o, FactsOutput)}}


def _raised(output: FactsOutput, facts: NDArray[Any], least: int) -> NDArray[Any]:
    place, raised = output.facts.index(COUNTED), facts.copy()
    if not raised[place] >= least:  # NaN neither
        raised[place] = least
    return raised
