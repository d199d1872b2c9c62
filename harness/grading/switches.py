"""Switches and settings that reach nothing: two variants have other arguments, and their training is the same."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from harness.grading.seeds import runs_of
from harness.records.models import Finding, Measurement, Plain
from harness.task import Task, Variant

EPOCHS: Final = 2  # of a learning curve, at least: fewer numbers may be equal by chance
CHANGE: Final = 1e-3  # relative; a loss that hardly moves may be the same in two networks that both do nothing


def ignored(task: Task, measurements: Sequence[Measurement]) -> dict[str, Finding]:
    """Return the variants that are equal to an earlier one to the last bit under every seed of both, with a finding.

    Both come from one builder and differ in its arguments alone, or in settings that a student chose. Every measure and
    the whole learning curve have to agree, and the training to have changed the loss: networks in which nothing moves
    are alike for another reason.
    """
    runs = runs_of(measurements)
    variants = [v for v in task.trained() if not v.winner]
    arguments = {v.name: {**v.arguments, **_settings(runs.get(v.name, {}))} for v in variants}
    found: dict[str, Finding] = {}
    for first, second in combinations(variants, 2):
        seeds = sorted(runs.get(first.name, {}).keys() & runs.get(second.name, {}).keys())
        pairs = [(runs[first.name][s], runs[second.name][s]) for s in seeds]
        equal = bool(pairs) and _alike(first, second) and all(_equal(a, b) for a, b in pairs)
        differ = _differ(arguments[first.name], arguments[second.name]) if equal else []
        if differ:
            found.setdefault(second.name, _finding(first, second, differ, pairs[0][1]))
    return found


def _alike(one: Variant, other: Variant) -> bool:
    """Say whether two variants of one builder are of one kind."""
    return (one.builder, one.chosen_by) == (other.builder, other.chosen_by) and type(one) is type(other)


def _differ(these: Mapping[str, Plain], those: Mapping[str, Plain]) -> list[str]:
    """Return the arguments in which two variants differ."""
    absent = object()
    return [n for n in dict.fromkeys([*these, *those]) if these.get(n, absent) != those.get(n, absent)]


def _settings(by_seed: Mapping[int, Measurement]) -> Mapping[str, Plain]:
    """Return what a student chose for a candidate, which is the same under every seed."""
    return next(iter(by_seed.values())).settings if by_seed else {}


def _equal(one: Measurement, other: Measurement) -> bool:
    if one.fault or other.fault or not one.measures:
        return False
    if one.curve != other.curve:
        return False
    values = [{name: score.value for name, score in m.measures.items()} for m in (one, other)]
    return values[0] == values[1] and _moves(one)


def _moves(run: Measurement) -> bool:
    """Say whether a training changed anything that its curve shows."""
    columns = [c for c in run.curve.values() if len(c) >= EPOCHS and all(map(math.isfinite, c))]
    changes = run.moved != 0 and any(max(c) - min(c) > CHANGE * max(map(abs, c)) for c in columns)
    return changes and len({tuple(c) for c in columns}) == len(columns)


def _finding(first: Variant, second: Variant, differ: Sequence[str], run: Measurement) -> Finding:
    which = " and ".join(differ)
    argument = f"argument{'s' if len(differ) > 1 else ''} {which}"
    name, score = next(iter(run.measures.items()))
    asked = "chose" if second.candidate else "is asked for with"
    return Finding(
        variant=second.name,
        title=f"The {argument} {'make' if len(differ) > 1 else 'makes'} no difference",
        evidence=f"{second.name} {asked} another {which} than {first.name}, and every measure and the whole"
        f" learning curve of the two are equal to the last bit, such as {name} {score.value:.6g}."
        f" So nothing counts as reached by {second.name}.",
        next_step=f"Use the {argument} where the model is built, and check that it reaches a layer or the optimiser."
        + " One that the optimiser does not have is not worth a candidate." * bool(second.candidate),
        quotes=[f"{v.name}.{name}" for v in (first, second)],
    )
