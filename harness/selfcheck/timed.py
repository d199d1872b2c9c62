"""Whether training will end within the CPU time it may take: its first steps are timed, and the rest reckoned."""

import math
from collections.abc import Mapping, Sequence

from harness.report.words.text import number
from harness.sandbox.job import Outcome
from harness.selfcheck.bench import Bench
from harness.selfcheck.checks import Ending
from harness.selfcheck.slices import training
from harness.selfcheck.verdicts import Verdict
from harness.task import ArrayOutput, Limits, Step, Variant
from harness.workflow.speed import scaled

WALL_S, CPU_S = 60.0, 15.0  # compiling a large model takes seconds
NEAR, MARGIN = 0.8, 1.25  # of the time allowed: between these a few steps do not decide
CLOSE = 0.2  # of the time allowed: where one variant takes as much, another may take too much
HALF = " Its layers compute 16-bit floats, which a processor only imitates: build it in float32."


def time(bench: Bench, variants: Sequence[Variant], half: bool = False) -> Verdict:
    """Return the verdict about a builder's variants: of the first and the last, and of all if one of these is close."""
    if bench.context.provenance.device != "cpu":
        return Verdict(Ending.SKIPPED, "Not timed on a GPU, where training has far more time than it takes.")
    ends = list({v.name: v for v in (variants[0], variants[-1])}.values())
    found = reckoned(bench, ends)
    allowed = allowed_s(bench, variants[0])
    if any(s > CLOSE * allowed for s in found.values() if s is not None):
        found |= reckoned(bench, [v for v in variants if v.name not in found])
    return judged(found, allowed, half=half)


def reckoned(bench: Bench, variants: Sequence[Variant]) -> dict[str, float | None]:
    """Return the CPU seconds that the training of each variant needs by its first steps; None for what is unknown."""
    return dict(zip([v.name for v in variants], bench.each(lambda v: needed_by(bench, v), variants), strict=True))


def needed_by(bench: Bench, variant: Variant) -> float | None:
    train, _ = training(bench.context, variant)
    if train is None or train.code or not set(train.inputs) <= bench.context.files.keys():
        return None  # of a task's own loop nobody knows whether it can be broken off
    step = timing_step(train, bench.context.provenance.speed)
    return needed(bench.run(step, {name: bench.context.files[name] for name in step.inputs}), step.limits)


def timing_step(train: Step, speed: float) -> Step:
    """Return the step that times the first steps of `train`, within a few seconds of a machine of that speed."""
    return Step(
        name="timing",
        run="harness.training.timing:timing",
        inputs=train.inputs,
        outputs=(ArrayOutput("pace", (3,), "float64", finite=False),),
        limits=scaled(Limits(WALL_S, CPU_S, train.limits.memory_mb), speed),
        settings={**train.settings, "run": train.run, "code": train.code},
    )


def needed(outcome: Outcome, limits: Limits) -> float | None:
    """Return the CPU seconds of all of training, infinite where the first steps passed the limit; None if unknown."""
    if outcome.fault:
        return math.inf if outcome.fault.limit == "cpu" else None
    warm, each, steps = map(float, outcome.arrays["pace"])
    seconds = warm + each * steps
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def allowed_s(bench: Bench, variant: Variant) -> float:
    train, _ = training(bench.context, variant)
    return train.limits.cpu_s if train else math.inf


def judged(found: Mapping[str, float | None], allowed: float, *, half: bool = False) -> Verdict:
    """Judge the seconds that variants need by those they may take: too many only beyond what a few steps may mislead.

    With `half`, why they are many is told.
    """
    known = {name: seconds for name, seconds in found.items() if seconds is not None}
    if not known:
        return Verdict(Ending.SKIPPED, "This training cannot be timed in a few seconds; grading runs all of it.")
    name, most = max(known.items(), key=lambda item: item[1])
    if math.isinf(most):
        return Verdict(Ending.SKIPPED, f"The first steps of {name} alone took longer than a check may.")
    needs = f"{name} needs about {rounded(most)} s of CPU, {rounded(allowed)} are allowed"
    if most > MARGIN * allowed:
        return Verdict(Ending.FAILED, f"{needs}: take fewer units, filters or layers.{HALF if half else ''}")
    close = " That is close: with fewer units, filters or layers it is safe." if most > NEAR * allowed else ""
    return Verdict(Ending.PASSED, f"{'Most of all ' if len(known) > 1 else ''}{needs}.{close}")


def rounded(seconds: float) -> str:
    """Return seconds with two digits that mean something."""
    digits = 10 ** max(0, math.floor(math.log10(max(seconds, 1))) - 1)
    return number(round(seconds / digits) * digits) if seconds >= 1 else "1"
