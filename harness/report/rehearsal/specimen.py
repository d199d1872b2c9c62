"""A small made-up class with everything a page can show once: for trying a theme out, and for looking at it."""

from collections.abc import Sequence

from harness import __version__
from harness.grading.difference import Difference, difference
from harness.grading.passing import judge
from harness.grading.people import as_member, without_submission
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.grading.separation import Expected, Role, Separation, separate
from harness.grading.terms import Absent, Change, Late, Member, Terms
from harness.records.models import Fault, Finding, Measurement, Provenance, Status, Usage
from harness.report.drawing.figures import DrawnFigure
from harness.report.drawing.numbers import NumberTable
from harness.scoring.score import Score

TASKS = {"autoencoder": "Autoencoders", "network_training": "Training a network"}
SEEDS = [1, 2, 3]
SCALE = GradingScale(grades={"A": 0.85, "B": 0.7, "C": 0.5})


def specimen(name: str = "Ada Lovelace") -> ClassResult:
    """Return a class of four: one with everything, one who passed, one whose code stopped, one not graded yet.

    The first bears `name`.
    """
    passed = [_task(task, [_level(task, 0.02, 30.0)]) for task in TASKS]
    students = [
        _student(name, "first", _everything(), notes=["Two cells were left out."]),
        _under_rules(_student("Emmy Noether", "second", passed)),
        _student("Carl", "third", [], fault=_fault("student")),
        _student("Ida", "fourth", [_stopped(), _not_run()]),
    ]
    return ClassResult(
        title="Made-up class",
        created="2025-11-03T14:05:00+00:00",
        harness=__version__,
        profile="quick",
        seeds=SEEDS,
        complete=False,
        seconds=200.0,
        extra_trainings=2,
        scale=SCALE,
        students=students,
        missing=[without_submission(Member(name="Lise Meitner", absent=[_absent(30.0)]), SCALE)],
        ruled=True,
    )


def _under_rules(student: StudentResult) -> StudentResult:
    """Return a student as a member of a group, who was late with one task and is excused from another."""
    late = Late(seconds=190_000.0, free=1, charged=2, share=0.1)
    terms = Terms(
        due="2025-11-01T23:59:00+01:00",
        handed_in="2025-11-04T04:46:00+01:00",
        extended="The cluster was down.",
        late=late,
        changes=[Change(points=2.0, reason="A mistake in the handout was found.")],
    )
    by_task = {"autoencoder": terms, "network_training": Terms(unclear="late", excused="Recognised.")}
    member = Member(name=student.name, slug=student.slug, terms=by_task, absent=[_absent(0.0)])
    return as_member(student, member, SCALE).model_copy(update={"group": "Team Seven"})


def _absent(worth: float) -> Absent:
    return Absent(task="text_generation", title="Writing", worth=worth)


def _student(
    name: str, slug: str, tasks: list[TaskResult], *, fault: Fault | None = None, notes: Sequence[str] = ()
) -> StudentResult:
    return StudentResult(
        name=name,
        slug=slug,
        source="1",
        fault=fault,
        notes=list(notes),
        remarks=list(notes),
        tasks=tasks,
        judgement=judge(fault, tasks, SCALE),
    )


def specimen_figures() -> list[DrawnFigure]:
    """Return a picture and a table, for every task the same."""
    picture = (
        '<svg viewBox="0 0 9 9" width="90" height="90" role="img" aria-label="A square"><path d="M1 1h7v7H1z"/></svg>'
    )
    numbers = NumberTable("A square", [["side", "pixels"], ["left", "7"]])
    texts = [["", "0.5", "1.0"], ["characters", "the the the", "a word of its own"]]
    return [
        DrawnFigure(title="A square", text="It is drawn by nobody.", svg=picture, numbers=[numbers]),
        DrawnFigure(title="Texts", text="What was written.", table=texts),
    ]


def specimen_difference() -> Difference:
    """Return what another rubric would change for the first of the class."""
    before = specimen()
    first = before.students[0]
    task = first.tasks[0]
    changed = task.criteria[0].model_copy(update={"earned": 30.0, "target": 0.03, "status": Status.PASSED})
    after = task.model_copy(update={"criteria": [changed, *task.criteria[1:]], "earned": task.earned + 7.5})
    moved = first.model_copy(update={"tasks": [after, *first.tasks[1:]]})
    return difference(before, before.model_copy(update={"students": [moved, *before.students[1:]]}))


def specimen_separation() -> Separation:
    """Return a preflight in which one mistake is told and another is not."""
    roles = {"first": (Role.FLAWED, ["level"]), "second": (Role.REFERENCE, []), "fourth": (Role.TEMPLATE, [])}
    expected = [
        Expected(name=slug, task="autoencoder", role=role, mistake="It forgets to shuffle.", loses=loses)
        for slug, (role, loses) in roles.items()
    ]
    students = [s.model_copy(update={"name": s.slug}) for s in specimen().students if s.slug in roles]
    return separate(specimen().model_copy(update={"students": students}), expected)


def _everything() -> list[TaskResult]:
    rest = [
        _level("autoencoder", 0.05, 0.0, id="missed", seeds=[0.05]),
        _level("autoencoder", 0.03, 3.0, id="hidden", hidden=True, points=5.0, certainty="More seeds could tell."),
        _level("autoencoder", None, None, id="open", manual=True, text="The report explains why.", points=20.0),
        _level("autoencoder", None, 4.0, id="by-hand", manual=True, points=5.0, comment="Well put."),
        _level("autoencoder", 0.04, 9.0, id="over", automatic=3.0, override="The seed was unlucky.", points=10.0),
        _level("autoencoder", 0.02, 5.0, id="compared", over="dense.test_mse", points=10.0),
    ]
    finding = Finding(
        variant="conv", title="Overfitting", evidence="The loss rises after epoch 4.", next_step="Stop earlier."
    )
    whole = _task("autoencoder", [_level("autoencoder", 0.027, 22.5), *rest])
    return [whole.model_copy(update={"findings": [finding]}), _task("network_training", [])]


def _stopped() -> TaskResult:
    lost = _level("autoencoder", None, 0.0, seeds=[]).model_copy(update={"status": Status.STUDENT_ERROR})
    stopped = _measurement("autoencoder", 1).model_copy(update={"fault": _fault("student"), "measures": {}})
    work = _task("autoencoder", [lost]).model_copy(update={"measurements": [stopped]})
    return work.model_copy(update={"status": Status.STUDENT_ERROR, "fault": _fault("student")})


def _not_run() -> TaskResult:
    late = _level("network_training", None, None, seeds=[]).model_copy(update={"status": Status.NOT_RUN})
    work = _task("network_training", [late])
    return work.model_copy(update={"status": Status.HARNESS_ERROR, "measurements": [], "fault": _fault("harness")})


def _task(name: str, criteria: Sequence[CriterionResult]) -> TaskResult:
    decided = [c for c in criteria if c.earned is not None]
    reached = all(c.status is Status.PASSED for c in decided)
    return TaskResult(
        task=name,
        title=TASKS[name],
        profile="quick",
        status=Status.PASSED if reached else Status.FAILED,
        earned=sum(c.earned or 0.0 for c in decided),
        possible=sum(c.points for c in decided),
        manual_points=sum(c.points for c in criteria if c.earned is None),
        fault=None,
        criteria=list(criteria),
        measurements=[_measurement(name, seed) for seed in SEEDS],
        findings=[],
    )


def _level(
    task: str,
    value: float | None,
    earned: float | None,
    *,
    seeds: Sequence[float] = (0.026, 0.027, 0.03),
    **more: object,
) -> CriterionResult:
    points = more.get("points", 30.0)
    fields: dict[str, object] = {
        "id": "level",
        "text": "The decoder rebuilds what it has never seen.",
        "status": Status.PASSED if earned == points else Status.FAILED,
        "points": points,
        "earned": earned,
        "measure": "conv.test_mse",
        "better": "lower",
        "value": value,
        "values": list(seeds) if value is not None else [],
        "interval": (0.024, 0.029) if value is not None and len(seeds) > 1 else None,
        "target": 0.021,
        "floor": 0.045,
        "reference": 0.0198,
        "published": [0.0068],
        "reason": f"The error of {value} is what it is.",
        "hint": "Train for more epochs.",
    }
    return CriterionResult.model_validate(fields | more)


def _measurement(task: str, seed: int) -> Measurement:
    return Measurement(
        key=f"{task}-{seed}",
        source="1",
        task=task,
        version=1,
        profile="quick",
        variant="conv",
        seed=seed,
        fault=None,
        measures={"test_mse": Score(value=0.027, signature="mse|split:test|v1", sampling_error=0.0004)},
        curve={"loss": [0.2, 0.1], "val_loss": [0.3, 0.2]},
        parameters=28_353,
        usage={"train": Usage(wall_s=12.0, cpu_s=11.0, peak_memory_mb=812.4, fit_s=9.5)},
        provenance=Provenance(
            dataset="digits",
            data_sha256="5e" * 32,
            data_sizes={"train": 4_000, "test": 1_000},
            data_published={"train": 60_000, "test": 10_000},
            data_origin="made up",
            harness=__version__,
            python="3.12",
            libraries={"keras": "3.10.0"},
            backend="tensorflow",
            device="cpu",
            isolation="bubblewrap",
            reproducibility="same numbers on the same type of machine",
        ),
    )


def _fault(owner: str) -> Fault:
    fields = {"owner": owner, "kind": "limit", "step": "train", "limit": "wall", "message": "It took more than 60 s."}
    return Fault.model_validate(fields)
