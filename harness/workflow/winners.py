"""The winner of a search: which of the candidates of a submission is trained on, decided from records alone."""

import math
from collections.abc import Iterator, Mapping

from harness.records.models import Measurement
from harness.task import Task, Variant, Winner
from harness.workflow.candidates import Settings, by_variant, candidates_of
from harness.workflow.plan import TaskEntry, slot, unslot

Known = Mapping[str, Measurement]  # what has been measured, by record key


def settings_of(task: Task, entry: TaskEntry, keys: Mapping[str, str], have: Known) -> dict[str, Settings]:
    """Return the settings of every variant of a submission that chooses them, as far as they are known, by slot.

    `keys` maps the slots of candidates to record keys. A winner is known when all candidates of its function have been
    measured under its seed, none with a fault of the harness; under a spare seed it is that of the first.
    """
    chosen = by_variant(task, have[entry.contract].candidates)
    seeds = (*entry.seeds, *entry.spare_seeds)
    found = {slot(name, seed): chosen[name] for name in entry.variants if name in chosen for seed in seeds}
    for variant, winner in _winners(task, entry):
        of = [v.name for v in candidates_of(task, winner) if v.name in chosen]
        for seed in seeds:
            under = seed if seed in entry.seeds else entry.seeds[0]
            runs = [have.get(keys.get(slot(name, under), "")) for name in of]
            if best := best_of([run for run in runs if run and _counts(run)], len(of), winner.by):
                found[slot(variant.name, seed)] = chosen[best]
    return found


def best_of(runs: list[Measurement], of: int, by: str) -> str:
    """Return the variant that is highest in the measure `by`, the first of equals; empty while runs of `of` are open.

    One without a finite number, as it diverged or failed, comes last.
    """
    if not runs or len(runs) < of:
        return ""
    values = {run.variant: run.measures[by].value if by in run.measures else math.nan for run in runs}
    return max(values, key=lambda name: values[name] if math.isfinite(values[name]) else -math.inf)


def _counts(run: Measurement) -> bool:
    return run.fault is None or run.fault.owner == "student"


def _winners(task: Task, entry: TaskEntry) -> Iterator[tuple[Variant, Winner]]:
    yield from ((v, v.winner) for v in task.variants if v.winner and v.name in entry.winners)


def won(found: Mapping[str, Settings], entry: TaskEntry) -> dict[str, Settings]:
    """Return those settings in `found` that are a winner's, by slot."""
    return {name: settings for name, settings in found.items() if unslot(name)[0] in entry.winners}
