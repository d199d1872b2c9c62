"""A class in which nothing is trained, for the real driver: plan, order, bookkeeping, records and the judge in doubt.

Tasks are the toy task under as many names as there are tasks, with as many variants as references recorded; what is
measured is made up, so that the judge finds in doubt what `class_work` says.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import NoLauncher, open_walls, undrawn

from harness.intake.facts import facts_of
from harness.intake.submission import Submission
from harness.records.models import Fault
from harness.records.store import Records
from harness.scoring.score import Score
from harness.task import Task, Variant
from harness.workflow.class_plan import HandedIn
from harness.workflow.collect import Collection
from harness.workflow.estimates import Estimates
from harness.workflow.execute import Made
from harness.workflow.machine import Machine
from harness.workflow.measure import judge_by, plan_of
from harness.workflow.options import Options
from harness.workflow.plan import Unit
from harness.workflow.planned import CONTRACT, MULTIPLY_ADDS, PlannedTask
from harness.workflow.ran import unmeasured
from harness.workflow.standards import load_rubrics, standards_for
from harness.workflow.workshop import Workshop, contexts_of
from scaling.class_work import SHOWN, ClassWork

CRITERION = """\
  - {{id: {0}, text: It classifies digits., points: 10, measure: {0}.test_accuracy, better: higher,
     profiles: {{quick: {{target: 0.6, floor: 0.2}}}}}}
"""
BELOW, ABOVE = 0.4, 0.9  # the target
WRONG = Fault(owner="student", kind="contract", step=CONTRACT, message="Expected a function, found none.")


@dataclass(frozen=True)
class Answers:
    """What is made of units without making it."""

    work: ClassWork
    contexts: Mapping[str, PlannedTask]

    def made(self, unit: Unit) -> Made:
        task, context = task_number(unit.task), self.contexts[unit.task]
        if unit.variant == CONTRACT:
            return self.checked(unit, context, task)
        low = int(unit.variant[1:]) in self.work.in_doubt(unit.student, task)
        return passed(unit, context, BELOW if low else ABOVE)

    def checked(self, unit: Unit, context: PlannedTask, task: int) -> Made:
        if self.work.is_broken(unit.student, task):
            return passed(unit, context, fault=WRONG)
        return passed(unit, context, signs={MULTIPLY_ADDS: self.work.multiply_adds(unit.student, task)})


def passed(unit: Unit, context: PlannedTask, value: float = ABOVE, **more: Any) -> Made:
    """Return a record of a unit in which nothing was measured but an accuracy."""
    score = Score(value=value, signature="accuracy|n:100|v:1")
    measures = {} if unit.variant == CONTRACT else {"test_accuracy": score}
    known = unmeasured(unit, context, None)
    return Made(known.model_copy(update={"measures": measures, "parameters": 1_000, **more}), {}, "")


def task_name(number: int) -> str:
    return f"task_{number:02}"


def task_number(name: str) -> int:
    return int(name[len("task_") :])


def variant_name(number: int) -> str:
    return f"v{number:02}"


def expected_seconds(work: ClassWork) -> dict[str, dict[str, float]]:
    """Return what the driver expects each variant to take, by task."""
    return {
        task_name(task): {variant_name(n): seconds for n, seconds in enumerate(variants)}
        for task, variants in enumerate(work.expected_s)
    }


def registry_of(work: ClassWork) -> dict[str, Task]:
    def variants(task: int) -> tuple[Variant, ...]:
        names = map(variant_name, range(work.variants(task)))
        return tuple(Variant(name, name, toy.BUILDER.name, {"units": 8}) for name in names)

    numbers = range(len(work.tasks))
    return {task_name(n): replace(toy.TASK, name=task_name(n), variants=variants(n)) for n in numbers}


def write_rubrics(registry: dict[str, Task], folder: Path) -> Path:
    folder.mkdir()
    for name, task in registry.items():
        text = f"task: {name}@1\ncriteria:\n" + "".join(CRITERION.format(v.name) for v in task.variants)
        (folder / f"{name}.yaml").write_text(text)
    return folder


def handed_in(work: ClassWork) -> HandedIn:
    found = []
    for number in range(work.students):
        files = {f"{task_name(t)}.py": f"{toy.GOOD}\n# {number}\n".encode() for t in range(len(work.tasks))}
        facts = {path: facts_of(path, source, files) for path, source in files.items()}
        name = f"student-{number:05}"  # so that their order is that of their numbers
        found.append(Submission(name, name, files, facts=facts, entry=name))
    return HandedIn("scale", found)


@contextmanager
def collected(work: ClassWork, folder: Path) -> Iterator[tuple[Collection, Options]]:
    """Yield a class that is planned, with records in an empty folder; digits are read once."""
    registry = registry_of(work)
    options = Options(folder / "out", registry=registry, rubrics=write_rubrics(registry, folder / "rubrics"), jobs=1)
    machine = Machine("tensorflow", "cpu", "none", open_walls(), "none")
    rubrics = load_rubrics(options.rubrics, registry)
    (folder / "work").mkdir()
    with closing(Records(options.out)) as records, pytest.MonkeyPatch.context() as patch:
        undrawn(patch)
        contexts = contexts_of(registry, machine, folder / "work", options)
        place = Workshop(contexts, NoLauncher(), folder / "work", machine, records)
        plan = plan_of(place, handed_in(work), options, rubrics, lambda said: None)
        standards = standards_for(plan, registry, rubrics, options.rooms)
        estimates = Estimates(expected_seconds(work), dict.fromkeys(contexts, SHOWN))
        yield Collection(plan, contexts, records, options.protection, judge_by(standards), estimates=estimates), options


def answers_for(collection: Collection, work: ClassWork) -> Answers:
    return Answers(work, collection.contexts)
