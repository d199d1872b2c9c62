"""Reading one measurement for a rule: what is missing or no number is None, and no rule has to care why."""

import math
from collections.abc import Sequence

from harness.grading.learning import AT_CHANCE
from harness.records.models import Measurement


def measure(m: Measurement, name: str) -> float | None:
    found = m.measures.get(name)
    return found.value if found and math.isfinite(found.value) else None


def sign(m: Measurement, name: str) -> float | None:
    found = m.signs.get(name)
    return found if found is not None and math.isfinite(found) else None


def column(m: Measurement, name: str) -> list[float]:
    """Return a column of the learning curve, one value an epoch; empty if it is missing or holds any non-number."""
    values = m.curve.get(name, [])
    return values if all(map(math.isfinite, values)) else []


def quotes(m: Measurement, *names: str) -> list[str]:
    """Name measures of this variant as a rubric does."""
    return [f"{m.variant}.{name}" for name in names]


def is_at_chance(m: Measurement) -> bool:
    accuracy, classes = measure(m, "test_accuracy"), m.provenance.data_classes
    return accuracy is not None and classes > 0 and accuracy <= AT_CHANCE / classes


def still_falling(loss: Sequence[float]) -> bool:
    """Say whether the loss fell by more than a twentieth over the last quarter of the epochs."""
    back = max(1, len(loss) // 4)
    return len(loss) > back and loss[-1] < 0.95 * loss[-1 - back]
