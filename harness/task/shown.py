"""What a task shows beside its measures: figures as data, figures of others, answers without learning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """A picture as data; `harness.report.drawing` draws it, tells it to those who do not see it and tabulates it.

    `text` is the caption: a sentence or two on what to look for.

    kind      data
    curves    panels: {variant: {column: [value per epoch]}}
    matrix    counts: (k, k); classes: [str]; rows, columns: what they stand for, `true class` and `predicted class`
              if left out; said: words between two that are confused, `taken for` if left out
    images    rows: {label: (n, h, w) or (n, h, w, 3) in [0, 1]}
    scatter   points: (n, 2); labels: (n,) integers; classes: [str]
    lines     panels: {title: {series: ([x], [y])}}; x: label; y: label; truth: name of a series to compare with
    texts     rows: {label: {column: text}}
    """

    kind: Literal["curves", "matrix", "images", "scatter", "lines", "texts"]
    title: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class PublishedFigure:
    """A figure that others reached in `variant.measure`, in the measure's unit, shown beside the reference.

    `note` says what was different there. It decides no mark.
    """

    measure: str
    value: float
    source: str
    profile: str = "full"
    note: str = ""


@dataclass(frozen=True)
class NaiveAnswer:
    """What an answer without learning, such as chance or PCA, reaches in `variant.measure` under one profile.

    `measured` names the `variant.measure` that the harness computes itself for this answer: its mean in a baseline
    counts, and `value` stands in where there is no baseline. `origin` says where `value` comes from.
    """

    measure: str
    answer: str
    profile: str
    value: float | None = None
    origin: str = ""
    measured: str = ""
