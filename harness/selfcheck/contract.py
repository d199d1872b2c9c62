"""Runs the checks before training in the sandbox, the cheapest first, and words how each one ended."""

from collections.abc import Sequence

from harness.records.models import Fault
from harness.sandbox.job import Input, Outcome
from harness.selfcheck.bench import Bench
from harness.selfcheck.candidates import chosen
from harness.selfcheck.checks import IMPORT, Check, Ending, by_builder, planned
from harness.selfcheck.slices import Slices, before_training, small_steps, training, trial_step
from harness.selfcheck.timed import time
from harness.selfcheck.verdicts import Verdict, after_training, gradients, logits, loss, models, size
from harness.task import Step, Variant
from harness.workflow.asking import save_arrays

Some = list[Variant]
ABOUT_THE_FILE = ("import", "exception", "limit", "crash", "output")  # faults before any builder was looked at


def run_checks(bench: Bench) -> list[Check]:
    """Return every check of the task with how it ended; what depends on a failed one is skipped."""
    found = endings(bench)
    checks = planned(bench.context.task)
    unknown = Verdict(Ending.SKIPPED, "Not looked at, because an earlier check failed.")
    verdicts = [(check, found.get(check.id, unknown)) for check in checks]
    return [c.model_copy(update={"ending": v.ending, "words": v.words}) for c, v in verdicts]


def endings(bench: Bench) -> dict[str, Verdict]:
    """Return the verdicts by check."""
    if bench.entry.fault:
        return {IMPORT: Verdict.of(bench.entry.fault)}
    builders = by_builder(bench.context.task)
    signed = dict(zip(builders, bench.each(lambda some: signatures(bench, some), list(builders.values())), strict=True))
    broken = next((f for f in signed.values() if f and (f.owner == "harness" or f.kind in ABOUT_THE_FILE)), None)
    if broken:
        return {IMPORT: Verdict.of(broken)}
    found = {IMPORT: Verdict(Ending.PASSED)}
    found |= {f"{name}-arguments": Verdict.of(fault) for name, fault in signed.items()}
    said, bench = chosen(bench)
    found |= said
    there = by_builder(bench.context.task)  # without variants of candidates that were not chosen
    good = [name for name in there if signed[name] is None]
    for name, verdicts in zip(good, bench.each(lambda n: of_builder(bench, n, there[n]), good), strict=True):
        found |= {f"{name}-{kind}": verdict for kind, verdict in verdicts.items()}
    return found


def signatures(bench: Bench, some: Some) -> Fault | None:
    return bench.contract(calls=[bench.context.described(v) for v in some]).fault


def of_builder(bench: Bench, name: str, some: Some) -> dict[str, Verdict]:
    """Return the verdicts about one builder: its models, and how the first of them trains."""
    outcomes = bench.each(lambda v: bench.contract(build=[bench.context.described(v)]), some)
    names = [variant.name for variant in some]
    found = {"models": models(names, outcomes), "size": size(bench.context, some[0], outcomes)}
    if outcomes[0].fault:
        return found
    built = [variant for variant, outcome in zip(some, outcomes, strict=True) if not outcome.fault]
    slices = Slices(bench.context, bench.folder / name)
    outcome, train = short_training(bench, some[0], slices)
    tried = trial(bench, some[0], outcome, train, slices)
    if tried["gradients"].ending is Ending.FAILED and tried["loss"].ending is not Ending.FAILED:
        tried["gradients"] = elsewhere(bench, built[1:], tried["gradients"])
    if fault := first_fault(bench, before_training(bench.context, some[0])):
        tried["outputs"] = Verdict.of(fault)
    found |= tried
    if any(verdict.ending in (Ending.FAILED, Ending.ERROR) for verdict in tried.values()):
        return found
    half = bool(outcome and outcome.fault is None and outcome.arrays["half"].any())
    return found | {"time": time(bench, built, half=half)}


def first_fault(bench: Bench, steps: Sequence[Step]) -> Fault | None:
    """Run steps as grading does and return the first fault."""
    for step in steps:
        outcome = bench.run(step, {name: bench.context.files[name] for name in step.inputs})
        if outcome.fault:
            return outcome.fault
    return None


def elsewhere(bench: Bench, variants: Sequence[Variant], so_far: Verdict) -> Verdict:
    """Return the verdict of another variant in which every weight moves; that of the first if none does.

    A weight may have nothing to do in one variant: the recurrent one of a network that sees a single step.
    """
    middle = len(variants) // 2
    for variant in {v.name: v for v in (*variants[-1:], *variants[middle : middle + 1])}.values():
        slices = Slices(bench.context, bench.folder / f"{variant.builder}-{variant.name}")
        outcome, train = short_training(bench, variant, slices)
        if outcome and train:
            verdict = gradients(outcome, train, f" in the variant {variant.name}")
            if verdict.ending is Ending.PASSED:
                return verdict
    return so_far


def short_training(bench: Bench, variant: Variant, slices: Slices) -> tuple[Outcome | None, Step | None]:
    """Run a few epochs of a variant's training; None where that cannot be made short."""
    train, _ = training(bench.context, variant)
    if train is None or "epochs" not in train.settings or train.dialogue:
        return None, None
    step = trial_step(train, bench.context.provenance.speed)
    return bench.run(step, {name: slices.path(name) for name in train.inputs}), train


def trial(
    bench: Bench, variant: Variant, outcome: Outcome | None, train: Step | None, slices: Slices
) -> dict[str, Verdict]:
    """Return the verdicts about a short training of one variant, and about the steps behind it."""
    if outcome is None or train is None:
        short = Verdict(
            Ending.SKIPPED, "This task's training cannot be tried in a few seconds; grading runs all of it."
        )
        return {"loss": short, "gradients": short, "outputs": short}
    found = {"loss": loss(outcome, train), "gradients": gradients(outcome, train)}
    if outcome.fault:
        untried = Verdict(Ending.SKIPPED, "Not looked at, because the short training before it did not end well.")
        return found | {"outputs": untried}
    if wrong := logits(outcome, train):
        return found | {"outputs": wrong}
    _, later = training(bench.context, variant)
    ran, fault = run_later(bench, later, slices, dict(outcome.blobs))
    return found | {"outputs": after_training(ran, fault, later)}


def run_later(
    bench: Bench, later: Sequence[Step], slices: Slices, made: dict[str, Input]
) -> tuple[list[Step], Fault | None]:
    """Run what can be run after training on slices; return the steps that did, and the fault that ended them."""
    ran: list[Step] = []
    for step in small_steps(later, slices, made):
        ours = {name: slices.path(name) for name in step.inputs if name not in made}
        outcome = bench.run(step, {**made, **ours})
        if outcome.fault:
            return ran, outcome.fault
        ran.append(step)
        made.update(outcome.blobs)
        made.update(save_arrays(outcome.arrays, slices.folder))
    return ran, None
