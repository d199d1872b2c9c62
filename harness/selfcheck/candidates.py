"""The check of the settings that a student chose: each function is asked once, and what it returns is looked at."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from harness.records.models import Fault
from harness.report.words.text import count
from harness.selfcheck.bench import Bench
from harness.selfcheck.checks import Ending, candidates_id
from harness.selfcheck.verdicts import Verdict
from harness.task import Candidates
from harness.workflow.candidates import OUTPUT, Settings, by_variant, present
from harness.workflow.execute import chosen_in


def chosen(bench: Bench) -> tuple[dict[str, Verdict], Bench]:
    """Return the verdict about each function, and the bench with the variants that there are by what they return."""
    verdicts: dict[str, Verdict] = {}
    found: dict[str, list[Settings]] = {}
    for declared in bench.context.task.candidates:
        settings, fault = asked(bench, declared)
        known = f"Chose {count(len(settings), 'candidate')}." if fault is None else ""
        verdicts[candidates_id(declared)] = Verdict(Ending.PASSED, known) if fault is None else Verdict.of(fault)
        found[declared.function] = settings
    return verdicts, knowing(bench, found)


def asked(bench: Bench, declared: Candidates) -> tuple[list[Settings], Fault | None]:
    outcome = bench.candidates([asdict(declared)])
    if outcome.fault:
        return [], outcome.fault
    found, fault = chosen_in(outcome.blobs[OUTPUT].read(), (declared,))
    return found.get(declared.function, []), fault


def knowing(bench: Bench, found: Mapping[str, list[Settings]]) -> Bench:
    """Return the bench with these candidates; a winner is one of them, so that nothing of it is left to look at."""
    every = bench.context.task
    task = replace(every, variants=tuple(v for v in every.variants if not v.winner))
    context = replace(bench.context, task=present(task, found), chosen=by_variant(task, found))
    return replace(bench, context=context)
