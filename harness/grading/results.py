"""What grading hands to the report: marks per criterion, task, student and class."""

from pydantic import Field

from harness.grading.scale import GradingScale
from harness.grading.terms import Absent, Member, Terms, adjusted
from harness.records.models import Fault, Finding, Frozen, Measurement, Status


class CriterionResult(Frozen):
    """One criterion, decided.

    `value` is the median over seeds of the measured quantity (for a comparison: the advantage over the other variant,
    positive is better); `values` holds every seed's. `earned` is None while a person has still to mark it. `reason` is
    one sentence: why these marks. `hint` is what to try next. `interval` is the 95 % confidence interval of the mean
    over two or more seeds, `certainty` a sentence on how sure the outcome is, and `wants_seeds` is True where one seed
    leaves it in doubt and more could be run. `reference` is what the reference reaches on average, and `same_key` what
    it reached under the key and seeds of this class, where it was graded beside it. `published` are figures of others
    for the same measure and profile. `comment` is what a person says about it; where a person gave other marks than the
    harness, `automatic` is what the harness gave, with `automatic_status`, and `override` why it was changed; the
    status then follows from the points that the person gave (see `harness.grading.by_hand`).
    Without a `floor` the target is a step; `naive`, `level`, `size_ratio` and `learned` are the rubric's.
    """

    id: str
    text: str
    status: Status
    points: float
    earned: float | None
    measure: str = ""
    over: str = ""
    better: str = ""
    unit: str = ""
    value: float | None = None
    values: list[float] = Field(default_factory=list)
    interval: tuple[float, float] | None = None
    certainty: str = ""
    wants_seeds: bool = False
    target: float | None = None
    floor: float | None = None
    naive: float | None = None
    level: str = ""
    size_ratio: float | None = None
    learned: bool = True
    reference: float | None = None
    same_key: float | None = None
    published: list[float] = Field(default_factory=list)
    reason: str = ""
    hint: str = ""
    manual: bool = False
    hidden: bool = False
    comment: str = ""
    automatic: float | None = None
    automatic_status: Status | None = None
    override: str = ""


class TaskResult(Frozen):
    """One student's result in one task.

    `possible` counts the points that are decided, by the harness or by a person; `manual_points` are those that a
    person has still to give. `source` is the fingerprint of what was handed in for this task; of its `source_bytes`,
    `data_bytes` are literals and comments, and all take `packed_bytes` when compressed. `contract` is the key of the
    record of the check before training. `extra` has the key of every measurement under a further seed, with what asked
    for it, as `criterion: reason`. `terms` are what the rules of the class say about the student in this task: `earned`
    is as it would be without them, and `mark` what comes of both. `failed_rules` are, for staff, the rules of findings
    that raised, with the exception, so that `findings` lack what they would have said.
    """

    task: str
    title: str
    profile: str
    status: Status
    earned: float
    possible: float
    manual_points: float
    fault: Fault | None
    criteria: list[CriterionResult]
    measurements: list[Measurement]
    findings: list[Finding]
    source: str = ""
    source_bytes: int = 0
    data_bytes: int = 0
    packed_bytes: int = 0
    contract: str = ""
    extra: dict[str, str] = Field(default_factory=dict)
    terms: Terms | None = None
    failed_rules: dict[str, str] = Field(default_factory=dict)

    @property
    def mark(self) -> float:
        """Return the points after what the rules of the class change, of those that are decided."""
        return adjusted(self.earned, self.possible, self.terms)

    @property
    def counts(self) -> bool:
        """Say whether the task counts for the student, who may be excused from it."""
        return self.terms is None or self.terms.excused is None


class Judgement(Frozen):
    """What a student's result comes to, decided by `harness.grading.passing` alone.

    `status` says how it came about: a fault first, else whether it is passed by the pass mark, still open, or not run.
    `passed` says so with a fault as well, and is None while what is open could turn it. `grade` is a label of the
    class's scale, empty where there is none or it is open.
    """

    status: Status
    passed: bool | None
    grade: str = ""


class StudentResult(Frozen):
    """One submission. `name` is as handed in (untrusted text); `slug` is safe in file names and unique.

    `pseudonym` stands for the name on the leaderboard; untrusted text as well, and empty if none was given. `remarks`
    are those of the notes that say what a person should look at in the source. `ids` are the words by which platforms
    know the student, by the column of the class list, and `absent` tasks that nothing was handed in for. A group is one
    submission of its `members`, whose own terms only they have: `harness.grading.people` gives each of them a result,
    with the name of the `group`.
    """

    name: str
    slug: str
    source: str
    fault: Fault | None
    notes: list[str] = Field(default_factory=list)
    remarks: list[str] = Field(default_factory=list)
    tasks: list[TaskResult]
    judgement: Judgement
    pseudonym: str = ""
    ids: dict[str, str] = Field(default_factory=dict)
    members: list[Member] = Field(default_factory=list)
    group: str = ""
    absent: list[Absent] = Field(default_factory=list)

    @property
    def status(self) -> Status:
        return self.judgement.status

    @property
    def passed(self) -> bool | None:
        return self.judgement.passed

    @property
    def grade(self) -> str:
        return self.judgement.grade

    @property
    def reached_all(self) -> bool:
        """Say whether every target of every task was reached."""
        return bool(self.tasks) and all(task.status is Status.PASSED for task in self.tasks)


class ReferenceRun(Frozen):
    """What one variant of the reference reached and took, as means over seeds.

    `fit_s` are seconds in `fit`, `predict_s` CPU seconds of predicting. None where nobody measured it.
    """

    measures: dict[str, float] = Field(default_factory=dict)
    parameters: int | None = None
    fit_s: float | None = None
    predict_s: float | None = None
    peak_memory_mb: float | None = None


class ClassResult(Frozen):
    """A whole class. `complete` is False while grading goes on or after an interruption.

    `seeds` are those that every submission runs under; `extra_trainings` counts the variants that were trained under
    further seeds, because one left a criterion in doubt, each once for identical submissions. `references` are what the
    reference of each task reached and took, by task and variant. `reference` is what the references of all tasks earn
    under the key and seeds of the class, where they were graded beside it; it is no student. `scale` is what students
    are judged by. With `percent_so_far` tables give a percentage of what is decided while points are open.
    `readable` says, for staff, which files steps could read that hold hidden data, and whether they were closed.
    `missing` are those on the class list who handed nothing in; they are in no statistics. `ruled` says that there are
    rules of the class. `remarks` say, for staff, what of them could not be understood, and which rules of findings
    raised.
    """

    schema_version: int = 2
    title: str
    created: str
    harness: str
    profile: str
    seeds: list[int]
    complete: bool
    revealed: bool = False
    percent_so_far: bool = False
    seconds: float
    extra_trainings: int = 0
    references: dict[str, dict[str, ReferenceRun]] = Field(default_factory=dict)
    scale: GradingScale = Field(default_factory=GradingScale)
    students: list[StudentResult]
    reference: StudentResult | None = None
    readable: list[str] = Field(default_factory=list)
    missing: list[StudentResult] = Field(default_factory=list)
    ruled: bool = False
    remarks: list[str] = Field(default_factory=list)

    def in_doubt(self) -> int:
        """Return how many criteria of all students want more seeds than there are."""
        return sum(c.wants_seeds for s in self.students for t in s.tasks for c in t.criteria)
