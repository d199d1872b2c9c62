"""The rubrics that travel with the harness: whole, explained, fair between profiles, and true to the baselines."""

from pathlib import Path

import pytest

from harness import shipped
from harness.grading.baselines import find_baselines, load_baseline
from harness.grading.reference import naive_figures
from harness.grading.rubric import Criterion, Rubric, load_rubric
from harness.tasks import find, names

PROFILES = ("quick", "full")

pytestmark = pytest.mark.parametrize("name", names())


def rubric_of(name: str) -> Rubric:
    return load_rubric(shipped.folder("rubrics") / f"{name}.yaml", find(name))


def automatic(name: str) -> list[Criterion]:
    return [c for c in rubric_of(name).criteria if not c.manual]


def band(criterion: Criterion, profile: str) -> tuple[float, float]:
    found = criterion.band(profile)
    assert found is not None, criterion.id
    return found


def test_every_file_is_the_rubric_of_a_task(name: str) -> None:
    found = {p.stem for p in Path(shipped.folder("rubrics")).glob("*.yaml")}
    assert found == set(names())


def test_the_total_is_stated(name: str) -> None:
    """Then a criterion that is added or dropped by mistake is refused on load."""
    assert rubric_of(name).points == sum(c.points for c in rubric_of(name).criteria) > 0


def marked(name: str, profile: str) -> list[Criterion]:
    """Return what is marked by itself under `profile`; a criterion may have no band for one."""
    return [criterion for criterion in automatic(name) if profile in criterion.profiles]


def test_it_asks_for_more_than_one_thing_and_leaves_room_for_a_person(name: str) -> None:
    assert len(automatic(name)) >= 3
    assert any(c.over for c in automatic(name)), "something is compared"
    assert max(c.points for c in automatic(name)) <= sum(c.points for c in automatic(name)) / 2


def test_a_student_reads_a_sentence_and_a_hint(name: str) -> None:
    for criterion in rubric_of(name).criteria:
        assert len(criterion.text) > 15
        assert criterion.text.rstrip().endswith((".", "!", "?"))
        assert criterion.manual or len(criterion.hint) > 15, criterion.id


@pytest.mark.parametrize("profile", PROFILES)
def test_targets_lie_on_the_better_side_of_the_floor(name: str, profile: str) -> None:
    for criterion in (c for c in marked(name, profile) if not c.profiles[profile].step):
        target, floor = band(criterion, profile)
        up = criterion.over or criterion.better == "higher"
        assert (target > floor) if up else (target < floor), criterion.id


@pytest.mark.parametrize("profile", PROFILES)
def test_a_step_asks_a_comparison_for_a_gain(name: str, profile: str) -> None:
    """A step has no floor; at 0 two sides that are equal would earn its points."""
    for criterion in marked(name, profile):
        if criterion.profiles[profile].step and criterion.over:
            assert criterion.profiles[profile].target > 0, criterion.id


@pytest.mark.parametrize("profile", PROFILES)
def test_shares_stay_between_nothing_and_everything(name: str, profile: str) -> None:
    for criterion in marked(name, profile):
        if "accuracy" in criterion.measure:
            target, floor = band(criterion, profile)
            assert -1 <= floor <= target <= 1, criterion.id


@pytest.mark.parametrize("profile", PROFILES)
def test_the_reference_reaches_every_target_under_nearly_every_seed(name: str, profile: str) -> None:
    """A target that the reference itself misses would be luck; baselines hold ten seeds."""
    baseline = load_baseline(shipped.folder("reference_models") / "baselines", find(name), profile, "cpu")
    baseline = baseline or load_baseline(shipped.folder("reference_models") / "baselines", find(name), profile, "gpu")
    if baseline is None:
        pytest.skip(f"no baseline of {name} under {profile}")
    for criterion in (c for c in marked(name, profile) if baseline.has(c.measure, c.over)):
        target, _ = band(criterion, profile)
        values = baseline.values(criterion.measure, criterion.over, criterion.better or "higher")
        up = bool(criterion.over) or criterion.better == "higher"
        missed = sum((v < target) if up else (v > target) for v in values)
        assert missed <= len(values) // 10, f"{criterion.id}: missed by {missed} of {len(values)} seeds: {values}"


@pytest.mark.parametrize("profile", PROFILES)
def test_no_mark_begins_below_an_answer_without_learning(name: str, profile: str) -> None:
    """What PCA, counting or a rule reaches earns nothing; `harness calibrate --write` keeps floors there."""
    folder, task = shipped.folder("reference_models") / "baselines", find(name)
    baseline = load_baseline(folder, task, profile, "cpu") or load_baseline(folder, task, profile, "gpu")
    for criterion in marked(name, profile):
        known = [] if criterion.over else naive_figures(task, criterion.measure, profile, baseline)
        if known and criterion.learned:
            sign = 1.0 if criterion.better == "higher" else -1.0
            _, floor = band(criterion, profile)
            best = known[-1]
            short = sign * (best.value - floor)
            assert short <= 1e-9, f"{criterion.id}: marks begin at {floor}, {best.source} reaches {best.value}"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_gap_says_by_what_its_sides_are_good(name: str, profile: str) -> None:
    for criterion in marked(name, profile):
        if criterion.measure.endswith(".gap") and criterion.over:
            assert criterion.level, f"{criterion.id}: two networks that learnt nothing have no gap"


@pytest.mark.parametrize("backend", ["", "jax"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_reference_s_networks_are_as_alike_as_a_comparison_asks(name: str, profile: str, backend: str) -> None:
    folder = shipped.folder("reference_models") / "baselines" / backend
    for baseline in find_baselines(folder, find(name), profile).values():
        for criterion in (c for c in marked(name, profile) if c.size_ratio):
            sides = [baseline.parameters[side.partition(".")[0]] for side in (criterion.measure, criterion.over)]
            assert max(sides) <= (criterion.size_ratio or 0) * min(sides), criterion.id
