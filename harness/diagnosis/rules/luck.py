"""What a search shows as a whole: candidates so alike that the validation examples cannot tell them apart."""

from collections.abc import Iterator, Sequence

from harness.diagnosis.read import measure
from harness.grading.learning import AT_CHANCE
from harness.records.models import Finding, Measurement
from harness.task import Task, Winner

ERRORS = 2.0  # standard errors of one accuracy, within which 95 % of repeated measurements lie


def won_by_luck(task: Task, measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """Yield a finding for the first winner of each search that says so under every seed."""
    winners = {v.winner: v.name for v in reversed(task.variants) if v.winner}
    for winner, variant in winners.items():
        names = [v.name for v in task.variants if v.candidate and v.candidate.function == winner.function]
        tried = [m for m in measurements if m.variant in names]
        of_seeds = [[m for m in tried if m.seed == seed] for seed in dict.fromkeys(m.seed for m in tried)]
        said = [evidence(winner, some) for some in of_seeds]
        if said and all(said):
            yield Finding(
                variant=variant,
                title="The winner won by luck",
                evidence=said[0],
                next_step="Try candidates that lie further apart: another optimiser, a rate or a batch three to ten"
                " times as large or small. Of those that end alike, take the simplest, and say that they are alike.",
                quotes=[f"{m.variant}.{winner.by}" for m in of_seeds[0]],
            )


def evidence(winner: Winner, tried: Sequence[Measurement]) -> str:
    """Say how close the candidates of one seed lie; nothing where one stands out, two are one, or none has learnt.

    Candidates that are equal in every measure are one: their settings reach nothing, which is another mistake.
    """
    values = {m.variant: value for m in tried if (value := measure(m, winner.by)) is not None}
    distinct = {tuple(score.value for score in m.measures.values()) for m in tried}
    if len(values) < max(2, len(tried)) or len(distinct) < len(tried):
        return ""
    low, high = min(values.values()), max(values.values())
    best = next(m for m in tried if values[m.variant] == high)
    error, classes = best.measures[winner.by].sampling_error, best.provenance.data_classes
    if error is None or high - low > ERRORS * error or high <= AT_CHANCE / max(1, classes):
        return ""
    return (
        f"The {len(values)} candidates of {winner.function} reach {low:.4g} to {high:.4g} in {winner.by}. On so few"
        f" examples one such value is uncertain by {error:.2g} (standard error), so that chance decided between them."
    )


RULES = ()
OF_SEVERAL = (won_by_luck,)
