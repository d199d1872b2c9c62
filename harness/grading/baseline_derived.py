"""What follows from what a reference measured: measures over variants and budgets, put into its baseline."""

import math
from collections.abc import Sequence

from harness.errors import ResultsError
from harness.grading.baselines import Baseline, BaselineMeasure
from harness.grading.budgets import SIGNATURES
from harness.grading.derived import all_values
from harness.grading.overall import signature_of
from harness.grading.seeds import Gap, Value, Values
from harness.records.models import Measurement
from harness.task import BUDGETS, OVERALL, OverVariants, Task


def with_derived(baseline: Baseline, task: Task, measurements: Sequence[Measurement]) -> Baseline:
    """Return a baseline with every measure over variants and, apart from these, the budgets of every variant.

    Its ratios are over its own means. Raises ResultsError where a measure over variants has no finite value.
    """
    values = all_values(task, measurements, None, baseline)
    overall = {f"{OVERALL}.{m.name}": _measure(m, task, values) for m in task.overall}
    return baseline.model_copy(
        update={"measures": {**baseline.measures, **overall}, "budgets": _budgets(baseline, task, values)}
    )


def _measure(measure: OverVariants, task: Task, values: Values) -> BaselineMeasure:
    name = f"{OVERALL}.{measure.name}"
    numbers = values.level(name)
    gap = next((v for v in numbers if isinstance(v, Gap)), None)
    if gap or not _finite(numbers):
        raise ResultsError(f"The reference must reach a finite {name}.{f' {gap.reason}' if gap else ''}")
    return _made(name, signature_of(measure), task, numbers)


def _finite(values: Sequence[Value]) -> bool:
    return all(not isinstance(v, Gap) and math.isfinite(v) for v in values)


def _made(name: str, signature: str, task: Task, values: Sequence[Value]) -> BaselineMeasure:
    known = task.measure_names()[name]
    numbers = [v for v in values if not isinstance(v, Gap)]
    return BaselineMeasure(values=numbers, better=known.better, signature=signature, unit=known.unit)


def _budgets(baseline: Baseline, task: Task, values: Values) -> dict[str, BaselineMeasure]:
    """Return the budgets that every seed has; a loop need not tell all of them."""
    names = {f"{v.name}.{b.name}": SIGNATURES[b.name] for v in task.trained() for b in BUDGETS}
    own = {full: values.level(full) for full in names if full not in baseline.measures}
    known = {full: v for full, v in own.items() if len(v) == len(baseline.seeds) and _finite(v)}
    return {full: _made(full, names[full], task, v) for full, v in known.items()}
