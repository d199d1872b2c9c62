"""Where checks run: steps beside one submission in one task, as many at once as there are places."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from harness.sandbox.job import Input, Outcome
from harness.task import Step
from harness.workflow.context import TaskContext
from harness.workflow.execute import Executor
from harness.workflow.plan import TaskEntry, contract_unit

Cpus = tuple[int, ...]
T = TypeVar("T")
R = TypeVar("R")


@dataclass
class Bench:
    """Runs steps beside one submission in one task, as many at once as there are `places`."""

    context: TaskContext
    executor: Executor
    entry: TaskEntry
    places: Sequence[Cpus]
    folder: Path
    free: SimpleQueue[Cpus] = field(init=False, default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        for place in self.places:
            self.free.put(place)

    @contextmanager
    def place(self) -> Iterator[Cpus]:
        cpus = self.free.get()
        try:
            yield cpus
        finally:
            self.free.put(cpus)

    def run(self, step: Step, inputs: Mapping[str, Input] | None = None) -> Outcome:
        with self.place() as cpus:
            return self.executor.step(contract_unit(0, self.entry), step, inputs or {}, cpus)

    def contract(self, **settings: Any) -> Outcome:
        """Run the contract check of grading over a part of what it looks at there."""
        step = self.context.contract_step(candidates=False)
        inputs = {name: self.context.files[name] for name in step.inputs}
        return self.run(replace(step, settings={"calls": [], "build": [], **settings}), inputs)

    def candidates(self, declared: Sequence[Mapping[str, Any]]) -> Outcome:
        """Run that part of it in which functions are asked for settings."""
        step = self.context.contract_step()
        inputs = {name: self.context.files[name] for name in step.inputs}
        nothing = {"calls": [], "build": [], "candidates": list(declared)}
        return self.run(replace(step, settings={**step.settings, **nothing}), inputs)

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Return `work` of every item, in order, some at once."""
        with ThreadPoolExecutor(max(1, min(len(items), len(self.places))), "check") as pool:
            return list(pool.map(work, items))
