"""A winner by luck is told as one, and nobody else is: rows of candidates as trainings left them."""

from dataclasses import replace

import pytest
from diagnosis import made

from harness import shipped
from harness.diagnosis import check, findings
from harness.grading.baselines import load_baseline
from harness.records.models import Finding, Measurement
from harness.scoring.score import Score
from harness.tasks import find

TASK = find("hyperparameter_tuning")
IMAGES = 500


def candidate(variant: str, reached: float, loss: float, seed: int = 1) -> Measurement:
    """Return what is recorded of a candidate that is right for a share of 500 validation images."""
    error = (reached * (1 - reached) / IMAGES) ** 0.5
    measures = {"val_accuracy": Score(reached, "", error), "val_loss": Score(loss, "")}
    return made.measured(variant=variant, seed=seed).model_copy(update={"task": TASK.name, "measures": measures})


def told(*reached: float, family: str = "mlp", seed: int = 1) -> list[Finding]:
    """Return the findings of a search whose candidates reach these accuracies; losses are all different."""
    rows = [candidate(f"{family}_{i}", value, 0.3 + 0.001 * i, seed) for i, value in enumerate(reached, 1)]
    return findings(TASK, rows)


@pytest.mark.parametrize("reached", [(0.914, 0.92), (0.912, 0.918, 0.926, 0.92, 0.916), (0.92, 0.92)])
def test_candidates_a_hair_apart_won_by_luck(reached: tuple[float, ...]) -> None:
    (finding,) = told(*reached)
    assert (finding.variant, finding.title) == ("mlp_winner", "The winner won by luck")
    assert f"The {len(reached)} candidates of mlp_candidates reach {min(reached):.4g} to" in finding.evidence
    assert "uncertain by 0.012 (standard error)" in finding.evidence
    assert finding.quotes == [f"mlp_{i}.val_accuracy" for i in range(1, 1 + len(reached))]


@pytest.mark.parametrize(
    "reached",
    [
        (0.92,),  # one candidate is no search
        (0.89, 0.92),  # one stands out
        (0.1, 0.1, 0.098),  # zeros, which have another cause
        (0.91, float("nan"), 0.92),  # one diverged
    ],
)
def test_nobody_else_is_told(reached: tuple[float, ...]) -> None:
    assert not [f for f in told(*reached) if f.variant == "mlp_winner"]


def test_a_winner_that_is_there_to_show_it_is_told_to_nobody() -> None:
    variants = tuple(replace(v, shows=("won_by_luck",)) if v.winner else v for v in TASK.variants)
    task = replace(TASK, variants=variants)
    check(task)
    close = [candidate("mlp_1", 0.914, 0.3), candidate("mlp_2", 0.92, 0.31)]
    assert findings(TASK, close) != findings(task, close) == []


def test_one_candidate_twice_is_another_mistake() -> None:
    assert findings(TASK, [candidate("mlp_1", 0.92, 0.3), candidate("mlp_2", 0.92, 0.3)]) == []


def test_every_seed_has_to_say_so() -> None:
    close = [candidate("cnn_1", 0.95, 0.2), candidate("cnn_2", 0.954, 0.21)]
    assert [f.variant for f in findings(TASK, close)] == ["cnn_winner"]
    apart = [candidate("cnn_1", 0.95, 0.2, seed=2), candidate("cnn_2", 0.9, 0.3, seed=2)]
    assert findings(TASK, [*close, *apart]) == []


@pytest.mark.parametrize(("family", "reached"), [("mlp", (0.914, 0.912, 0.914)), ("cnn", (0.958, 0.956, 0.952))])
def test_the_flawed_submission_a_hair_apart_is_told(family: str, reached: tuple[float, ...]) -> None:
    """As it was measured under a key of its own."""
    assert [f.variant for f in told(*reached, family=family)] == [f"{family}_winner"]


@pytest.mark.parametrize("family", ["mlp", "cnn"])
def test_the_reference_is_not_told(family: str) -> None:
    baseline = load_baseline(shipped.folder("reference_models") / "baselines", TASK, "quick", "cpu")
    assert baseline is not None
    rows = [n.removesuffix(".val_accuracy") for n in baseline.measures if n.endswith(".val_accuracy")]
    tried = [name for name in rows if name in {f"{family}_{i}" for i in range(1, 9)}]
    for place in range(len(baseline.seeds)):
        reached = [baseline.measures[f"{name}.val_accuracy"].values[place] for name in tried]
        assert len(reached) > 1 and told(*reached, family=family) == []
