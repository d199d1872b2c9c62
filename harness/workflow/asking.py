"""What the models of one unit are asked: as they were built, as they were trained, and a part of it once more.

A model of Keras's own layers answers in a process that holds nothing of the submission; others answer beside their
code. Whether a model is plain enough is found out in that process, so whoever hands out a configuration that cannot be
rebuilt only has his own code run, and the record says so.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.sandbox import receiving, wire
from harness.sandbox.job import Input, Outcome
from harness.sandbox.spool import Blob
from harness.task import ArrayOutput, Arrays, Kept, Prediction, Step, TaskData, Variant, VariantRun
from harness.workflow.again import ROWS, Again, Shares, chosen, shares
from harness.workflow.context import TaskContext
from harness.workflow.moved import configured, moved_share, placed_share
from harness.workflow.talking import Heard, led

BUILT: Final = "built"
ORDERED: Final = "ordered"
MOVED: Final = "moved"
REBUILDING: Final = "harness.training.rebuilding"

Run = Callable[[Step, Mapping[str, Input]], Outcome]
Inputs = Mapping[str, Input]


def save_arrays(arrays: Mapping[str, NDArray[Any]], folder: Path) -> dict[str, Path]:
    """Write outputs where a later step can map them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.npy" for name in arrays}
    for name, path in paths.items():
        np.save(path, arrays[name])
    return paths


def named(when: str, name: str) -> str:
    """Return the name on the wire of what belongs to the array `name` at another time."""
    return f"{when} {name}"


@dataclass(frozen=True)
class Fewer:
    """The data of a task with fewer rows, and its steps by name: what models are asked as they were built."""

    data: TaskData
    steps: Mapping[str, Step]


def fewer(context: TaskContext, variant: Variant) -> Fewer | None:
    """Return what is asked before training; nothing where a task does not say, or has no such steps."""
    if context.task.fewer is None:
        return None
    try:
        data = context.task.fewer(context.data)
        steps = context.task.steps(context.profile, variant, data)
    except Exception:  # a task of a course that cannot be made smaller; nothing is claimed of it
        return None
    return Fewer(data, {step.name: step for step in steps})


@dataclass
class Asking:
    """Asks the models of a unit, and keeps what was found: `before`, answers of models as they were built, to `few`
    rows; the `shares` of answers that changed; the shares of weights that `moved`, and that were `placed` as built; and
    whether all were `rebuilt`.
    """

    run: Run
    few: Fewer | None
    folder: Path
    rng: np.random.Generator
    before: dict[str, NDArray[Any]] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)
    moved: float | None = None
    placed: float | None = None
    rebuilt: bool | None = None

    def begun(self, step: Step, blobs: Mapping[str, Blob]) -> None:
        """Compare the models that a training step kept with what they were, and with what initialisers draw.

        Where a builder is given arrays or models, what it makes of them is no work beside training.
        """
        if step.keeps:
            call = step.settings.get("call", {})
            self.moved = moved_share(step.keeps, blobs)
            self.placed = None if call.get("arrays") or call.get("models") else placed_share(step.keeps, blobs)

    def signs(self) -> dict[str, float]:
        """Return what findings read, by name."""
        placed = {} if self.placed is None else {"placed_share": self.placed}
        return {**self.shares.signs(), **placed}

    def ask(self, step: Step, predicts: Prediction, available: Inputs) -> Outcome:
        """Run a predicting step, without the submission where that is possible."""
        if plain(predicts, available):
            outcome = self._ask(without_submission(step, predicts), predicts, available)
            if outcome.fault is None:
                self.rebuilt = self.rebuilt is not False
            if outcome.fault is None or outcome.fault.kind == "limit":
                return outcome  # the same model would take as long beside the submission
        outcome = self._ask(step, predicts, available)
        if outcome.fault is None:
            self.rebuilt = False
        return outcome

    def measured(self, context: TaskContext, variant: str) -> dict[str, float]:
        """Return the measures of models as they were built, by the task's own score; those that could be taken."""
        if not self.few or not self.before:
            return {}
        run = VariantRun(context.profile, context.task.variant(variant), self.few.data, self.before)
        try:
            scored = context.task.score(run)
        except Exception:  # few rows, or an untrained answer, can be too little for a measure; nothing is claimed
            return {}
        return {name: float(s.value) for name, s in scored.measures.items() if math.isfinite(s.value)}

    def _ask(self, step: Step, predicts: Prediction, available: Inputs) -> Outcome:
        kept = predicts.model
        early = self.few.steps.get(step.name) if self.few and kept.built in available else None
        ask = self._talk if step.dialogue else self._map
        return ask(step, predicts, available, early)

    def _talk(self, step: Step, predicts: Prediction, available: Inputs, early: Step | None) -> Outcome:
        """Lead a dialogue with the model as it was built, then with the trained one, and ask a part again."""
        kept, heard = predicts.model, Heard(self.rng)
        assert step.dialogue
        data = self.few.data if self.few and early and predicts.trained else None
        dialogue = led(step.dialogue, early.dialogue if early and data else None, data, heard)
        if data:
            settings = {**step.settings, "built": kept.built, "width": step.dialogue.answer.shape}
            step = replace(step, settings=settings, inputs=tuple(dict.fromkeys((*step.inputs, kept.built))))
        outcome = self.run(replace(step, dialogue=dialogue), available)
        if outcome.fault is None:
            self.before |= heard.before
            self.shares = self.shares.or_more(heard.shares() if predicts.trained else Shares())
        return outcome

    def _map(self, step: Step, predicts: Prediction, available: Inputs, early: Step | None) -> Outcome:
        """Have arrays mapped, in one process: few with the model as it was built, all, and some of them again."""
        showing = Showing(step, predicts, dict(available))
        if early and self.few:
            showing.built(early, self._early(early, beside=step.beside))
        showing.again(self.rng, self.folder / "again")
        outcome = self.run(showing.step(), showing.inputs)
        if outcome.fault is None:
            self.shares = self.shares.or_more(showing.shares(outcome.arrays))
            self._keep(early, outcome)
            outcome = replace(outcome, arrays={o.name: outcome.arrays[o.name] for o in step.outputs})
        return outcome

    def _early(self, early: Step, *, beside: bool) -> Inputs:
        """Return the few inputs of a step: of the task, or what was handed back by models as they were built.

        Those never reach a step beside the submission: an encoder could tell a decoder there more than a code holds.
        """
        assert self.few and early.predicts
        names = {name for arrays in early.predicts.taken.values() for name in arrays}
        there = {**self.few.data.arrays, **({} if beside else self.before)}
        return save_arrays({n: there[n] for n in names if n in there}, self.folder / BUILT)

    def _keep(self, early: Step | None, outcome: Outcome) -> None:
        """Keep answers of a model as it was built that are as declared: others are nobody's fault."""
        for output in early.outputs if early else ():
            array = outcome.arrays.get(named(BUILT, output.name))
            if array is not None and isinstance(output, ArrayOutput):
                with suppress(wire.WireError):
                    receiving.check_values(output, array)
                    self.before[output.name] = array


def whom(step: Step) -> tuple[str, Kept | None]:
    """Return what of a submission a step asks: a model that is kept, or the function that its `run` is about."""
    return step.run, step.predicts.model if step.predicts else None


def plain(predicts: Prediction, available: Inputs) -> bool:
    """Say whether a model may be rebuilt, as far as can be told from outside: all it takes is there."""
    kept, known = predicts.model, None
    if isinstance(data := available.get(kept.configuration), Blob):
        known = configured(data.read())
    return bool(known and known.described and kept.built in available)


def without_submission(step: Step, predicts: Prediction) -> Step:
    """Return a step that rebuilds the model, where nothing of the submission is at hand."""
    kept = predicts.model
    weights = kept.weights if predicts.trained else kept.built
    how = {"configuration": kept.configuration, "weights": weights, "place": kept.place}
    return replace(
        step,
        run=f"{REBUILDING}:{'answering' if step.dialogue else 'predict'}",
        code="",
        beside=False,
        inputs=(kept.configuration, weights, *(n for names in predicts.taken.values() for n in names)),
        settings={"call": step.settings["call"], "taken": predicts.taken, **how},
    )


class Showing:
    """A step that maps arrays, with further passes over other arrays before and after its own."""

    def __init__(self, step: Step, predicts: Prediction, inputs: dict[str, Input]) -> None:
        self.main, self.predicts, self.inputs = step, predicts, inputs
        self.passes: list[dict[str, Any]] = [self.one_pass(predicts.model.weights, predicts.taken)]
        self.outputs: list[ArrayOutput] = []
        self.chosen: dict[str, Again] = {}

    @staticmethod
    def one_pass(weights: str, taken: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        return {"weights": weights, "taken": taken}

    def step(self) -> Step:
        """Return the step with all that is shown; its inputs are in `inputs`."""
        used = [name for one in self.passes for name in (one["weights"], *chain.from_iterable(one["taken"].values()))]
        return replace(
            self.main,
            inputs=tuple(dict.fromkeys((*self.main.inputs, *used))),
            outputs=(*self.main.outputs, *self.outputs),
            settings={**self.main.settings, "showings": self.passes},
        )

    def built(self, early: Step, inputs: Inputs) -> None:
        """Show a few inputs first, to the model as it was built; nothing where one is missing."""
        assert early.predicts
        taken = early.predicts.taken
        if not {name for names in taken.values() for name in names} <= inputs.keys():
            return
        self.inputs |= {named(BUILT, name): path for name, path in inputs.items()}
        self.passes.insert(0, self.one_pass(self.predicts.model.built, renamed(BUILT, taken)))
        self.outputs += [free(o, named(BUILT, o.name), o.shape[0]) for o in early.outputs if isinstance(o, ArrayOutput)]

    def again(self, rng: np.random.Generator, folder: Path) -> None:
        """Show some of the inputs again, in another order, and moved by a hair."""
        taken = self.predicts.taken
        groups = dict.fromkeys(taken.values())
        found = {names: chosen([self.array(n) for n in names], ROWS // len(groups), rng) for names in groups}
        self.chosen = {output: found[names] for output, names in taken.items()}
        for when in (ORDERED, MOVED):
            shown = {names: again.inputs if when == ORDERED else again.moved for names, again in found.items()}
            some = {output: names for output, names in taken.items() if shown[names]}
            arrays = {named(when, n): a for names, many in shown.items() for n, a in zip(names, many, strict=False)}
            self.inputs |= save_arrays(arrays, folder)
            if some:
                self.passes.append(self.one_pass(self.predicts.model.weights, renamed(when, some)))
            rows = {output: len(again.rows) for output, again in self.chosen.items()}
            declared = (o for o in self.main.outputs if isinstance(o, ArrayOutput) and o.name in some)
            self.outputs += [free(o, named(when, o.name), rows[o.name]) for o in declared]

    def array(self, name: str) -> NDArray[Any]:
        path = self.inputs[name]
        assert isinstance(path, Path)
        return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]

    def shares(self, arrays: Arrays) -> Shares:
        """Return the largest shares of answers that changed, of all outputs."""
        found = Shares()
        for output, again in self.chosen.items():
            main, ordered = arrays[output][again.rows], arrays[named(ORDERED, output)]
            found = found.or_more(shares(main, ordered, arrays.get(named(MOVED, output))))
        return found


def renamed(when: str, taken: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {named(when, output): tuple(named(when, n) for n in names) for output, names in taken.items()}


def free(output: ArrayOutput, name: str, rows: int) -> ArrayOutput:
    """Return an output of another length that may hold any numbers: what is wrong with it is nobody's fault."""
    return ArrayOutput(name, (rows, *output.shape[1:]), output.dtype, finite=False)
