"""Names likely mistakes from what was recorded. What is named here costs no marks (`harness.grading.unearned` does).

Rules are small pure functions from one measurement to a finding with its evidence, or None. They read learning curves,
measures, and `signs`: numbers about the outputs that were taken when these were at hand (`harness.scoring.signs`). A
task says which rules apply to it, the cause before the consequence. Modules of `harness.diagnosis.rules` are found:
their `RULES` are those that a task may name, their `ALWAYS` those that apply to every task, after the others; a rule in
`OF_ALL` speaks only where it would speak of every variant that was trained. One in `OF_SEVERAL` looks at all
measurements of a submission at once, and what it says of a variant comes first. `HARNESS_TRAINS` maps advice that names
what a student sets by compiling a model to the advice where the harness does that.
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from harness.diagnosis import rules as folder
from harness.errors import UsageError, did_you_mean
from harness.records.models import GIVEN, Finding, Measurement
from harness.task import FindingRule, Task


@cache
def modules() -> tuple[ModuleType, ...]:
    found = pkgutil.iter_modules(folder.__path__)
    return tuple(importlib.import_module(f"{folder.__name__}.{m.name}") for m in found)


@cache
def declared(name: str) -> tuple[FindingRule, ...]:
    """Return the rules that modules have under `ALWAYS` or `OF_ALL`."""
    return tuple(rule for module in modules() for rule in getattr(module, name, ()))


@cache
def rules() -> Mapping[str, FindingRule]:
    """Return every rule that a task may name, by the name of its function."""
    return {rule.__name__: rule for module in modules() for rule in module.RULES}


def rules_of(task: Task) -> list[FindingRule]:
    """Return the rules of a task, in its order: those named, and functions of its own.

    Raises UsageError with a close name for a rule that is not there.
    """
    known = rules()
    for name in task.findings:
        if isinstance(name, str) and name not in known:
            raise UsageError(f"Task {task.name} asks for the finding {name!r}.{did_you_mean(name, known)}")
    return [*(known[rule] if isinstance(rule, str) else rule for rule in task.findings), *declared("ALWAYS")]


def findings(task: Task, measurements: Sequence[Measurement]) -> list[Finding]:
    """Return what is worth telling about the variants of one submission, at most one finding for each.

    Nothing is told of what the harness computes itself: no student can mend it. Nor of what a variant is there to show.
    """
    several = [rule for module in modules() for rule in getattr(module, "OF_SEVERAL", ())]
    found = {finding.variant: finding for rule in several for finding in rule(task, measurements)}
    asked = [rule for rule in rules_of(task) if not _is_of_all(rule) or _speaks_of_all(rule, measurements)]
    for m in (one for one in measurements if one.source != GIVEN):
        meant = shown_by(task, m.variant)
        named = next((f for rule in asked if rule.__name__ not in meant and (f := rule(m))), None)
        if named:
            found.setdefault(named.variant, _fitting(named, task))
    return list(found.values())


def shown_by(task: Task, variant: str) -> frozenset[str]:
    """Return the names of the rules whose findings a variant is there to show.

    Raises UsageError with a close name for a rule that is not there.
    """
    shown = next((v.shows for v in task.variants if v.name == variant), ())
    for name in shown:
        if name not in rules():
            close = did_you_mean(name, rules())
            raise UsageError(f"Variant {variant} of task {task.name} shows the finding {name!r}.{close}")
    return frozenset(shown)


def _is_of_all(rule: FindingRule) -> bool:
    return rule in declared("OF_ALL")


def _speaks_of_all(rule: FindingRule, measurements: Sequence[Measurement]) -> bool:
    return all(rule(m) for m in measurements if m.source != GIVEN and m.fault is None and not m.not_run)


def _fitting(finding: Finding, task: Task) -> Finding:
    """Return a finding whose advice names only what the student sets in this task."""
    variant = next((v for v in task.variants if v.name == finding.variant), task.variants[0])
    if task.compiled_by_student(variant):
        return finding
    instead = {old: new for module in modules() for old, new in getattr(module, "HARNESS_TRAINS", {}).items()}
    return finding.model_copy(update={"next_step": instead.get(finding.next_step, finding.next_step)})
