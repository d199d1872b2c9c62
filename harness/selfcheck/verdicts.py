"""From what the sandbox handed back to the ending of each check, in words for the student. Pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from harness.records.models import Fault
from harness.report.words.text import clean, count, number, sentence
from harness.sandbox.job import Outcome
from harness.selfcheck.checks import Ending
from harness.selfcheck.slices import EPOCHS, ROWS, training
from harness.task import ArrayOutput, BytesOutput, FactsOutput, Step, Variant
from harness.workflow.context import TaskContext

STILL = 1  # as `harness.training.trial` hands back
BYTES = 4  # of a float32 parameter
NAMED = 4
NOISE = 1e-5  # relative change of a mean that the order of examples alone makes
FEW = f"{EPOCHS} passes over up to {ROWS} examples"


@dataclass(frozen=True)
class Verdict:
    ending: Ending
    words: str = ""

    @classmethod
    def of(cls, fault: Fault | None) -> "Verdict":
        """Return passed for no fault, an error for one of the harness, and failed for one of the student."""
        if fault is None:
            return cls(Ending.PASSED)
        if fault.owner == "harness":
            return cls(Ending.ERROR, f"The harness had a fault: {sentence(fault.message)}")
        return cls(Ending.FAILED, sentence(clean(fault.message)))


def models(names: Sequence[str], outcomes: Sequence[Outcome]) -> Verdict:
    """Judge the models of all variants; the first that is not as asked for is told of."""
    for name, outcome in zip(names, outcomes, strict=True):
        if outcome.fault:
            verdict = Verdict.of(outcome.fault)
            return Verdict(verdict.ending, f"In the variant {name}: {verdict.words}")
    return Verdict(Ending.PASSED, f"Built {count(len(names), 'variant')}.")


def size(context: TaskContext, variant: Variant, outcomes: Sequence[Outcome]) -> Verdict:
    """Judge the number of parameters by the task's budget, or else by the room there is for weights."""
    declared = next(o for o in context.contract_step().outputs if isinstance(o, FactsOutput))
    known = [int(declared.named(o.arrays[declared.name])["parameters"]) for o in outcomes if not o.fault]
    if not known:
        return Verdict(Ending.SKIPPED, "Not looked at, because no model could be built.")
    train, _ = training(context, variant)
    as_built = {name for kept in train.keeps for name in (kept.built, kept.configuration)} if train else set()
    files = [o for o in train.outputs if isinstance(o, BytesOutput) and o.name not in as_built] if train else []
    room = sum(o.max_bytes for o in files) // BYTES
    most, said = context.task.max_parameters or room, f"{max(known):,} parameters"
    if most and max(known) > most:
        return Verdict(Ending.FAILED, f"Expected at most {most:,} parameters, received {max(known):,}.")
    return Verdict(Ending.PASSED, f"{said}, of at most {most:,}." if most else f"{said}; the task sets no budget.")


def undecided(outcome: Outcome) -> Verdict | None:
    """Return why a trial decides nothing: it failed, or took longer than a check may."""
    fault = outcome.fault
    if fault and fault.kind == "limit" and fault.limit in ("wall", "cpu"):
        return Verdict(Ending.SKIPPED, "A short training took longer than a check may; training itself has more time.")
    return Verdict.of(fault) if fault else None


def loss(outcome: Outcome, train: Step) -> Verdict:
    """Judge whether the loss fell. Where no data is given, or two networks play, it need not."""
    if verdict := undecided(outcome):
        return verdict
    if not train.inputs:
        return Verdict(Ending.SKIPPED, "What is learnt from here changes with what the model does: its loss may rise.")
    values = [float(v) for v in outcome.arrays["losses"]]
    if not train.loss_falls:
        return Verdict(Ending.SKIPPED, "Two networks play against each other here: neither loss has to fall.")
    said = " → ".join(number(v) for v in values if not math.isnan(v)) or "not a number"
    if not all(map(math.isfinite, values)):
        return Verdict(
            Ending.FAILED,
            f"The loss stopped being a number ({said}) within {FEW}. Lower the learning rate, and look for a logarithm"
            " or a division that can meet zero.",
        )
    fell, moved = values[0] - min(values[1:]) > NOISE * abs(values[0]), weights(outcome).moved
    if fell and moved:
        return Verdict(Ending.PASSED, f"{said} in {FEW}.")
    why = (
        f"No trainable weight moved in {FEW}, so the loss ({said}) says nothing. Check that layers are trainable and"
        " that nothing between output and loss cuts the gradient."
        if fell
        else f"The loss did not fall in {FEW}: {said}. Look at the learning rate, and at whether the loss fits the"
        " output."
    )
    return Verdict(Ending.FAILED, why)


class Weights(NamedTuple):
    moved: int
    still: list[str]


def weights(outcome: Outcome) -> Weights:
    """Return how many trainable weights moved, and the names of those that did not."""
    moved, names = outcome.arrays["moved"], outcome.arrays["names"]
    still = ["".join(map(chr, row[row > 0])) for row in names[moved == STILL]]
    return Weights(int(np.count_nonzero(moved > STILL)), [clean(name) for name in still])


def flagged(outcome: Outcome, train: Step, flag: str) -> list[str]:
    """Return the models of which a trial says so, in words."""
    call = train.settings["call"]
    earlier = [one["builder"] for one in call.get("earlier", ())]
    builders = [*earlier, *[call["builder"]] * (len(call["returns"]) - len(earlier))]
    each = zip(call["returns"], builders, outcome.arrays[flag], strict=True)
    return [f"the {spec['name']} of {builder}" for spec, builder, on in each if on]


def logits(outcome: Outcome, train: Step) -> Verdict | None:
    """Return what is wrong where logits are asked for and numbers from 0 to 1 come out; None if nothing is."""
    if not (bounded := flagged(outcome, train, "bounded")):
        return None
    return Verdict(
        Ending.FAILED,
        f"Expected {' and '.join(bounded)} to put out logits, numbers of any size and sign, received numbers from 0 to"
        " 1 only: take away the sigmoid or softmax at the end.",
    )


def gradients(outcome: Outcome, train: Step, where: str = "") -> Verdict:
    """Judge whether every trainable weight moved; `where` says in which variant, if not in the first."""
    if verdict := undecided(outcome):
        return verdict
    if frozen := flagged(outcome, train, "frozen"):
        return Verdict(
            Ending.FAILED,
            f"No weight of {' and '.join(frozen)} can change: trainable is False. Leave that out; what is trained"
            " together is trained as a whole.",
        )
    moved, still = weights(outcome)
    if not train.inputs and not moved:
        return Verdict(Ending.SKIPPED, "Nothing was learnt yet in so few steps; grading trains on.")
    if not moved:
        what = "No weight changed" if still else "There is no trainable weight"
        return Verdict(
            Ending.FAILED,
            f"{what} in {FEW}. Check that the learning rate is not zero, that layers are trainable, and that nothing"
            " between output and loss cuts the gradient.",
        )
    if not still:
        return Verdict(Ending.PASSED, f"All {moved} weights changed{where}.")
    shown = ", ".join(still[:NAMED]) + (" …" if len(still) > NAMED else "")
    return Verdict(
        Ending.FAILED,
        f"{len(still)} of {moved + len(still)} weights did not change: {shown}. Look for a layer that the output does"
        " not depend on, for argmax or rounding in between, and for units of a ReLU that are never above zero.",
    )


def after_training(ran: Sequence[Step], fault: Fault | None, later: Sequence[Step]) -> Verdict:
    """Judge the steps after training that could be run on a few examples."""
    if fault and fault.kind == "limit" and fault.limit in ("wall", "cpu"):
        return Verdict(Ending.SKIPPED, f"The step {fault.step} took longer than a check may.")
    if fault:
        return Verdict.of(fault)
    looked = [o.name for step in ran for o in step.outputs if isinstance(o, ArrayOutput)]
    if not looked:
        return Verdict(Ending.SKIPPED, "What comes after training cannot be tried on a few examples; grading runs it.")
    rest = len(later) - len(ran)
    more = f" {count(rest, 'later step')} cannot be tried on a few examples; grading runs all." if rest else ""
    return Verdict(Ending.PASSED, f"Looked at {', '.join(looked)}.{more}")
