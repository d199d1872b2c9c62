"""What `harness calibrate` shows: a table a rubric, and what would change or has changed in the file."""

import json
from collections.abc import Iterator, Sequence

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.grading.calibration import BAND_SDS, DRAWS, Chances, Rates
from harness.grading.fairness import FAIR, WEAK, WEAK_SDS, Fairness, Lost, of_course
from harness.grading.refit import NO_BASELINE, Calibrated
from harness.grading.words import number
from harness.terminal.lines import print_line
from harness.workflow.calibrate import Calibration

RULE = (
    f"one seed decides if it beats the target by more than {BAND_SDS:g} sd; otherwise two more are trained and the"
    " median decides"
)
HEADINGS = ("criterion", "", "target", "floor", "reference", "n", "equal fails", "1 sd weaker", "2 sd weaker")
WIDTH = 120  # what the table needs; a narrower terminal breaks the lines itself
NAMED = 0.1  # of what is lost: a criterion that takes less is not named
LEFT = 2  # columns of words; the rest are numbers


def show_calibrations(found: Sequence[Calibration], *, as_json: bool) -> None:
    """Print every rubric beside its baseline, then the difference; as JSON an object with everything but the text."""
    if as_json:
        tasks = [c.model_dump(mode="json", exclude={"text"}) for c in found]
        typer.echo(json.dumps({"draws": DRAWS, "three_seed_rule": RULE, "tasks": tasks}))
        return
    console = Console(width=max(WIDTH, Console().width))
    for calibration in found:
        print_calibration(console, calibration)
    for sentence in course_words(found):
        print_line(console, sentence)
    print_line(
        console,
        f"Reference: mean ± sd over n seeds. Equal fails: how often a student as good as the reference"
        f" misses the target;\n1 and 2 sd weaker: how often such a student reaches it. One seed / three-seed"
        f" rule: {RULE}.\nShares of {DRAWS:,} draws from the values per seed (smoothed bootstrap).",
        "dim",
    )


def print_calibration(console: Console, calibration: Calibration) -> None:
    """Print one rubric: the table, its notes and the difference."""
    made = f"reference on {calibration.device}" if calibration.device else NO_BASELINE
    print_line(console, f"{calibration.task}, {calibration.profile}: {made}")
    console.print(rates_table(calibration.criteria))
    for row in calibration.criteria:
        for said in filter(None, (row.note, _beats(row))):
            print_line(console, f"  {row.id}: {said}.")
        for said in calibration.stale.get(row.id, ()):
            print_line(console, f"  {row.id}: its origin is stale: {said}.")
    for sentence in fair_words(calibration):
        print_line(console, sentence)
    print_line(console, f"\n{calibration.diff}{outcome(calibration)}\n")


def course_words(found: Sequence[Calibration]) -> Iterator[str]:
    """Say what all rubrics together do to equally good students, as they are and as they would be."""
    now = [c.fairness for c in found if c.fairness]
    then = [c.proposed for c in found if c.proposed]
    if len(now) > 1:
        yield f"All {len(now)} rubrics together: an equally good student {_lost(of_course(now))}."
        yield f"As proposed: {_lost(of_course(then))}.\n"


def _beats(row: Calibrated) -> str:
    """Say what sides would have to beat that they need not yet."""
    naive = row.proposal.naive if row.proposal else None
    return "" if naive is None or naive == row.naive else f"sides would have to beat {number(naive, 4)}"


def fair_words(calibration: Calibration) -> Iterator[str]:
    """Say what the rubric does to equally good and to weak students, as it is and as it would be."""
    if not (fair := calibration.fairness):
        return
    yield f"\nThe rubric as it is: an equally good student {_lost(fair.lost)}; of weak work, {_weak(fair)}."
    if (then := calibration.proposed) and then != fair:
        yield f"As proposed: {_lost(then.lost)}; {_weak(then)}."
    final = calibration.proposed or fair
    if not final.is_fair:
        yield f"Not fair yet: {_unfair(final)}."


def _unfair(fair: Fairness) -> str:
    """Say which goal is missed, and what takes most."""
    if fair.lost.one_point > FAIR:
        taking = [f"{name} ({share:.0%})" for name, share in fair.blame.items() if share >= NAMED]
        return f"at most {FAIR:.0%} should lose a point or more; most is taken by {', '.join(taking) or 'many alike'}"
    return f"at most {WEAK:.0%} of weak work should earn the full points of {fair.weakest}"


def _weak(fair: Fairness) -> str:
    share = _percent(fair.weak_passes)
    return f"{share} % at most earn the full points of a criterion {WEAK_SDS:g} sd below its target ({fair.weakest})"


def _lost(shares: Lost) -> str:
    return (
        f"loses anything in {_percent(shares.anything)} % of cases, a point or more in {_percent(shares.one_point)} %,"
        f" five or more in {_percent(shares.five_points)} %"
    )


def outcome(calibration: Calibration) -> str:
    """Say what became of the file."""
    if not calibration.device:
        with_options = f"--task {calibration.task} --profile {calibration.profile}"
        return f"Nothing to go by; `harness baseline {with_options}` measures the reference."
    if not calibration.diff:
        return f"{calibration.rubric} needs no change."
    if calibration.written:
        return f"Written: {calibration.rubric}"
    return f"{calibration.rubric} is as it was; --write changes it."


def rates_table(criteria: Sequence[Calibrated]) -> Table:
    """Return a row a criterion as the rubric has it, and one below where other numbers are proposed."""
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if place < LEFT else "right", no_wrap=True)
    for criterion in criteria:
        for cells in _rows(criterion):
            table.add_row(*(escape(cell) for cell in cells))
    return table


def _rows(row: Calibrated) -> Iterator[tuple[str, ...]]:
    word = "frozen" if row.frozen else "now"
    reference = "–" if row.mean is None else number(row.mean, 4) + (f" ± {number(row.sd, 2)}" if row.sd else "")
    now = (number(row.target, 6), _floor(row.floor, step=row.step))
    yield (row.id, word, *now, reference, str(row.n or "–"), *_chances(row.chances))
    new = row.proposal
    if new and (new.target, new.floor, new.step) != (row.target, row.floor, row.step):
        proposed = (number(new.target, 6), _floor(new.floor, step=new.step))
        yield ("", "proposed", *proposed, "", "", *_chances(row.proposal_chances))


def _floor(floor: float | None, *, step: bool) -> str:
    """Return from where marks start, or that they all start at the target."""
    return "step" if step else number(floor or 0.0, 6)


def _chances(found: Chances | None) -> tuple[str, ...]:
    if found is None:
        return ("–", "–", "–")
    return tuple(map(_shares, (found.equal_fails, found.weaker_1_sd_passes, found.weaker_2_sd_passes)))


def _shares(rates: Rates) -> str:
    return f"{_percent(rates.one)} / {_percent(rates.three)} %"


def _percent(share: float) -> str:
    """Return a share in [0, 1] with one decimal of a per cent; never 0.0 or 100.0, which draws cannot prove."""
    if share < 0.0005:
        return "<0.1"
    return ">99.9" if share >= 0.9995 else f"{100 * share:.1f}"
