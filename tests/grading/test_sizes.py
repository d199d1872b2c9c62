"""A comparison of two networks counts where they are of one size: a side that is built to lose is no evidence."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from harness.errors import RubricError
from harness.grading.marks import mark
from harness.grading.results import CriterionResult
from harness.grading.rubric import Criterion, Rubric
from harness.grading.rubric_check import problems
from harness.records.models import Measurement
from harness.task import Measure, Task

Measured = Callable[..., Measurement]
Mark = Callable[..., CriterionResult]


def rubric_of(size_ratio: float | None, over: str = "plain") -> Rubric:
    given = {"id": "c", "text": "It.", "points": 10, "measure": "deep.test_accuracy", "over": f"{over}.test_accuracy"}
    band = {"quick": {"target": 0.01}}
    more = {"better": "higher", "profiles": band, "size_ratio": size_ratio}
    return Rubric(task="toy@2", criteria=[Criterion.model_validate({**given, **more})])


@pytest.fixture
def marked(task: Task, measured: Measured) -> Mark:
    """Return a function that marks a clear advantage of networks with so many parameters, a pair per seed."""

    def make(size_ratio: float | None, *sizes: Sequence[int | None], over: str = "plain") -> CriterionResult:
        runs = [
            measured(variant, seed=seed, test_accuracy=reached).model_copy(update={"parameters": count})
            for seed, pair in enumerate(sizes)
            for variant, reached, count in (("deep", 0.97, pair[0]), (over, 0.9, pair[1]))
        ]
        (result,) = mark(rubric_of(size_ratio, over), task, "quick", runs)
        return result

    return make


@pytest.mark.parametrize(
    ("size_ratio", "sizes", "counts"),
    [
        (1.25, (60_874, 60_874), True),
        (1.25, (61_322, 60_874), True),
        (1.25, (1_634, 1_314), True),
        (1.25, (60_874, 6_210), False),
        (1.25, (6_210, 60_874), False),
        (1.25, (60_874, 0), False),
        (1.25, (0, 0), True),
        (8, (136_988, 115_316), True),
        (8, (8_000, 1_000), True),
        (8, (136_988, 11_000), False),
        (1.25, (60_874, None), True),
        (1.25, (None, None), True),
        (None, (60_874, 10), True),
    ],
    ids=[
        "equal",
        "batch normalisation on one side",
        "batch normalisation in a small network",
        "a side made too small",
        "a side made too large",
        "a side without weights",
        "neither has weights",
        "a larger head by design",
        "nothing but the head",
        "too small for a smaller head",
        "one was not counted",
        "neither was counted",
        "the rubric does not ask",
    ],
)
def test_an_advantage_counts_between_networks_of_one_size(
    marked: Mark, size_ratio: float | None, sizes: tuple[int | None, int | None], counts: bool
) -> None:
    assert marked(size_ratio, sizes).earned == (10 if counts else 0)


def test_the_student_reads_which_two_how_large_they_are_and_what_to_do(marked: Mark) -> None:
    result = marked(1.25, (60_874, 6_210))
    assert "deep has 60,874 parameters and plain has 6,210 parameters" in result.reason
    assert "at most 1.25 times as many as the other" in result.reason and "build both networks alike" in result.reason
    assert result.hint == "", "advice on a better network would lead away from that"


def test_most_seeds_have_to_say_so(marked: Mark) -> None:
    even, small = (100, 100), (100, 10)
    assert marked(1.25, even, even, small).earned == 10
    assert marked(1.25, even, small, small).earned == 0


def test_an_answer_of_the_harness_has_no_size(marked: Mark) -> None:
    assert marked(1.25, (60_874, None), over="pca").earned == 10


OVER = "over: plain.test_accuracy"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (OVER, "over: pca.test_accuracy\n    size_ratio: 1.25", 26, "pca is no network that the student builds"),
        ("measure: plain.mse", "measure: plain.mse\n    size_ratio: 1.25", 18, "is no comparison"),
        (OVER, f"{OVER}\n    size_ratio: 0.8", 26, "'size_ratio' must be at least 1, but is the number 0.8"),
        (OVER, f"{OVER}\n    size_ratio: equal", 26, "'size_ratio' must be a number, but is the text 'equal'"),
        (OVER, f"{OVER}\n    sizes_ratio: 2", 26, "Did you mean 'size_ratio'?"),
        ("manual: true", "manual: true\n    size_ratio: 2", 33, "marked by a person"),
    ],
    ids=["given side", "level", "below one", "a word", "misspelt", "by hand"],
)
def test_a_rubric_that_asks_where_there_are_no_two_networks_is_refused(
    rubric_from: Callable[[str], Rubric], good: str, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(RubricError) as caught:
        rubric_from(good.replace(old, new))
    assert f"toy.yaml:{line}: " in str(caught.value) and said in str(caught.value)


def test_two_measures_of_one_variant_are_of_one_network(task: Task) -> None:
    more = replace(task, measures=(*task.measures, Measure("untrained_accuracy", "accuracy as built", "higher")))
    rubric = rubric_of(2)
    rubric = rubric.model_copy(
        update={"criteria": [rubric.criteria[0].model_copy(update={"over": "deep.untrained_accuracy"})]}
    )
    ((place, said),) = problems(rubric, more)
    assert place == ("criteria", 0, "size_ratio") and "deep, which is as large as itself" in said
