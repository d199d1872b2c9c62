"""Numbers and reasons in words: what a student reads beside the marks."""

import math

from harness.grading.rubric_model import Criterion
from harness.task import Measure

TO_BE_MARKED = "A person marks this."
_ABBREVIATIONS = frozenset(
    {"bleu", "cnn", "gan", "kl", "mae", "mlp", "mse", "pca", "psnr", "rgb", "rmse", "ssim", "td", "vae"}
)
_MAX_DIGITS = 17  # enough to tell any two doubles apart


def number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, whole numbers in full and no trailing zeros."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    if value == 0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -7 <= magnitude <= 14:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - magnitude)
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def beside(value: float, *thresholds: float) -> list[str]:
    """Return `value` and the thresholds, with enough digits that a value just off a threshold reads so."""
    apart = [not math.isclose(value, t, rel_tol=1e-12, abs_tol=1e-12) for t in thresholds]
    for digits in range(3, _MAX_DIGITS + 1):
        said, ends = number(value, digits), [number(t, max(6, digits)) for t in thresholds]
        if not any(differs and said == end for end, differs in zip(ends, apart, strict=True)):
            break
    return [said, *ends]


def percent(share: float) -> str:
    """Return a share in (0, 1) as a whole percentage that never reads 0 % or 100 %."""
    if share < 0.01:
        return "less than 1 %"
    return f"{min(99, math.floor(share * 100 + 1e-9))} %"


def level_reason(measure: Measure, value: float, *, band: tuple[float, float], share: float, seeds: int) -> str:
    """Say how far a level got: `band` is (target, floor), `share` the share of the points in [0, 1]."""
    target, floor = band
    said, goal, start = beside(value, target, floor)
    unit = f" {measure.unit}" if measure.unit else ""
    subject = f"{label(measure)} of {said}{unit}{_of_seeds(seeds)}"
    if math.isnan(value):
        return (
            f"{label(measure)}{_of_seeds(seeds)} is not a number, which counts as the worst value;"
            f" the target is {goal}."
        )
    if share >= 1:
        return f"{subject} reaches the target {goal}."
    if share <= 0:
        return f"{subject} is no better than the floor {start}, where marks begin; the target is {goal}."
    return f"{subject} is {percent(share)} of the way from the floor {start} to the target {goal}."


def advantage_reason(
    criterion: Criterion,
    measure: Measure,
    value: float,
    *,
    band: tuple[float, float],
    share: float,
    seeds: int,
) -> str:
    """Say by how much one variant beats another: `value` is the advantage, positive is better."""
    target, floor = band
    this, that = _sides(criterion)
    unit = f" {measure.unit}" if measure.unit else ""
    within = f" in {inside(label(measure))}{_of_seeds(seeds)}"
    if math.isnan(value):
        return f"{this} cannot be compared with {that}{within}, because a value is not finite."
    said, goal, start = beside(abs(value), target, floor)
    if value == 0:
        return f"{this} and {that} are equal{within}; the target is an advantage of {goal}{unit}."
    verb = "beats" if value > 0 else "is behind"
    ahead = f"{this} {verb} {that} by {said}{unit}{within}"
    if share >= 1:
        return f"{ahead}, which reaches the target {goal}."
    above_floor = "" if floor == 0 or share > 0 else f" marks start above {start} and"
    return f"{ahead};{above_floor} the target is {goal}."


def step_reason(
    criterion: Criterion, measure: Measure, value: float, *, target: float, share: float, seeds: int
) -> str:
    """Say whether a step is reached: all points are at the target, none before it."""
    if criterion.over:
        said = advantage_reason(criterion, measure, value, band=(target, 0.0), share=share, seeds=seeds)
    elif share >= 1 or math.isnan(value):
        said = level_reason(measure, value, band=(target, target), share=share, seeds=seeds)
    else:
        reached, goal = beside(value, target)
        unit = f" {measure.unit}" if measure.unit else ""
        said = f"{label(measure)} of {reached}{unit}{_of_seeds(seeds)} does not reach the target {goal}."
    return said if share >= 1 else f"{said} Points are given there and not before."


def label(measure: Measure) -> str:
    """Return the measure's name as words, beginning with a capital: `test_mse` is "Test MSE"."""
    return spelt(measure.name)


def sentence(text: str) -> str:
    """Return `text` stripped and ending in a full stop, or empty."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else text + "."


def spelt(name: str) -> str:
    words = [w.upper() if w in _ABBREVIATIONS else w for w in name.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _sides(criterion: Criterion) -> tuple[str, str]:
    """Return the names of the two variants, or of the two measures if those differ."""
    this, _, measure = criterion.measure.partition(".")
    that, _, other = criterion.over.partition(".")
    return (this, that) if measure == other else (criterion.measure, criterion.over)


def inside(label_: str) -> str:
    """Return a label as it reads inside a sentence; "MSE" stays as it is."""
    return label_[:1].lower() + label_[1:] if label_[1:2] in (" ", "") or label_[1:2].islower() else label_


def _of_seeds(seeds: int) -> str:
    return f" (median of {seeds} seeds)" if seeds > 1 else ""
