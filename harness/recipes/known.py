"""Figures that others reached and answers without learning, a line a source."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from harness.task import NaiveAnswer, PublishedFigure


def published(
    source: str, measure: str, note: str = "", profile: str = "full", **values: float
) -> Iterator[PublishedFigure]:
    """Yield what a source reports of one measure, by variant."""
    for variant, value in values.items():
        yield PublishedFigure(f"{variant}.{measure}", value, source, profile, note)


def standing_in(
    answers: Iterable[NaiveAnswer], profile: str, values: Mapping[str, float], origin: str
) -> tuple[NaiveAnswer, ...]:
    """Return answers that the harness measures with values that count where no baseline holds them yet.

    `values` go by what is measured, as `variant.measure`.
    """
    return tuple(
        replace(answer, value=values[answer.measured], origin=origin)
        if answer.profile == profile and answer.measured in values
        else answer
        for answer in answers
    )


def naive(
    answer: str, profiles: Iterable[str], variants: Iterable[str], values: Mapping[str, float], origin: str
) -> Iterator[NaiveAnswer]:
    """Yield what an answer without learning reaches in these measures, the same in every variant."""
    names = tuple(variants)
    for profile in profiles:
        for variant in names:
            for measure, value in values.items():
                yield NaiveAnswer(f"{variant}.{measure}", answer, profile, value, origin)


def measured(
    answer: str, by: str, profiles: Iterable[str], variants: Iterable[str], measures: Iterable[str]
) -> Iterator[NaiveAnswer]:
    """Yield what an answer that the harness computes as the variant `by` reaches in these measures of others."""
    names, wanted = tuple(variants), tuple(measures)
    for profile in profiles:
        for variant in names:
            for measure in wanted:
                yield NaiveAnswer(f"{variant}.{measure}", answer, profile, measured=f"{by}.{measure}")
