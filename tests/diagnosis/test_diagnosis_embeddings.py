"""What became of word vectors and of the order of words is told by numbers."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.embeddings import RULES
from harness.records.models import Measurement


def learnt(**measures: float) -> Measurement:
    return measured(classes=2, test_accuracy=0.9, **measures)


@pytest.mark.parametrize(
    ("m", "rule", "said"),
    [
        (learnt(matrix_loaded=0.01, matrix_moved=1.4, matrix_learnt=1.0), "matrix_not_loaded", "1%"),
        (learnt(matrix_loaded=1.0, matrix_moved=0.3), "matrix_not_frozen", "30.0%"),
        (learnt(matrix_loaded=1.0, matrix_moved=0.0, matrix_learnt=0.0), "matrix_stands_still", "No row"),
        (learnt(probe_difference=0.0), "order_thrown_away", "same score"),
        (learnt(probe_difference=0.6, order_counts=0.6, padding_counts=0.3), "order_seen_by_average", "0.600"),
        (learnt(probe_difference=0.0, order_counts=0.0, padding_counts=0.2), "padding_counted", "0.200"),
    ],
)
def test_each_mistake_is_named_alone(m: Measurement, rule: str, said: str) -> None:
    speaking = {one.__name__: found for one in RULES if (found := one(m))}
    assert list(speaking) == [rule]
    assert said in speaking[rule].evidence


@pytest.mark.parametrize(
    "m",
    [
        learnt(),
        learnt(matrix_loaded=1.0, matrix_moved=0.0, probe_difference=0.8),
        learnt(matrix_loaded=1.0, matrix_moved=0.4, matrix_learnt=0.9, probe_difference=0.8),
        learnt(probe_difference=0.0, order_counts=1e-7, padding_counts=1e-7),
        measured(classes=2, test_accuracy=0.5, probe_difference=0.0),
    ],
)
def test_sound_work_is_left_alone(m: Measurement) -> None:
    assert not any(rule(m) for rule in RULES)
