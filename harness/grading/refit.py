"""A whole rubric held against a baseline: what to write into it, so that it is fair to equally good students.

Every target begins a tolerance factor from the mean. While more than `FAIR` of such students would lose a point, the
criterion that takes most from them is made a little more lenient; where none can be, what remains is said.
"""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from harness.grading.baselines import Baseline
from harness.grading.calibration import Chances, chances
from harness.grading.fairness import FAIR, Simulation
from harness.grading.naive import naive_of
from harness.grading.origin import Place
from harness.grading.origin_write import refreshed
from harness.grading.proposal import (
    NARROW_SDS,
    STEP_SDS,
    Floor,
    Margin,
    Proposal,
    Reached,
    floor_of,
    propose,
    reached_by,
    rounding_step,
    tolerance_factor,
)
from harness.grading.redrawn import shared_part
from harness.grading.rubric_model import Band, Criterion, Rubric
from harness.grading.words import number
from harness.records.models import Frozen
from harness.task import Better, Task

DIGITS: Final = 4  # of a floor where nothing says how far seeds differ
EASIER: Final = 0.25  # sd by which a target is moved at a time
MOST: Final = 4.0  # sd beyond the tolerance factor; further off, it is the criterion that has to change
NO_BASELINE: Final = "no baseline"
ONE_SEED: Final = "one seed only; a spread needs two"
FROZEN: Final = "frozen, its target stays as written"
SAME: Final = "its numbers are those that would be proposed"
CONSTANT: Final = "every seed gave the same value; stays as written"
TOO_NOISY: Final = (
    f"the reference lies less than {STEP_SDS:g} sd beyond where marks begin, so that neither a band nor a step is fair;"
    " stays as written: make the reference better or steadier, or drop it"
)


class Calibrated(Frozen):
    """One criterion beside its baseline.

    `mean`, `sd` (n - 1) and `n` are the reference's over seeds: of the measure, or of the advantage per seed for a
    comparison. `margin` is how many sd the proposed target lies from the mean. What is None is not known, and `note`
    says why, or why nothing is proposed.
    """

    id: str
    measure: str
    over: str
    better: Better
    target: float
    floor: float | None
    naive: float | None = None
    step: bool = False
    frozen: bool
    n: int = 0
    mean: float | None = None
    sd: float | None = None
    margin: float | None = None
    chances: Chances | None = None
    proposal: Proposal | None = None
    proposal_chances: Chances | None = None
    note: str = ""


@dataclass(frozen=True)
class Against:
    """What a rubric is held against; with `refit`, frozen targets are made fair as well, and never stricter for it."""

    task: Task
    profile: str
    baseline: Baseline
    refit: bool


def calibrate_rubric(
    rubric: Rubric, task: Task, profile: str, baseline: Baseline | None, *, refit: bool = False
) -> list[Calibrated]:
    """Return every measured criterion of `profile` beside its baseline, in the rubric's order.

    Of a frozen band the target stays; with `refit` it is moved where it is stricter than what is fair, or too near to
    the floor for a slope. In any case its floor is raised to an answer without learning, and what sides have to beat is
    filled in. Nothing is proposed for what one seed measured or no seed changes.
    """
    bands = [(c, c.profiles[profile]) for c in rubric.criteria if profile in c.profiles]
    if baseline is None:
        return [_row(c, band).model_copy(update={"note": NO_BASELINE}) for c, band in bands]
    against = Against(task, profile, baseline, refit)
    factor = tolerance_factor(max(2, len(baseline.seeds)))
    rows = [_calibrated(c, band, against, factor) for c, band in bands]
    simulation = Simulation.of(rubric, task, profile, baseline)
    return _made_fair(rows, rubric, against, simulation) if simulation else rows


def _made_fair(rows: list[Calibrated], rubric: Rubric, against: Against, simulation: Simulation) -> list[Calibrated]:
    """Move targets until the rubric is fair or nothing can be moved any more."""
    known = {c.id: c for c in rubric.criteria}
    movable = {r.id: r.margin for r in rows if r.margin is not None}
    most = max(movable.values(), default=0.0) + MOST
    while movable:
        fair = simulation.fairness(applied(rubric, against.profile, rows))
        name = max(movable, key=lambda name: fair.blame.get(name, 0.0))
        if fair.lost.one_point <= FAIR or not fair.blame.get(name):
            break
        old = next(r for r in rows if r.id == name)
        new = _calibrated(known[name], known[name].profiles[against.profile], against, movable[name] + EASIER)
        if movable[name] >= most or not _is_easier(new, old):
            del movable[name]
            continue
        movable[name] += EASIER
        rows = [new if r.id == name else r for r in rows]
    return rows


def _is_easier(new: Calibrated, old: Calibrated) -> bool:
    """Say whether another margin moved the target and left a slope a slope."""
    if new.proposal is None or old.proposal is None:
        return False
    return new.proposal.target != old.proposal.target and new.proposal.step == old.proposal.step


def applied(rubric: Rubric, profile: str, rows: list[Calibrated]) -> Rubric:
    """Return the rubric as it would be with what is proposed."""
    new = {r.id: r.proposal for r in rows if r.proposal}
    return rubric.model_copy(update={"criteria": [_with(c, profile, new.get(c.id)) for c in rubric.criteria]})


def _with(criterion: Criterion, profile: str, proposal: Proposal | None) -> Criterion:
    if proposal is None:
        return criterion
    update = proposal.model_dump()
    band = criterion.profiles[profile].model_copy(update=update)
    return criterion.model_copy(update={"profiles": {**criterion.profiles, profile: band}})


def _row(criterion: Criterion, band: Band) -> Calibrated:
    assert criterion.better is not None  # a criterion with a band is measured
    return Calibrated(
        id=criterion.id,
        measure=criterion.measure,
        over=criterion.over,
        better=criterion.better,
        target=band.target,
        floor=band.floor,
        naive=band.naive,
        step=band.step,
        frozen=band.frozen,
    )


def _calibrated(criterion: Criterion, band: Band, against: Against, sds: float) -> Calibrated:
    row, baseline = _row(criterion, band), against.baseline
    reached = reached_by(criterion, baseline)
    if reached is None:
        return row.model_copy(update={"note": NO_BASELINE})
    row = row.model_copy(update={"n": len(reached.values), "mean": reached.mean})
    if len(reached.values) < 2:
        return row.model_copy(update=_of_one_seed(criterion, band, reached, against))
    shared = shared_part(baseline, criterion.measure, criterion.over)
    rates = chances(reached.values, band.target, reached.better, shared)
    row = row.model_copy(update={"sd": reached.sd, "chances": rates})
    made, notes = _proposed(criterion, band, reached, against, sds)
    if made is None:
        return row.model_copy(update={"note": "; ".join(notes)})
    return row.model_copy(
        update={
            "proposal": made,
            "proposal_chances": chances(reached.values, made.target, reached.better, shared),
            "margin": sds if reached.varies and (against.refit or not band.frozen) else None,
            "note": "; ".join(notes),
        }
    )


def _of_one_seed(criterion: Criterion, band: Band, reached: Reached, against: Against) -> dict[str, object]:
    """Return what one seed allows: a floor that no answer without learning passes, in four digits of its value."""
    floor = floor_of(criterion, band, against.task, against.profile, against.baseline)
    least = None
    if floor.answer and floor.value:
        step = Decimal(1).scaleb(math.floor(math.log10(abs(floor.value))) - DIGITS + 1)
        least = floor.begin(step, reached.better)
    made, notes = _kept(band.origin, band, reached, least)
    return {"proposal": made if made.floor != band.floor else None, "note": "; ".join([ONE_SEED, *notes])}


def _proposed(
    criterion: Criterion, band: Band, reached: Reached, against: Against, sds: float
) -> tuple[Proposal | None, list[str]]:
    """Return the band to write, None where the present one stays, and what has to be said of it."""
    task, profile, baseline = against.task, against.profile, against.baseline
    floor = _hand_floor(band, floor_of(criterion, band, task, profile, baseline), reached)
    naive = naive_of(criterion, task, profile, baseline)
    made, notes = None, [naive.note] if naive.note else []
    if not reached.varies:
        notes.insert(0, CONSTANT)
    elif band.frozen and not against.refit:
        notes = [FROZEN, *_frozen_notes(band, reached), *notes]
    else:
        made = propose(reached, band, floor, Margin.of(criterion, band, baseline, sds))
        notes = notes if made else [TOO_NOISY, *notes]
    if made is None:
        least = floor.begin(rounding_step(reached.sd), reached.better) if floor.answer and reached.varies else None
        origin = refreshed(band.origin, Place(criterion, profile), task, baseline)
        made, further = _kept(origin, band, reached, least)
        notes += further
    value = naive.value if naive.value is not None and not (band.frozen and band.naive is not None) else band.naive
    made = made.model_copy(update={"naive": value})
    if band.frozen and not _differs(made, band):  # the words of whoever chose it stay
        made = made.model_copy(update={"origin": refreshed(band.origin, Place(criterion, profile), task, baseline)})
    if _differs(made, band) or made.origin != band.origin:
        return made, notes
    return None, notes or [SAME]


def _hand_floor(band: Band, known: Floor, reached: Reached) -> Floor:
    """Return the floor that somebody chose where it asks for more than an answer without learning reaches."""
    stricter = band.floor is not None and known.value is not None and reached.sign * (band.floor - known.value) >= 0
    return Floor(band.floor, over=known.over) if band.frozen and stricter else known


def _kept(origin: str, band: Band, reached: Reached, least: float | None) -> tuple[Proposal, list[str]]:
    """Return a band whose target stays, with a floor that an answer without learning does not pass if there is room."""
    kept = Proposal(target=band.target, floor=band.floor, origin=origin, naive=band.naive, step=band.step)
    if least is None or band.step or band.floor is None or reached.sign * (least - band.floor) <= 0:
        return kept, []
    if reached.sign * (band.target - least) <= 0:
        return kept, [
            f"its target {number(band.target, 6)} is no better than what needs no learning, {number(least, 6)}"
        ]
    return kept.model_copy(update={"floor": least}), []


def _frozen_notes(band: Band, reached: Reached) -> list[str]:
    width = abs(band.target - (band.floor or 0.0)) / reached.sd
    if band.step or width >= NARROW_SDS:
        return []
    return [f"only {width:.1f} sd lie between floor and target, where a band has {NARROW_SDS:g} or is a step"]


def _differs(made: Proposal, band: Band) -> bool:
    return (made.target, made.floor, made.naive, made.step) != (band.target, band.floor, band.naive, band.step)
