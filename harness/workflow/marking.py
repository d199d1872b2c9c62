"""From the records of a class to its marks. Nothing here trains."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import __version__
from harness.diagnosis import findings
from harness.errors import RubricError, did_you_mean
from harness.grading.baselines import Baseline, load_baseline
from harness.grading.by_hand import student_by_hand
from harness.grading.decisions import more_seeds
from harness.grading.marks import task_result
from harness.grading.passing import judge
from harness.grading.reference import reference_runs
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.records.models import Fault, Measurement, Newest, Provenance
from harness.shipped import SHIPPED, Rooms
from harness.tasks.base import Task
from harness.workflow.candidates import present
from harness.workflow.plan import (
    ClassPlan,
    StudentEntry,
    TaskEntry,
    asking,
    extra_keys,
    is_choosing,
    unslot,
    wanted_keys,
)

Have = Mapping[str, Measurement]


def load_rubrics(folder: Path | None, tasks: Mapping[str, Task], rooms: Rooms = SHIPPED) -> dict[str, Rubric]:
    """Read the rubric of every task, from `folder` or else from `rooms`; raises RubricError with file and line."""
    if folder and not folder.is_dir():
        raise RubricError(f"Expected a folder of rubrics, received {folder}, which is none.")
    rubrics = {}
    for name, task in tasks.items():
        path = folder / f"{name}.yaml" if folder else rooms.file("rubrics", f"{name}.yaml")
        if not path.is_file():
            hint = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")])
            raise RubricError(f"Expected a rubric {path}, found none.{hint}")
        rubrics[name] = load_rubric(path, task)
    return rubrics


def mark_class(
    plan: ClassPlan,
    have: Have,
    tasks: Mapping[str, Task],
    rubrics: Mapping[str, Rubric],
    *,
    revealed: bool,
    by_hand: Newest | None = None,
    rooms: Rooms = SHIPPED,
) -> ClassResult:
    """Mark every student from what is recorded, and from what people decided; what is missing was not run."""
    baselines = load_baselines(tasks, plan.profile, plan.provenance, rooms)
    students = [mark_student(s, plan, have, tasks, rubrics, baselines) for s in plan.students]
    return class_result(plan, have, students, baselines, revealed=revealed, by_hand=by_hand)


def class_result(
    plan: ClassPlan,
    have: Have,
    students: Sequence[StudentResult],
    baselines: Mapping[str, Baseline | None],
    *,
    revealed: bool,
    by_hand: Newest | None = None,
) -> ClassResult:
    """Put together what the students of a class got, with what people decided."""
    return ClassResult(
        title=plan.title,
        created=plan.created,
        harness=__version__,
        profile=plan.profile,
        seeds=plan.seeds,
        complete=all(is_complete(e, plan, have) for s in plan.students for e in s.tasks),
        revealed=revealed,
        seconds=plan.seconds,
        extra_trainings=extra_trainings(plan, have),
        references={name: reference_runs(baseline) for name, baseline in baselines.items()},
        scale=plan.scale,
        students=[student_by_hand(s, by_hand or {}, plan.scale) for s in students],
    )


def load_baselines(
    tasks: Mapping[str, Task], profile: str, provenance: Mapping[str, Provenance], rooms: Rooms
) -> dict[str, Baseline | None]:
    """Return what the references measured on the device of this class, by task; None where nobody has."""

    def of(name: str, task: Task) -> Baseline | None:
        folders = rooms.folders("baselines", name)
        found = (load_baseline(folder, task, profile, provenance[name].device) for folder in folders)
        return next(filter(None, found), None)

    return {name: of(name, task) for name, task in tasks.items()}


def extra_trainings(plan: ClassPlan, have: Have) -> int:
    """Return how many variants were trained because one seed left a doubt, once for identical submissions."""
    keys = {key for s in plan.students for e in s.tasks for key in extra_keys(plan, e).values()}
    return len(keys & have.keys())


def more_seeds_for(
    entry: TaskEntry, plan: ClassPlan, have: Have, task: Task, rubric: Rubric, baseline: Baseline | None
) -> dict[str, str]:
    """Return the variants of a submission that what was measured so far leaves in doubt, with the reason."""
    found, fault = measurements_of(entry, plan, have), entry.fault or stopping_fault(entry, have)
    return more_seeds(rubric, task_of(entry, have, task), plan.profile, found, baseline=baseline, task_fault=fault)


def mark_student(
    student: StudentEntry,
    plan: ClassPlan,
    have: Have,
    tasks: Mapping[str, Task],
    rubrics: Mapping[str, Rubric],
    baselines: Mapping[str, Baseline | None],
) -> StudentResult:
    results = [mark_entry(e, plan, have, tasks[e.task], rubrics[e.task], baselines[e.task]) for e in student.tasks]
    source = student.tasks[0].source if student.tasks else ""
    return StudentResult(
        name=student.name,
        slug=student.slug,
        source=source,
        fault=student.fault,
        notes=student.notes,
        tasks=results,
        judgement=judge(student.fault, results, plan.scale),
        pseudonym=student.pseudonym,
    )


def mark_entry(
    entry: TaskEntry, plan: ClassPlan, have: Have, task: Task, rubric: Rubric, baseline: Baseline | None
) -> TaskResult:
    measurements = measurements_of(entry, plan, have)
    fault = entry.fault or stopping_fault(entry, have)
    result = task_result(
        rubric,
        task_of(entry, have, task),
        plan.profile,
        measurements,
        baseline=baseline,
        task_fault=fault,
        findings=findings(task, measurements),
        can_ask=bool(entry.spare_seeds or entry.spare),
    )
    return result.model_copy(
        update={
            "source": entry.source,
            "source_bytes": entry.source_bytes,
            "data_bytes": entry.data_bytes,
            "contract": entry.contract,
            "extra": asked_for(entry, plan, have),
        }
    )


def task_of(entry: TaskEntry, have: Have, task: Task) -> Task:
    """Return the task with the variants that a submission has; all of them until its contract check has passed."""
    contract = have.get(entry.contract)
    return task if contract is None or contract.fault else present(task, contract.candidates)


def asked_for(entry: TaskEntry, plan: ClassPlan, have: Have) -> dict[str, str]:
    """Return the keys of what was measured under further seeds, with what asked for it."""
    asked = plan.asked.get(asking(entry), {})
    return {key: asked[unslot(name)[0]] for name, key in extra_keys(plan, entry).items() if key in have}


def measurements_of(entry: TaskEntry, plan: ClassPlan, have: Have) -> list[Measurement]:
    """Return what was measured of a submission, and what the harness computed itself under each of its seeds.

    Variant by variant in the order of the task, each in the order of its seeds.
    """
    wanted = wanted_keys(plan, entry)
    order = list(dict.fromkeys(unslot(name)[0] for name in wanted))
    measured = [have[key] for key in wanted.values() if key in have]
    measured.sort(key=lambda m: order.index(m.variant))
    given = [have[key] for key in plan.given.get(entry.task, {}).values() if key in have]
    seeds = dict.fromkeys(unslot(name)[1] for name in wanted)
    repeated = [m.model_copy(update={"seed": seed}) for m in given for seed in seeds]
    return [*measured, *repeated] if measured else []


def stopping_fault(entry: TaskEntry, have: Have) -> Fault | None:
    """Return the fault that kept the rest of a submission from running: of its contract, or a limit at once."""
    contract = have.get(entry.contract)
    if contract and contract.fault:
        return contract.fault
    lead = have.get(next(iter(entry.keys.values()), ""))
    return lead.fault if lead and lead.fault and lead.fault.kind == "limit" else None


def is_complete(entry: TaskEntry, plan: ClassPlan, have: Have) -> bool:
    stopped = entry.fault or stopping_fault(entry, have)
    wanted = (entry.contract, *wanted_keys(plan, entry).values())
    return bool(stopped) or (not is_choosing(plan, entry) and all(key in have for key in wanted))
