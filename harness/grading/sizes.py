"""Networks of one size on both sides of a comparison: one that was built too small or too large is easily beaten."""

from fractions import Fraction

from harness.grading.learning import Runs
from harness.grading.rubric_model import Criterion


def unlike(criterion: Criterion, runs: Runs) -> str:
    """Return the sentence that says how far apart the sizes of the two networks are; empty if the rubric allows it.

    They differ where one has more than `size_ratio` times as many parameters as the other, under most of the seeds that
    both were counted under. What a record does not say is held against nobody.
    """
    if criterion.size_ratio is None:
        return ""
    names = tuple(name.partition(".")[0] for name in (criterion.measure, criterion.over))
    these, those = (_counted(runs, name) for name in names)
    pairs = [(these[seed], those[seed]) for seed in sorted(these.keys() & those.keys())]
    ratio = Fraction(criterion.size_ratio)  # of whole numbers, which may be larger than any float
    apart = [pair for pair in pairs if max(pair) > ratio * min(pair)]
    return _sentence(names, apart[0], criterion.size_ratio) if 2 * len(apart) > len(pairs) else ""


def _counted(runs: Runs, variant: str) -> dict[int, int]:
    return {seed: m.parameters for seed, m in runs.get(variant, {}).items() if m.parameters is not None}


def _sentence(names: tuple[str, ...], counts: tuple[int, int], ratio: float) -> str:
    said = " and ".join(f"{name} has {count:,} parameters" for name, count in zip(names, counts, strict=True))
    return (
        f"This counts for nothing, as {said}, and one may have at most {ratio:g} times as many as the other: build both"
        " networks alike, but for what their arguments ask for."
    )
