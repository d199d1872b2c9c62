"""Measure against measure: one dot a submission, drawn here for a default pair and in the browser for any other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from harness.grading.results import StudentResult
from harness.report.class_page.axis import Axis
from harness.report.class_page.quantities import Quantity, default_pair, quantities
from harness.report.words.links import ALL, Cards, Link
from harness.report.words.text import clean, number

WIDTH, HEIGHT = 500, 350  # of the picture; the frame leaves room for labels
LEFT, TOP, RIGHT, BOTTOM = 92, 14, 486, 282
RADIUS = 4.5
LINE = 15  # from one line of text to the next
LAST_UP = 42  # from the left edge to the last line beside the axis that goes up
LONG = 34  # characters of a label that leave room for the direction in the same line


@dataclass(frozen=True)
class Point:
    student: Link
    x: str
    y: str


@dataclass(frozen=True)
class Scatter:
    """One task, with the places of its two quantities in the data.

    `svg` is built here from escaped parts; `missing` submissions have not both values, `outside` lie beyond the axes.
    """

    task: str
    x: int
    y: int
    across: str
    up: str
    svg: Markup
    points: list[Point]
    missing: int
    outside: int


@dataclass(frozen=True)
class Scatters:
    """`data` is JSON for the script, safe inside a script element: students, quantities and their axes."""

    tasks: list[Scatter]
    options: list[tuple[str, list[tuple[int, str]]]]
    data: Markup


def scatters(students: Sequence[StudentResult], cards: Cards = ALL) -> Scatters:
    """Return a picture a task and the data to draw any other pair of quantities."""
    found = quantities(students)
    links = {student.slug: cards.of(student) for student in students}
    places = {id(q): i for i, q in enumerate(found)}
    drawn = []
    for _, group in groupby(found, key=lambda q: q.task):
        pair = default_pair(list(group))
        if pair is not None:
            drawn.append(_scatter(*pair, places[id(pair[0])], places[id(pair[1])], links))
    options = [
        (task, [(places[id(q)], _option(q)) for q in group]) for task, group in groupby(found, key=lambda q: q.task)
    ]
    return Scatters(drawn, options, as_json(_data(found, links)))


def _option(quantity: Quantity) -> str:
    return f"{quantity.label} (hidden)" if quantity.hidden else quantity.label


def _scatter(x: Quantity, y: Quantity, at_x: int, at_y: int, links: dict[str, Link]) -> Scatter:
    both = [slug for slug in x.values if slug in y.values]
    of_task = x.values.keys() | y.values.keys()
    outside = [s for s in both if not (x.axis.holds(x.values[s]) and y.axis.holds(y.values[s]))]
    return Scatter(
        task=x.task,
        x=at_x,
        y=at_y,
        across=x.label,
        up=y.label,
        svg=_svg(x, y, both, links),
        points=[Point(links[s], number(x.values[s]), number(y.values[s])) for s in both],
        missing=len(of_task) - len(both),
        outside=len(outside),
    )


def _svg(x: Quantity, y: Quantity, slugs: Sequence[str], links: dict[str, Link]) -> Markup:
    """Return the picture. Every text from elsewhere goes through `_text` or through Markup's format, which escape."""
    dots = [_dot(x, y, slug, links[slug].name) for slug in slugs]
    label = Markup("{}: {} across, {} up, {} submissions").format(
        *map(_text, (x.task, axis_title(x), axis_title(y), str(len(slugs))))
    )
    return Markup(
        '<svg class="scatter" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}{}{}{}</svg>'
    ).format(
        label,
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        _across(x.axis),
        _up(y.axis),
        _titles(axis_lines(x), axis_lines(y)),
        Markup().join(dots),
    )


def axis_lines(quantity: Quantity) -> list[str]:
    """Return the label beside an axis, line by line, and which way is good."""
    *first, last = quantity.lines
    better = f"({quantity.better} is better)"
    if not quantity.better:
        return quantity.lines
    return [*first, last, better] if len(last) > LONG else [*first, f"{last} {better}"]


def axis_title(quantity: Quantity) -> str:
    """Return the label of an axis in one line."""
    better = f" ({quantity.better} is better)" if quantity.better else ""
    return f"{quantity.label}{better}"


def _text(words: str) -> Markup:
    return escape(clean(words))


def at_x(axis: Axis, value: float) -> float:
    return round(LEFT + axis.place(value) * (RIGHT - LEFT), 1)


def at_y(axis: Axis, value: float) -> float:
    return round(BOTTOM - axis.place(value) * (BOTTOM - TOP), 1)


def _dot(x: Quantity, y: Quantity, slug: str, name: str) -> Markup:
    here, there = x.values[slug], y.values[slug]
    out = "" if x.axis.holds(here) and y.axis.holds(there) else Markup(' class="out"')
    return Markup('<circle{} cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
        out, at_x(x.axis, here), at_y(y.axis, there), RADIUS, _text(f"{name}: {number(here)}, {number(there)}")
    )


def _across(axis: Axis) -> Markup:
    parts = [Markup('<path class="frame" d="M{} {}V{}H{}"/>').format(LEFT, TOP, BOTTOM, RIGHT)]
    tick = Markup('<path class="grid" d="M{0} {1}V{2}"/><text x="{0}" y="{3}" text-anchor="middle">{4}</text>')
    parts += [tick.format(at_x(axis, value), TOP, BOTTOM, BOTTOM + 16, label) for value, label in axis.ticks]
    line = Markup('<path class="{}" d="M{} {}V{}"/>')
    parts += [line.format(kind, at_x(axis, value), TOP, BOTTOM) for kind, value in axis.lines]
    return Markup().join(parts)


def _up(axis: Axis) -> Markup:
    tick = Markup('<path class="grid" d="M{0} {1}H{2}"/><text x="{3}" y="{4}" text-anchor="end">{5}</text>')
    parts = [
        tick.format(LEFT, at_y(axis, value), RIGHT, LEFT - 6, at_y(axis, value) + 4, label)
        for value, label in axis.ticks
    ]
    line = Markup('<path class="{}" d="M{} {}H{}"/>')
    parts += [line.format(kind, LEFT, at_y(axis, value), RIGHT) for kind, value in axis.lines]
    return Markup().join(parts)


def _titles(x: Sequence[str], y: Sequence[str]) -> Markup:
    """Return what stands beside the axes, the lines below one another."""
    line = Markup('<text class="title" text-anchor="middle" transform="translate({} {}){}">{}</text>')
    across = [line.format((LEFT + RIGHT) // 2, BOTTOM + 38 + LINE * i, "", _text(t)) for i, t in enumerate(x)]
    first = LAST_UP - LINE * (len(y) - 1)
    up = [line.format(first + LINE * i, (TOP + BOTTOM) // 2, " rotate(-90)", _text(t)) for i, t in enumerate(y)]
    return Markup().join([*across, *up])


def _data(found: Sequence[Quantity], links: dict[str, Link]) -> dict[str, object]:
    order = [slug for slug in links if any(slug in q.values for q in found)]
    return {
        "box": [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM, RADIUS, LINE, LAST_UP],
        "students": [[links[slug].name, links[slug].href] for slug in order],
        "axes": [
            {
                "title": clean(axis_title(q)),
                "lines": [clean(line) for line in axis_lines(q)],
                "task": clean(q.task),
                "low": q.axis.low,
                "high": q.axis.high,
                "ticks": q.axis.ticks,
                "target": q.axis.target,
                "reference": q.axis.reference,
                "values": [_short(q.values.get(slug)) for slug in order],
            }
            for q in found
        ],
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def as_json(data: object) -> Markup:
    """Return JSON that can stand inside a script element: no text in it can end the element or open another."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(text)  # noqa: S704 - only ASCII, and none of it means anything to HTML
