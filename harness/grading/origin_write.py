"""Puts fresh numbers into the origin of a band whose target somebody chose, so that what it quotes stays true."""

import re

from harness.grading.baselines import Baseline
from harness.grading.origin import FLOOR, REFERENCE, THRESHOLD, Place, limit, quotable, stale
from harness.grading.reference import naive_figures
from harness.grading.words import number
from harness.task import Task


def refreshed(origin: str, place: Place, task: Task, baseline: Baseline) -> str:
    """Return `origin` with what it quotes of the reference and of an answer without learning as the baseline has it.

    The same figures are quoted as before, in as many decimals; all other words stay. What is not stale is returned as
    it is, and so is what quotes measures that the baseline lacks.
    """
    if not baseline.has(*place.names) or not list(stale(origin, place, task, [baseline])):
        return origin
    origin = REFERENCE.sub(lambda m: _reference(m, place, baseline), origin)
    origin = THRESHOLD.sub(lambda m: _threshold(m, place, baseline), origin)
    known = naive_figures(task, place.names[0], place.profile, baseline)[-1:]
    return FLOOR.sub(lambda m: m[0].replace(m[1], number(known[0].value, 4)) if known else m[0], origin)


def _reference(match: re.Match[str], place: Place, baseline: Baseline) -> str:
    mean, other, sd, least, _ = match.groups()
    known = quotable(place, baseline, compares=other is not None)
    said = f"reference {_like(mean, known.mean)}"
    if other is not None and known.other is not None:
        said += f" against {_like(other, known.other)}"
    if sd is not None and known.sd is not None:
        said += f", sd {number(known.sd, 2)}"
    if least is not None:
        said += f", least {_like(least, known.least)}"
    return f"{said}, {known.seeds}"


def _threshold(match: re.Match[str], place: Place, baseline: Baseline) -> str:
    sign, sds, quoted = match.groups()
    value = limit(match, place, baseline)
    return match[0] if value is None else f"mean {sign} {sds} sd is {_like(quoted, value)}"


def _like(quoted: str, value: float) -> str:
    """Return a value with as many decimals as the number that it replaces; at least one digit that is not zero."""
    decimals = len(quoted.partition(".")[2]) if "e" not in quoted else -1
    text = f"{value:.{decimals}f}" if decimals >= 0 else ""
    return text if text and (float(text) or not value) else number(value, 3)
