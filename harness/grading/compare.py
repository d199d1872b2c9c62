"""Whether two baselines differ by more than their seeds do, so that a new Keras or another GPU is noticed."""

import statistics
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from harness.errors import ResultsError
from harness.grading.baselines import Baseline, BaselineMeasure
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.smallest_shift import smallest_shift
from harness.grading.words import number
from harness.records.models import Frozen, Provenance

TEST = "Welch's t-test (two-sided), Holm's correction over measures"
ALPHA = 0.05
ROUNDING = 1e-6  # models and PCA compute in float32: values this close, relative to their size, are one value
NOTHING = 1e-12  # the same for values of zero, such as the gap of a network left at chance
CONSTANT = 1e-9  # a spread below this, relative to the values, is none

# What a comparison says about a baseline's provenance beside its libraries.
DATA = ("dataset", "data_sha256", "data_origin", "data_sizes")
MACHINE = ("harness", "python", "backend", "device", "machine", "isolation", "reproducibility")


class Sample(Frozen):
    """The values of one measure in one baseline: how many seeds, their mean, and their sd (n - 1)."""

    seeds: int
    mean: float
    sd: float


class MeasureDifference(Frozen):
    """One measure, or what a criterion grades, in two baselines. `difference` is second minus first, in its unit.

    `smallest_shift` is the least true difference that would be found four times in five, in that unit; None where there
    is nothing to test. `bit_equal` says that every seed gave the same value in both, to the last bit.
    `interval` is its 95 % confidence interval before correction, `p_value` that of Welch's test and `p_holm` the
    same after Holm's correction, all None where no seed changes either side and there is nothing to test.
    """

    measure: str
    unit: str
    bit_equal: bool = False
    smallest_shift: float | None = None
    first: Sample
    second: Sample
    difference: float
    interval: tuple[float, float] | None = None
    t: float | None = None
    degrees: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    differs: bool
    sentence: str = ""


class Change(Frozen):
    """One thing that two baselines depend on and that is not the same in both; `about` is data or machine."""

    name: str
    about: Literal["data", "machine", "model", "seeds"]
    first: str
    second: str


class Comparison(Frozen):
    """How two baselines of one task, version and profile compare: what is graded, by criterion, and every measure."""

    task: str
    version: int
    profile: str
    test: str = TEST
    alpha: float = ALPHA
    differs: bool
    criteria: list[MeasureDifference]
    measures: list[MeasureDifference]
    only_first: list[str]
    only_second: list[str]
    changes: list[Change]


def compare(first: Baseline, second: Baseline, rubric: Rubric | None = None) -> Comparison:
    """Compare what both baselines hold, by Welch's t-test at 5 % with Holm's correction.

    What a rubric grades under the profile is tested with the measures: the advantage of one variant over another may
    shift where neither stands out. A criterion on a level stands with the test of its measure.

    The test is not paired although both sides may have used the same seeds: a seed fixes the random numbers of one
    machine and one version only, so seed 3 on a GPU has no more to do with seed 3 on a CPU than seed 7 has. Welch's
    form does not suppose that both sides spread alike. Values without any spread (PCA, a network left at chance) are
    not tested: they are equal, or they differ.

    Raises ResultsError for baselines of another task, version or profile, for measures that were not measured in the
    same way, and for fewer than two seeds.
    """
    _check_comparable(first, second)
    names = [name for name in first.measures if name in second.measures]
    alike = first.seeds == second.seeds
    graded = [c for c in rubric.criteria if _is_graded(c, first, second)] if rubric else []
    pairs = {name: (first.measures[name], second.measures[name]) for name in names}
    pairs |= {c.id: (_advantage(c, first), _advantage(c, second)) for c in graded if c.over or c.measure not in pairs}
    tested = _corrected(pairs, same_seeds=alike)
    return Comparison(
        task=first.task,
        version=first.version,
        profile=first.profile,
        differs=any(d.differs for d in tested.values()),
        criteria=[tested[c.id if c.id in tested else c.measure].model_copy(update={"measure": c.id}) for c in graded],
        measures=[tested[name] for name in names],
        only_first=[n for n in first.measures if n not in second.measures],
        only_second=[n for n in second.measures if n not in first.measures],
        changes=list(_changes(first, second)),
    )


def _is_graded(criterion: Criterion, first: Baseline, second: Baseline) -> bool:
    """Say whether a criterion is marked under the profile, and both sides hold what it grades."""
    names = criterion.measure, criterion.over
    return first.profile in criterion.profiles and first.has(*names) and second.has(*names)


def _advantage(criterion: Criterion, baseline: Baseline) -> BaselineMeasure:
    """Return what a criterion grades as a measure of its own."""
    values = baseline.values(criterion.measure, criterion.over, criterion.better or "higher")
    known = (baseline.measures | baseline.budgets)[criterion.measure]
    return known.model_copy(update={"values": values})


def difference(
    name: str, first: BaselineMeasure, second: BaselineMeasure, *, same_seeds: bool = False
) -> MeasureDifference:
    """Return Welch's test of one measure, not corrected yet; both sides hold at least two finite values.

    Source: Welch, The generalization of "Student's" problem when several different population variances are
    involved, Biometrika 34 (1947), as `scipy.stats.ttest_ind(equal_var=False)`.
    """
    samples = _sample(first.values), _sample(second.values)
    apart = samples[1].mean - samples[0].mean
    plain = MeasureDifference(
        measure=name,
        unit=first.unit,
        bit_equal=same_seeds and first.values == second.values,
        first=samples[0],
        second=samples[1],
        difference=apart,
        differs=False,
    )
    if _same_but_for_rounding([*first.values, *second.values]):
        return plain
    if _constant(first.values) and _constant(second.values):
        return plain.model_copy(update={"differs": True})
    from scipy.stats import ttest_ind

    with warnings.catch_warnings():  # one side without spread is no loss of precision
        warnings.filterwarnings("ignore", "Precision loss occurred", RuntimeWarning)
        result = ttest_ind(second.values, first.values, equal_var=False)
    low, high = result.confidence_interval(1 - ALPHA)
    tested = {
        "interval": (float(low), float(high)),
        "t": float(result.statistic),
        "degrees": float(result.df),
        "p_value": float(result.pvalue),
    }
    return plain.model_copy(update=tested)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given; each in [0, 1].

    Keeps the chance of one false alarm among all tests below the level, whatever hangs together among them, which
    measures of one training do. Source: Holm, A simple sequentially rejective multiple test procedure, Scandinavian
    Journal of Statistics 6 (1979).
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[i]))
        corrected[i] = largest
    return corrected


def _corrected(
    pairs: Mapping[str, tuple[BaselineMeasure, BaselineMeasure]], *, same_seeds: bool
) -> dict[str, MeasureDifference]:
    """Test each pair, correct the p-values of what was tested, and put what differs into words.

    The smallest shift is that of the strictest step of the correction: some of them would be found from a little less.
    """
    found = {name: difference(name, *pair, same_seeds=same_seeds) for name, pair in pairs.items()}
    tested = {name: d.p_value for name, d in found.items() if d.p_value is not None}
    for name, p in zip(tested, holm(list(tested.values())), strict=True):
        first, second = pairs[name]
        shift = smallest_shift(first.values, second.values, ALPHA / len(tested))
        found[name] = found[name].model_copy(update={"p_holm": p, "differs": p < ALPHA, "smallest_shift": shift})
    return {name: d.model_copy(update={"sentence": _sentence(d)}) if d.differs else d for name, d in found.items()}


def _sentence(d: MeasureDifference) -> str:
    unit = f" {d.unit}" if d.unit else ""
    way = "higher" if d.difference > 0 else "lower"
    amount, mean_1, mean_2 = (number(v) for v in (abs(d.difference), d.first.mean, d.second.mean))
    start = f"{d.measure} is {amount}{unit} {way} in the second ({mean_2} against {mean_1})"
    if d.p_holm is None:
        return f"{start}, and no seed changes it on either side."
    return f"{start}, more than seeds explain (p = {d.p_holm:.2g} after correction)."


def _sample(values: Sequence[float]) -> Sample:
    return Sample(seeds=len(values), mean=statistics.fmean(values), sd=statistics.stdev(values))


def _same_but_for_rounding(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= max(ROUNDING * max(abs(v) for v in values), NOTHING)


def _constant(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= CONSTANT * max(abs(v) for v in values)


def _check_comparable(first: Baseline, second: Baseline) -> None:
    one, other = (f"{b.task}@{b.version} {b.profile}" for b in (first, second))
    if one != other:
        raise ResultsError(
            f"Expected two baselines of one task, version and profile, received {one} and {other}; compare like with"
            " like."
        )
    for name, measure in first.measures.items():
        theirs = second.measures.get(name, measure)
        if (measure.signature, measure.unit) != (theirs.signature, theirs.unit):
            raise ResultsError(
                f"Expected {name} to be measured in one way, received {measure.signature} and {theirs.signature};"
                " measure one of the two again."
            )
    if not first.measures.keys() & second.measures.keys():
        raise ResultsError(
            f"Expected baselines of {first.task} with a measure in common, received none; measure again."
        )
    for baseline in (first, second):
        if len(baseline.seeds) < 2:
            raise ResultsError(
                f"Expected at least two seeds on both sides, received a baseline of {baseline.task} on"
                f" {baseline.device} with one; measure it under more."
            )


def _changes(first: Baseline, second: Baseline) -> Iterator[Change]:
    """Yield what the two depend on and do not share: data first, as other data explains any difference."""
    one, other = first.provenance, second.provenance
    for name in DATA:
        yield from _change(name, "data", getattr(one, name), getattr(other, name))
    yield from _change("seeds", "seeds", first.seeds, second.seeds)
    for variant in sorted(first.parameters.keys() | second.parameters.keys()):
        counts = first.parameters.get(variant, "none"), second.parameters.get(variant, "none")
        yield from _change(f"parameters of {variant}", "model", *counts)
    for name in MACHINE:
        yield from _change(name, "machine", getattr(one, name), getattr(other, name))
    yield from _libraries(one, other)


def _libraries(one: Provenance, other: Provenance) -> Iterator[Change]:
    for name in sorted(one.libraries.keys() | other.libraries.keys()):
        yield from _change(name, "machine", one.libraries.get(name, "none"), other.libraries.get(name, "none"))


def _change(
    name: str, about: Literal["data", "machine", "model", "seeds"], first: object, second: object
) -> Iterator[Change]:
    if first != second:
        yield Change(name=name, about=about, first=_words(first), second=_words(second))


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
