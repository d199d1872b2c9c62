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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import ModuleType
from typing import Any

from harness.diagnosis import rules as folder
from harness.errors import UsageError, did_you_mean
from harness.records.models import GIVEN, Finding, Measurement
from harness.task import FindingRule, Task

Failed = Callable[[str, Exception], None]  # is told the name of a rule, and what it raised


@cache
def modules() -> tuple[ModuleType, ...]:
    found = pkgutil.iter_modules(folder.__path__)
    return tuple(importlib.import_module(f"{folder.__name__}.{m.name}") for m in found)


@cache
def declared(name: str) -> tuple[Any, ...]:
    """Return the rules that modules have under `RULES`, `ALWAYS`, `OF_ALL` or `OF_SEVERAL`."""
    return tuple(rule for module in modules() for rule in getattr(module, name, ()))


@cache
def rules() -> Mapping[str, FindingRule]:
    """Return every rule that a task may name, by the name of its function."""
    return {rule.__name__: rule for rule in declared("RULES")}


def rules_of(task: Task) -> list[FindingRule]:
    """Return the rules of a task, in its order: those named, and functions of its own.

    Raises UsageError with a close name for a rule that is not there.
    """
    known = rules()
    for name in task.findings:
        if isinstance(name, str) and name not in known:
            raise UsageError(f"Task {task.name} asks for the finding {name!r}.{did_you_mean(name, known)}")
    return [*(known[rule] if isinstance(rule, str) else rule for rule in task.findings), *declared("ALWAYS")]


def check(task: Task) -> None:
    """Raise UsageError with a close name for a rule that a task or one of its variants names and that is not there."""
    known = {*rules(), *map(name_of, (*rules_of(task), *declared("OF_SEVERAL")))}
    for variant, name in ((v.name, name) for v in task.variants for name in v.shows):
        if name not in known:
            close = did_you_mean(name, known)
            raise UsageError(f"Variant {variant} of task {task.name} shows the finding {name!r}.{close}")


def findings(task: Task, measurements: Sequence[Measurement], failed: Failed | None = None) -> list[Finding]:
    """Return what is worth telling about the variants of one submission, at most one finding for each.

    Nothing is told of what the harness computes itself: no student can mend it. Nor of what a variant is there to show.
    `failed` is told of each rule that raises, and the others speak on; without it the exception is passed on.
    """
    asking, shown = partial(_said, failed or _pass_on), {v.name: v.shows for v in task.variants}
    trained = [m for m in measurements if m.source != GIVEN]
    asked = [rule for rule in rules_of(task) if not _is_of_all(rule) or _speaks_of_all(partial(asking, rule), trained)]
    of_several = [(rule, f) for rule in declared("OF_SEVERAL") for f in asking(rule, task, measurements)]
    found = {f.variant: f for rule, f in of_several if name_of(rule) not in shown.get(f.variant, ())}
    for m in trained:
        speaking = (rule for rule in asked if name_of(rule) not in shown.get(m.variant, ()))
        if first := next((f for rule in speaking for f in asking(rule, m)), None):
            found.setdefault(first.variant, first)
    return [_fitting(finding, task) for finding in found.values()]


def name_of(rule: Callable[..., Any]) -> str:
    """Return the name of a function, or of the class of what is called like one."""
    return str(getattr(rule, "__name__", type(rule).__name__))


def _said(failed: Failed, rule: Callable[..., Any], *given: Any) -> list[Finding]:
    """Return what a rule says; nothing where it raises, of which `failed` is told, as of what is no finding."""
    try:
        return _as_findings(rule(*given))
    except Exception as error:
        failed(name_of(rule), error)
        return []


def _as_findings(said: object) -> list[Finding]:
    every = list(said) if isinstance(said, Iterator) else [said] if said else []
    found = [one for one in every if isinstance(one, Finding)]
    if len(found) < len(every):
        raise TypeError(f"expected a Finding or None, received {every}")
    return found


def _pass_on(rule: str, error: Exception) -> None:
    raise error


def _is_of_all(rule: FindingRule) -> bool:
    return rule in declared("OF_ALL")


def _speaks_of_all(asking: Callable[[Measurement], list[Finding]], trained: Sequence[Measurement]) -> bool:
    return all(asking(m) for m in trained if m.fault is None and not m.not_run)


def _fitting(finding: Finding, task: Task) -> Finding:
    """Return a finding whose advice names only what the student sets in this task."""
    variant = next((v for v in task.variants if v.name == finding.variant), task.variants[0])
    if task.compiled_by_student(variant):
        return finding
    instead = {old: new for module in modules() for old, new in getattr(module, "HARNESS_TRAINS", {}).items()}
    return finding.model_copy(update={"next_step": instead.get(finding.next_step, finding.next_step)})
