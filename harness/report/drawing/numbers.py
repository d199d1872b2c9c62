"""The numbers behind a picture, as tables that a page sets beneath it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.report.drawing.confusions import axes_of, worst_pairs
from harness.report.drawing.curves import best_epoch, column_name, drawable
from harness.report.drawing.plots import class_name, counted, placed, short
from harness.report.words.text import MISSING, clean, number

MAX_ROWS: Final = 25
MAX_CLASSES: Final = 20  # in a square table; of more, the most frequent confusions are listed


@dataclass(frozen=True)
class NumberTable:
    """Plain text that pages escape: `rows` begin with their label, the first of them holds the heads."""

    caption: str
    rows: list[list[str]]


def numbers_of(kind: str, data: Mapping[str, Any]) -> list[NumberTable]:
    """Return the tables of a figure as `harness.task.Figure` describes it; none for images and texts."""
    return _KINDS[kind](data) if kind in _KINDS else []


def thinned(n: int, always: Iterable[int] = ()) -> list[int]:
    """Return at most MAX_ROWS positions below n in order: the first, the last, `always`, and others evenly between."""
    kept = {place for place in (0, n - 1, *always) if 0 <= place < n}
    if n <= MAX_ROWS:
        return list(range(n))
    spread = np.linspace(0, n - 1, MAX_ROWS - len(kept) + 2).round().astype(int).tolist()
    return sorted(kept | set(spread[1:-1]))


def _curves(data: Mapping[str, Any]) -> list[NumberTable]:
    return [_epochs(variant, curves) for variant, curves in data["panels"].items() if any(curves.values())]


def _epochs(variant: str, curves: Mapping[str, Sequence[float | None]]) -> NumberTable:
    """Return one variant's curves, an epoch a row; that of the lowest validation loss, or loss, is always there."""
    judged = next((name for name in ("val_loss", "loss") if name in curves), next(iter(curves)))
    best = best_epoch(curves[judged])
    heads = ["epoch", *(_column(name) for name in curves)]
    rows = []
    for place in thinned(max(map(len, curves.values())), () if best is None else (best,)):
        label = f"{place + 1}, lowest {_column(judged)}" if place == best else str(place + 1)
        rows.append([label, *(_value(values, place) for values in curves.values())])
    return NumberTable(clean(variant)[:60], [heads, *rows])


def _column(name: str) -> str:
    """Return a column in words: `training loss`, `validation accuracy`, `kl`."""
    words, quantity = column_name(name), name.removeprefix("val_")
    return f"{words} {quantity}" if words in ("training", "validation") else words


def _value(values: Sequence[float | None], place: int) -> str:
    return number(values[place]) if place < len(values) else MISSING


def _matrix(data: Mapping[str, Any]) -> list[NumberTable]:
    counts, classes = counted(data)
    row, column = (short(name, 40) for name in axes_of(data))
    if len(classes) > MAX_CLASSES:
        heads = [row, column, "images"]
        worst = [[p.true, p.predicted, f"{p.count:,}"] for p in worst_pairs(counts, classes, MAX_ROWS)]
        return [NumberTable("Most frequent confusions", [heads, *worst])]
    rows = [[name, *(f"{count:,.0f}" for count in row)] for name, row in zip(classes, counts, strict=True)]
    return [NumberTable(f"Images by {row} and {column}", [[row, *classes], *rows])]


def _scatter(data: Mapping[str, Any]) -> list[NumberTable]:
    points, labels, finite = placed(data)
    names = [short(name) for name in data["classes"]]
    heads = ["class", "points", "mean across", "mean up", "spread across", "spread up"]
    rows = [heads]
    for label in np.unique(labels[finite])[:MAX_ROWS]:
        of_class = points[finite & (labels == label)]
        values = (*of_class.mean(axis=0), *of_class.std(axis=0))
        rows.append([class_name(int(label), names), f"{len(of_class):,}", *(number(float(v)) for v in values)])
    return [NumberTable("Where each class lies; spread is the standard deviation", rows)] if rows[1:] else []


def _lines(data: Mapping[str, Any]) -> list[NumberTable]:
    return [_series(title, panel, data["x"]) for title, panel in data["panels"].items() if panel]


def _series(title: str, panel: Mapping[str, Any], across: str) -> NumberTable:
    """Return the series of one panel, a row for each x that any of them has, thinned."""
    columns = {name: dict(zip(_numbers(x), _numbers(y), strict=False)) for name, (x, y) in panel.items()}
    every = sorted({x for column in columns.values() for x in column if np.isfinite(x)})
    heads = [short(across, 40), *(short(name, 28) for name in columns)]
    rows = [
        [place_name(every[place]), *(_known(column.get(every[place])) for column in columns.values())]
        for place in thinned(len(every))
    ]
    return NumberTable(clean(title)[:60], [heads, *rows])


def place_name(x: float) -> str:
    """Return where on an axis something stands, exactly enough for months as years: `1957.08`, `125,000`."""
    return f"{x:,.0f}" if 10_000 <= abs(x) < 1e9 else f"{x:.6g}"


def _known(value: float | None) -> str:
    return MISSING if value is None or np.isnan(value) else number(value)


def _numbers(values: Any) -> list[float]:
    found: NDArray[np.float64] = drawable(np.asarray(values, dtype=object).reshape(-1).tolist())
    return [float(value) for value in found]


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], list[NumberTable]]]] = {
    "curves": _curves,
    "matrix": _matrix,
    "scatter": _scatter,
    "lines": _lines,
}
