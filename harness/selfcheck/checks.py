"""What is checked before training, check by check: which there are, and how each one ended."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from harness.records.models import Frozen
from harness.task import Builder, Candidates, Task, Variant

IMPORT = "import"


class Ending(StrEnum):
    """How a check ended. An error is the harness's fault; what was skipped says nothing about the student."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Check(Frozen):
    """One check: `text` says what has to hold, `words` how it was found, in one or two sentences."""

    id: str
    text: str
    ending: Ending = Ending.SKIPPED
    words: str = ""


class Contract(Frozen):
    """All checks of one submission in one task.

    `seconds` is what they took in all, `backend_s` how much of that went into waiting for the backend's import; both
    are 0 for what was recorded before.
    """

    task: str
    title: str
    checks: list[Check]
    seconds: float = 0.0
    backend_s: float = 0.0

    def ended(self, ending: Ending) -> list[Check]:
        return [c for c in self.checks if c.ending is ending]

    def check(self, name: str) -> Check:
        return next(c for c in self.checks if c.id == name)


def by_builder(task: Task) -> dict[str, list[Variant]]:
    """Return for each builder its variants, in the task's order."""
    found: dict[str, list[Variant]] = {}
    for variant in task.trained():
        found.setdefault(task.builder_of(variant).name, []).append(variant)
    return found


def planned(task: Task) -> list[Check]:
    """Return every check of a task as it stands before anything has run."""
    return list(_planned(task))


def _planned(task: Task) -> Iterator[Check]:
    yield Check(id=IMPORT, text=f"{task.name}.py can be read and imported.")
    for candidates in task.candidates:
        yield Check(id=candidates_id(candidates), text=f"{candidates.function}() returns settings that can be trained.")
    signatures = {b.name: signature(b) for b in task.builders}
    for builder, some in by_builder(task).items():
        functions = [f.name for f in task.functions_of(task.builder_of(some[0])) if not f.optional]
        beside = f", and so {'is' if len(functions) == 1 else 'are'} {', '.join(functions)}" if functions else ""
        texts: Mapping[str, str] = {
            "arguments": f"{signatures.get(builder, builder)} is there and takes these arguments{beside}.",
            "models": f"{builder} returns the Keras models asked for, in every variant.",
            "size": "The number of parameters stays within its budget.",
            "loss": "A few steps of training lower the loss.",
            "gradients": "Gradients reach every weight.",
            "outputs": f"What {outputs_of(functions)} has the shape and the range asked for.",
            "time": "Training takes no more CPU time than it may.",
        }
        for kind, text in texts.items():
            yield Check(id=f"{builder}-{kind}", text=text)


def outputs_of(functions: Sequence[str]) -> str:
    """Return whose outputs are looked at: the trained models', and those of the functions called beside them."""
    return f"the trained models and {', '.join(functions)} return" if functions else "the trained models put out"


def candidates_id(candidates: Candidates) -> str:
    return f"{candidates.function}-candidates"


def signature(builder: Builder) -> str:
    return f"{builder.name}({', '.join(a.name for a in builder.arguments)})"
