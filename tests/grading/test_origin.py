"""Numbers that an origin quotes are those of a baseline or a report; in the shipped rubrics too."""

import pytest
from grading.invented import baseline

from harness import shipped
from harness.grading.baselines import find_baselines
from harness.grading.origin import Place, agrees, stale, stale_origins
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Band, Criterion
from harness.tasks import find, names

TASK = find("autoencoder")
BAND = {"full": Band(target=0.01, floor=0.02)}
LEVEL = Criterion(id="a", text="a", points=1, measure="conv.test_mse", better="lower", profiles=BAND)
GAIN = LEVEL.model_copy(update={"over": "dense.test_mse"})
TEN = baseline({"conv.test_mse": [0.010, 0.012, 0.014], "dense.test_mse": [0.020, 0.020, 0.020]})


@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("name", names())
def test_what_shipped_rubrics_quote_is_so(name: str, profile: str) -> None:
    task = find(name)
    found = find_baselines(shipped.folder("reference_models") / "baselines", task, profile)
    rubric = load_rubric(shipped.folder("rubrics") / f"{name}.yaml", task)
    assert stale_origins(rubric, task, profile, list(found.values())) == {}


@pytest.mark.parametrize(
    ("criterion", "origin"),
    [
        (LEVEL, "reference 0.012, sd 0.0020, least 0.014, three seeds: mean + 2 sd is 0.016"),
        (GAIN, "reference 0.008, sd 0.002, least 0.006, 3 seeds"),
        (GAIN, "reference 0.012 against 0.02, three seeds"),
        (GAIN, "A 0.0068 against 0.0089; the mean image 7"),
        (LEVEL, "A 0.0068, which C 0.0077 does not reach"),
        (LEVEL, "as for quick"),
        (LEVEL, ""),
    ],
)
def test_what_is_so_is_left_alone(criterion: Criterion, origin: str) -> None:
    assert list(stale(origin, Place(criterion, "full"), TASK, [TEN])) == []


@pytest.mark.parametrize(
    ("criterion", "origin", "said"),
    [
        (LEVEL, "reference 0.013, three seeds", "the baseline has 0.012, three seeds"),
        (LEVEL, "reference 0.012, sd 0.001, three seeds", "sd 0.002"),
        (LEVEL, "reference 0.012, least 0.010, three seeds", "least 0.014"),
        (LEVEL, "reference 0.012, four seeds", "three seeds"),
        (LEVEL, "reference 0.012", "does not say under how many seeds"),
        (LEVEL, "reference 0.012, three seeds: mean + 2 sd is 0.018", "it is 0.016"),
        (GAIN, "reference 0.012 against 0.03, three seeds", "against 0.02"),
        (GAIN, "A 0.0068 against 0.0090", "report A has"),
        (LEVEL, "B 0.0031", "report B has none"),
        (LEVEL, "floor: PCA, 10 components, 0.0300", "the floor is quoted as 0.0300, but is 0.0261"),
    ],
)
def test_what_is_not_so_is_said(criterion: Criterion, origin: str, said: str) -> None:
    (sentence,) = stale(origin, Place(criterion, "full"), TASK, [TEN])
    assert said in sentence


def test_a_reference_that_nobody_measured_is_said() -> None:
    assert list(stale("reference 0.012, one seed", Place(LEVEL, "full"), TASK, [])) == [
        "'reference 0.012, one seed' is quoted, but there is no baseline"
    ]


def test_all_that_is_quoted_comes_from_one_baseline() -> None:
    """The mean of one device and the sd of another are not a reference."""
    other = baseline({"conv.test_mse": [0.030, 0.031, 0.032]})
    assert len(list(stale("reference 0.012, sd 0.0010, three seeds", Place(LEVEL, "full"), TASK, [TEN, other]))) == 1


@pytest.mark.parametrize(
    ("quoted", "value", "right"),
    [("0.0063", 0.006294, True), ("0.0062", 0.006294, False), ("475", 474.6, True), ("0.50", 0.506, False)],
)
def test_a_number_agrees_with_what_rounds_to_it(quoted: str, value: float, right: bool) -> None:
    assert agrees(quoted, value) == right
