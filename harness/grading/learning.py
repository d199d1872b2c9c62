"""Whether what was measured came from training: against the same model as built, its weights, and inputs shown again.

What is certain costs the criteria that ask for learning (`harness.grading.unearned`):

- no trainable number of a variant that is meant to learn moved, or a classifier answers no better than by guessing;
- before training a measure lay beyond a quarter of the way from floor to target, and training added less than lay
  beyond the floor before it;
- the answers change with a hair's move of the inputs and not with their order, so they are looked up by exact bytes;
- most numbers of the model lay, as it was built, in arrays that training made and no initialiser draws.

What is doubt costs nothing (`harness.diagnosis.rules.shown_again`). A variant is judged by the majority of its seeds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.grading.rubric_model import Criterion
from harness.grading.words import label, number
from harness.records.models import GIVEN, Finding, Measurement
from harness.task import Measure, Task

NOTHING: Final = "The network learned nothing"
NOT_TRAINED: Final = "The result did not come from training"
LOOKED_UP: Final = "Answers hang on the exact bytes of the inputs"
AT_RANDOM: Final = (
    "Let weights begin at random and be found by training: what is written into a network, or worked out beside"
    " training, is not learnt."
)
CUTS: Final = (
    "nothing between output and loss cuts the gradient, such as argmax, rounding or units of a ReLU that are never"
    " above zero."
)
STANDS_STILL: Final = f"Check that the learning rate is not zero, that layers are trainable, and that {CUTS}"
STANDS_STILL_THERE: Final = f"Check that layers are trainable, and that {CUTS}"  # where the harness trains
AT_CHANCE: Final = 1.2  # times chance
THERE: Final = 0.25  # of the way from floor to target; random weights stay below it
HANGS: Final = 0.5  # of the answers
PLACED: Final = 0.5  # of the numbers of a model
STEADY: Final = 0.05  # of the answers: fewer change where neither chance nor the rest of a batch has a part in them

Runs = Mapping[str, Mapping[int, Measurement]]


@dataclass(frozen=True)
class Start:
    """A measure of one run before and after training, and where marks begin and end, in its unit."""

    measure: Measure
    name: str
    before: float
    after: float
    floor: float
    target: float
    seed: int

    def was_there(self) -> bool:
        """Say whether most of what earns marks was there before training; infinite and missing numbers prove nothing.

        For a step, whose floor is its target, the value has to have reached it.
        """
        sign = 1.0 if self.measure.better == "higher" else -1.0
        begin = sign * (self.floor + THERE * (self.target - self.floor))
        head, gained = sign * (self.before - self.floor), sign * (self.after - self.before)
        if not all(map(math.isfinite, (self.before, self.after))):
            return False
        return sign * self.before >= begin and gained <= max(head, 0.0)

    def evidence(self) -> str:
        return (
            f"{label(self.measure)} is {number(self.after)} after training and was {number(self.before)} as built,"
            f" under the same seed; marks begin at {number(self.floor, 6)}."
        )


def starts(criterion: Criterion, task: Task, profile: str, runs: Runs) -> list[Start]:
    """Return what each run of the variant behind a level was before and after training.

    A comparison with an answer that the harness computes is a level above that answer's value under the same seed; one
    of two trained variants has none, nor has a measure that was not taken before training.
    """
    variant, _, name = criterion.measure.partition(".")
    band, known = criterion.band(profile), task.measure_names()
    if band is None or variant not in {v.name for v in task.trained() if v.learns}:
        return []
    found = []
    for seed, run in sorted(runs.get(variant, {}).items()):
        base = _base(criterion, task, runs, seed)
        if base is None or name not in run.before or name not in run.measures:
            continue
        sign = -1.0 if criterion.over and known[criterion.measure].better == "lower" else 1.0
        target, floor = (base + sign * edge for edge in band)
        before, after = run.before[name], run.measures[name].value
        found.append(Start(known[criterion.measure], criterion.measure, before, after, floor, target, seed))
    return found


def _base(criterion: Criterion, task: Task, runs: Runs, seed: int) -> float | None:
    """Return what is added to a band: 0 of a level, the given answer's value of a comparison with one, else None."""
    if not criterion.over:
        return 0.0
    other, _, name = criterion.over.partition(".")
    run = runs.get(other, {}).get(seed)
    given = {v.name for v in task.variants if v.given}
    return run.measures[name].value if other in given and run and name in run.measures else None


def by_itself(runs: Mapping[int, Measurement], *, compiles: bool) -> Finding | None:
    """Return what one variant's runs show whatever it reached: weights that stood still, or answers that hang on bytes.

    `compiles` says whether the student sets the optimiser, so that advice may name it.
    """
    mine = [m for m in runs.values() if m.learns and m.source != GIVEN and m.fault is None]
    if _most([_at_chance(m) for m in mine]):
        return _nothing(next(m for m in mine if _at_chance(m)))
    if _most([m.moved == 0 for m in mine if m.moved is not None]):
        return _stood_still(mine[0], compiles=compiles)
    hanging = [m for m in mine if "bytes_share" in m.signs]
    if _most([_looked_up(m) for m in hanging]):
        return _hangs(next(m for m in hanging if _looked_up(m)))
    placed = [m for m in mine if m.signs.get("placed_share", 0.0) >= PLACED]
    return _in_place(placed[0]) if 2 * len(placed) > len(mine) else None


def _at_chance(m: Measurement) -> bool:
    """Say whether a classifier's answers are no better than guessing, on training examples too."""
    classes = m.provenance.data_classes
    test, train = (m.measures.get(name) for name in ("test_accuracy", "train_accuracy"))
    most = AT_CHANCE / classes if classes else 0.0
    return bool(classes) and test is not None and test.value <= most and (train is None or train.value <= most)


def _looked_up(m: Measurement) -> bool:
    return m.signs["bytes_share"] >= HANGS and m.signs.get("order_share", 1.0) < STEADY


def majority(found: Sequence[Start]) -> Start | None:
    """Return the first start that was there already where most of the seeds say so."""
    return next(s for s in found if s.was_there()) if _most([s.was_there() for s in found]) else None


def _most(said: Sequence[bool]) -> bool:
    return 2 * sum(said) > len(said)


def _stood_still(m: Measurement, *, compiles: bool) -> Finding:
    return Finding(
        variant=m.variant,
        title=NOTHING,
        evidence="No trainable number of the model is another one after training than before it.",
        next_step=STANDS_STILL if compiles else STANDS_STILL_THERE,
    )


def _nothing(m: Measurement) -> Finding:
    return Finding(
        variant=m.variant,
        title=NOTHING,
        evidence=guessing(m),
        next_step="Check that initial weights are random and that the input reaches the output.",
        quotes=[f"{m.variant}.test_accuracy"],
    )


def guessing(m: Measurement) -> str:
    """Say what accuracy a classifier reached and what guessing gives."""
    classes, reached = m.provenance.data_classes, m.measures["test_accuracy"].value
    return f"Test accuracy is {reached:.3f}; guessing one of {classes} classes gives {1 / classes:.2f}."


def _hangs(m: Measurement) -> Finding:
    return Finding(
        variant=m.variant,
        title=LOOKED_UP,
        evidence=f"Test inputs were shown again, moved by a hair: {m.signs['bytes_share']:.0%} of the answers changed.",
        next_step="Answer by what an input looks like: take out whatever looks up inputs, or rounds and hashes them.",
    )


def _in_place(m: Measurement) -> Finding:
    return Finding(
        variant=m.variant,
        title=NOT_TRAINED,
        evidence=f"As the model was built, {m.signs['placed_share']:.0%} of its numbers lay in arrays whose rows differ"
        " in size as they do in a trained network; initialisers draw such numbers less than once in a billion times.",
        next_step=AT_RANDOM,
    )


def not_trained(start: Start) -> Finding:
    """Return the finding about a variant whose result was there before it was trained."""
    return Finding(
        variant=start.name.partition(".")[0],
        title=NOT_TRAINED,
        evidence=start.evidence(),
        next_step=AT_RANDOM,
        quotes=[start.name],
    )
