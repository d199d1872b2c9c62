"""Baselines and students made up for tests."""

from collections.abc import Mapping, Sequence

from harness.grading.baselines import Baseline, BaselineMeasure
from harness.grading.passing import judge
from harness.grading.results import StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Fault, Provenance
from harness.task import Task

PROVENANCE = Provenance(
    dataset="none",
    data_sha256="0" * 64,
    data_sizes={},
    data_published={},
    data_origin="made by hand",
    harness="0",
    python="3.11",
    libraries={"keras": "3"},
    backend="none",
    device="cpu",
    isolation="none",
    reproducibility="bit-equal",
)


def made_baseline(task: Task, values: Mapping[str, Sequence[float]], profile: str = "quick") -> Baseline:
    """Return a baseline with these values per seed, by `variant.measure`."""
    known = task.measure_names()
    (seeds,) = {len(v) for v in values.values()}
    return Baseline(
        task=task.name,
        version=task.version,
        profile=profile,
        device="cpu",
        created="2025-01-01T00:00:00Z",
        seeds=list(range(1, seeds + 1)),
        measures={
            name: BaselineMeasure(values=list(v), better=known[name].better, signature="toy|v:1", unit=known[name].unit)
            for name, v in values.items()
        },
        usage={},
        parameters={},
        provenance=PROVENANCE,
    )


def student_of(
    name: str,
    tasks: Sequence[TaskResult],
    *,
    slug: str = "",
    source: str = "",
    fault: Fault | None = None,
    scale: GradingScale | None = None,
) -> StudentResult:
    """Return a student who handed these tasks in, judged by `scale`."""
    return StudentResult(
        name=name,
        slug=slug or name.lower(),
        source=source,
        fault=fault,
        tasks=list(tasks),
        judgement=judge(fault, tasks, scale or GradingScale()),
    )
