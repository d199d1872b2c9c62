"""Names likely mistakes from what was recorded. Findings cost no marks.

Rules are small pure functions from one measurement to a finding with its evidence, or None. They read learning curves,
measures, and `signs`: numbers about the outputs that were taken when these were at hand (`harness.scoring.signs`). A
task says which rules apply to it, the cause before the consequence; every module of `harness.diagnosis.rules` is found.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache

from harness.diagnosis import rules as folder
from harness.errors import UsageError, did_you_mean
from harness.records.models import Finding, Measurement
from harness.task import FindingRule, Task


@cache
def rules() -> Mapping[str, FindingRule]:
    """Return every rule by the name of its function."""
    modules = (importlib.import_module(f"{folder.__name__}.{m.name}") for m in pkgutil.iter_modules(folder.__path__))
    return {rule.__name__: rule for module in modules for rule in module.RULES}


def rules_of(task: Task) -> list[FindingRule]:
    """Return the rules of a task, in its order: those named, and functions of its own.

    Raises UsageError with a close name for a rule that is not there.
    """
    known = rules()
    for name in task.findings:
        if isinstance(name, str) and name not in known:
            raise UsageError(f"Task {task.name} asks for the finding {name!r}.{did_you_mean(name, known)}")
    return [known[rule] if isinstance(rule, str) else rule for rule in task.findings]


def findings(task: Task, measurements: Sequence[Measurement]) -> list[Finding]:
    """Return what is worth telling about the variants of one submission, at most one finding for each."""
    found: dict[str, Finding] = {}
    asked = rules_of(task)
    for m in measurements:
        named = next((f for rule in asked if (f := rule(m))), None)
        if named:
            found.setdefault(named.variant, named)
    return list(found.values())
