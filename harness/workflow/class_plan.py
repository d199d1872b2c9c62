"""The plan of a class: made from what was handed in, before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError

from harness.grading.rubric_model import Rubric
from harness.intake.submission import Submission
from harness.records.store import Records
from harness.workflow.entries import given_keys, student_entry
from harness.workflow.options import Options
from harness.workflow.plan import ClassPlan
from harness.workflow.planned import PlannedTask
from harness.workflow.seeding import choose


@dataclass(frozen=True)
class HandedIn:
    """A class to be measured: what it is called, what its students handed in, and the plan that they join, if any.

    `reference` has the references of the tasks, where they are to be graded beside it.
    """

    title: str
    submissions: Sequence[Submission]
    before: ClassPlan | None = None
    reference: Submission | None = None


def make_plan(
    handed_in: HandedIn,
    contexts: Mapping[str, PlannedTask],
    options: Options,
    records: Records,
    rubrics: Mapping[str, Rubric],
) -> ClassPlan:
    """Return who is measured in what under which seeds; seconds that earlier runs took are counted on."""
    known = tuple(options.registry)
    seeds = {name: choose(options.seeds, c.profile, rubrics.get(name)) for name, c in contexts.items()}
    beside = handed_in.reference
    return ClassPlan(
        title=handed_in.title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        profile=options.profile,
        seeds=list(dict.fromkeys(seed for s in seeds.values() for seed in s.first)),
        tasks=list(contexts),
        provenance={name: c.provenance for name, c in contexts.items()},
        given={name: given_keys(c) for name, c in contexts.items()},
        students=[student_entry(s, contexts, options.tasks, known, seeds, options.only) for s in handed_in.submissions],
        reference=student_entry(beside, contexts, options.tasks, known, seeds) if beside else None,
        scale=options.scale,
        seconds=seconds_before(records),
        versions={name: f"{c.task.version}{c.task.files_sha256}" for name, c in contexts.items()},
    )


def seconds_before(records: Records) -> float:
    """Return the seconds that earlier runs into this folder took; 0 if it holds no readable plan."""
    try:
        return ClassPlan.model_validate_json(records.document("plan") or "").seconds
    except ValidationError:
        return 0.0
