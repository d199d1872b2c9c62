"""How to grade: the options of a run, and whether they can be met."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness import diagnosis
from harness.data.folders import data_dir
from harness.data.key import PRACTICE, Key
from harness.errors import UsageError
from harness.grading.scale import GradingScale
from harness.platforms.platform import Told
from harness.report.themes.theme import PLAIN, Theme
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.tasks import find, names
from harness.workflow import machine
from harness.workflow.beginning import Begun
from harness.workflow.class_rules import AskedRules
from harness.workflow.machine import Machine
from harness.workflow.plan import Only
from harness.workflow.protection import Protection
from harness.workflow.shard import Shard

MOST_JOBS = 1_000  # each holds a process and some files open, of which a system allows about as many
Rescale = Callable[[GradingScale], GradingScale]  # from what a class was judged by to what it is judged by now


def registry() -> dict[str, Task]:
    return {name: find(name) for name in names()}


@dataclass(frozen=True)
class Options:
    """How to grade. `tasks` empty means every task a submission contains; `jobs` 0 means one per core.
    Without a `backend` it is TensorFlow, or else the first one that is here.

    `seeds` empty leaves their number to the rubric; see `harness.workflow.seeding`. `only` names, of a student in a
    task, the variants to train, where that is not all of them. `scale` is what students are judged by; `rescale` makes
    it from that of a class graded into `out` before. Who was graded there before and is not among the submissions
    stays, unless `replace`; `again` names, by name or slug, who is measured anew. `percent_so_far` has tables give a
    percentage while points are open. `registry` and `rooms` are those of a course, where there is one: its tasks by
    name, and where rubrics, references and baselines are looked for; `course_data` is the folder of its data sets.
    `key` is what splits, questions and seeds are drawn with; None stands for a class's own, and for everybody's where
    there is no class. `with_reference` grades the references of the tasks beside the class; once they were, they are
    from then on. With `search` all that steps may read is looked through for hidden data first. `download`
    is what is said of a download, where it does not tell itself. `rules` says which class.yaml to mark by. Of a `shard`
    only that part of the class is measured. What has `begun` already is used where it can be.
    """

    out: Path
    tasks: Sequence[str] = ()
    profile: str = "quick"
    seeds: Sequence[int] = ()
    jobs: int = 0
    rubrics: Path | None = None
    data_dir: Path | None = None
    backend: str = ""
    device: str = "auto"
    reveal: bool = False
    scale: GradingScale = field(default_factory=GradingScale)
    rescale: Rescale | None = None
    replace: bool = False
    percent_so_far: bool = False
    again: Sequence[str] = ()
    theme: Theme = PLAIN
    protection: Protection = field(default_factory=Protection)
    only: Only = field(default_factory=dict)
    registry: Mapping[str, Task] = field(default_factory=registry)
    rooms: Rooms = SHIPPED
    course_data: Path | None = None
    key: Key | None = None
    with_reference: bool = False
    search: bool = False
    download: Told = field(default_factory=Told)
    rules: AskedRules = field(default_factory=AskedRules)
    shard: Shard | None = None
    begun: Begun | None = None


def key_of(options: Options) -> Key:
    return options.key or PRACTICE


def check(options: Options, tasks: Mapping[str, Task]) -> Machine:
    """Return the machine to train on; raises UsageError for any option that cannot be met, before a folder is made."""
    check_asked(options, tasks)
    data_dir(options.data_dir)
    return machine.choose(options.backend, options.device, options.protection)


def check_asked(options: Options, tasks: Mapping[str, Task]) -> None:
    """Raise UsageError for an option that makes no sense on any machine."""
    if not 0 <= options.jobs <= MOST_JOBS:
        raise UsageError(f"Expected --jobs to be 0 (one per core) or up to {MOST_JOBS:,}, received {options.jobs}.")
    for task in tasks.values():
        diagnosis.check(task)
        task.profile(options.profile)
