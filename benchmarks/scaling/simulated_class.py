"""A class on virtual workers: led by a model of the driver, and by the driver itself.

The model keeps the order of `workflow.plan.Unit` and the dependencies of `workflow.collect`: all contract checks first,
then one student after the other, and of each task the longest variants first; what is left in the end goes by length,
by the driver's own `workflow.waiting` and `workflow.estimates`. A submission that passed is trained, and
what is in doubt when all of it has run is trained under two more seeds. What the harness computes itself, candidates
and winners are left out: a task has the variants that its reference recorded.
"""

from collections import Counter
from dataclasses import dataclass, field

from harness.workflow.estimates import Estimates
from harness.workflow.waiting import Span, Waiting
from scaling.class_work import SEEDS, SHOWN, ClassWork
from scaling.simulation import Assumed, Outcome, VirtualCluster

CHECKING, TRAINING = 1, 2


@dataclass
class ModelledDriver:
    """What is waiting, and what of a submission in a task is still to be made before it is looked at again."""

    work: ClassWork
    cluster: VirtualCluster
    left: dict[int, int] = field(default_factory=dict)
    done: Counter[int] = field(default_factory=Counter)
    running: int = 0

    def __post_init__(self) -> None:
        self.waiting = Waiting(self.expect)
        self.estimates = estimates_of(self.work)

    def run(self) -> Outcome:
        students, tasks = range(self.work.students), range(len(self.work.tasks))
        for unit in (packed(CHECKING, s, 0, 0, t, 0) for s in students for t in tasks):
            self.waiting.push(unit)
        while self.waiting or self.running:
            for _ in range(min(len(self.waiting), self.cluster.free())):
                self.start(self.waiting.pop(self.cluster.assumed.workers))
            for unit in self.cluster.finished():
                self.running -= 1
                self.follow(unit)
        return self.cluster.outcome()

    def expect(self, unit: int) -> Span | None:
        stage, student, _, seed, task, variant = unpacked(unit)
        more = map(str, range(self.work.variants(task))) if seed == 0 else ()
        return self.estimates.span(str(task), str(student), str(variant), more) if stage == TRAINING else None

    def start(self, unit: int) -> None:
        stage, student, _, seed, task, variant = unpacked(unit)
        check = stage == CHECKING
        seconds = self.cluster.assumed.check_s if check else self.work.trained_s(student, task, variant, seed)
        self.cluster.submit(unit, seconds)
        self.running += 1

    def follow(self, unit: int) -> None:
        """Put what a unit lets through among what waits."""
        stage, student, _, _, task, _ = unpacked(unit)
        if stage == CHECKING:
            if self.work.is_broken(student, task):
                self.end(student)
                return
            self.estimates.computes(str(task), str(student), self.work.multiply_adds(student, task))
            self.more(student, task, [(v, 0) for v in range(self.work.variants(task))])
            return
        place = student * len(self.work.tasks) + task
        self.left[place] -= 1
        if not self.left[place]:
            extra = [(v, seed) for seed in range(1, SEEDS) for v in self.work.in_doubt(student, task)]
            if extra and unpacked(unit)[3] == 0:
                self.more(student, task, extra)
            else:
                self.cluster.draw()
                self.end(student)

    def end(self, student: int) -> None:
        """Take note that a submission in a task is done."""
        self.done[student] += 1
        if self.done[student] == len(self.work.tasks):
            self.cluster.card()

    def more(self, student: int, task: int, slots: list[tuple[int, int]]) -> None:
        self.left[student * len(self.work.tasks) + task] = len(slots)
        for position, (variant, seed) in enumerate(self.work.longest_first(task, slots)):
            self.waiting.push(packed(TRAINING, student, position, seed, task, variant))


def estimates_of(work: ClassWork) -> Estimates:
    """Return what is expected of a class before anything is measured, tasks and variants by their numbers."""
    seconds = {str(t): {str(n): s for n, s in enumerate(variants)} for t, variants in enumerate(work.expected_s)}
    return Estimates(seconds, dict.fromkeys(seconds, SHOWN))


def packed(stage: int, student: int, position: int, seed: int, task: int, variant: int) -> int:
    """Return a unit as one number; of two the lesser comes first."""
    return ((((stage << 24 | student) << 8 | position) << 2 | seed) << 5 | task) << 6 | variant


def unpacked(unit: int) -> tuple[int, int, int, int, int, int]:
    return unit >> 45, unit >> 21 & 0xFFFFFF, unit >> 13 & 0xFF, unit >> 11 & 3, unit >> 6 & 31, unit & 63


def modelled(work: ClassWork, assumed: Assumed) -> Outcome:
    """Return what comes of a class that the model of the driver leads."""
    return ModelledDriver(work, VirtualCluster(assumed, work.seed)).run()
