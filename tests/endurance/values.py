"""Values that no one would believe, in classes, measurements and rubrics made up at random."""

import io
import random
from pathlib import Path
from typing import Any

from report.conftest import (
    make_class,
    make_criterion,
    make_fault,
    make_finding,
    make_measurement,
    make_student,
    make_task,
)
from rich.console import Console

from harness.diagnosis import findings
from harness.errors import RubricError
from harness.grading.difference import difference
from harness.grading.marks import task_result
from harness.grading.results import ClassResult, CriterionResult
from harness.grading.rubric import load_rubric
from harness.records.models import Measurement, Status, Usage, as_json
from harness.report.card_page.card import ClassFacts
from harness.report.files import read_results, results_json, write_results
from harness.report.grades import grades_csv
from harness.report.pages import render_card, render_class, render_leaderboard
from harness.report.staff_pages.difference import render_difference
from harness.scoring.score import Score
from harness.shipped import SHIPPED
from harness.task import Task
from harness.tasks import find, names
from harness.terminal.class_table import show_class

HUGE = 10**400
NUMBERS = (
    *(1.797e308, -1.797e308, float("inf"), -float("inf"), float("nan"), -0.0, 0.0, 5e-324),
    *(1e300, -1e300, 1e17, 1e22, 1e-300, 1.0, 0.5, -1.0),
)
TEXTS = (
    *("", "a" * 5_000, "\ud800", "\x00\x1b[31m\x07", "\u202eabc\u2066", "<script>alert(1)</script>", "%(n)s", "%"),
    *("{{7*7}}", "\n\r\t", "\u2028", "💥" * 50, "]]>", "--", "a b", "\u202e\u0645\u0631"),
)


def number(rng: random.Random) -> float:
    return rng.choice(NUMBERS) if rng.random() < 0.8 else rng.uniform(-10, 10)


def text(rng: random.Random) -> str:
    return rng.choice(TEXTS)


def numbers(rng: random.Random, most: int) -> list[float]:
    return [number(rng) for _ in range(rng.randrange(most))]


def odd_criterion(rng: random.Random, place: int) -> CriterionResult:
    values: dict[str, Any] = {k: rng.choice([None, number(rng)]) for k in ("value", "target", "floor", "reference")}
    words = ("text", "reason", "hint", "comment", "override", "unit", "certainty")
    return make_criterion(
        **values,
        id=f"c{place}",
        points=rng.choice([1e6, 1.0, 30.0, 1e-6]),
        earned=rng.choice([None, 0.0, 1.0, 1e6, float("nan"), float("inf")]),
        values=numbers(rng, 4),
        published=numbers(rng, 3),
        interval=rng.choice([None, (number(rng), number(rng))]),
        status=rng.choice([s for s in Status if s is not Status.OPEN]),
        hidden=rng.random() < 0.2,
        manual=rng.random() < 0.2,
        over=rng.choice(["", "dense.test_mse"]),
        better=rng.choice(["higher", "lower"]),
        **{name: text(rng) for name in words if rng.random() < 0.3},
    )


def odd_measurement(rng: random.Random, place: int, **changes: Any) -> Measurement:
    usage = Usage(
        wall_s=number(rng), cpu_s=number(rng), peak_memory_mb=number(rng), fit_s=rng.choice([None, number(rng)])
    )
    score = Score(value=number(rng), signature=text(rng), sampling_error=rng.choice([None, abs(number(rng))]))
    values: dict[str, Any] = {
        "key": f"k{place}",
        "variant": rng.choice(["conv", "dense"]),
        "seed": rng.randrange(3),
        "measures": {"test_mse": score, "x": Score(value=number(rng), signature="s")},
        "curve": {name: numbers(rng, 6) for name in ("loss", "val_loss", "td_target", "return") if rng.random() < 0.5},
        "signs": {name: number(rng) for name in ("epochs", "spread", "x")},
        "parameters": rng.choice([None, 0, HUGE, -1, 28353]),
        "optimizer_steps": rng.choice([None, 10**30]),
        "usage": {"train": usage},
        "settings": {"u": rng.choice([number(rng), text(rng), HUGE, None, True])},
    }
    return make_measurement(**values | changes)


def odd_class(rng: random.Random) -> ClassResult:
    """Return a class of one to three students with any values that a record or a result could hold."""

    def task(name: str) -> Any:
        return make_task(
            task=name,
            title=text(rng) or "t",
            criteria=[odd_criterion(rng, i) for i in range(rng.randrange(1, 4))],
            measurements=[odd_measurement(rng, i) for i in range(rng.randrange(4))],
            findings=[make_finding(evidence=text(rng), title=text(rng))],
            earned=min(1e6, max(-1e6, number(rng))),
            possible=min(1e6, abs(number(rng))),
            manual_points=1.0,
            status=rng.choice([s for s in Status if s is not Status.OPEN]),
            fault=rng.choice([None, make_fault(message=text(rng), step=text(rng))]),
        )

    students = [
        make_student(
            name=text(rng) or "n",
            slug=f"s{i}",
            tasks=[task(name) for name in ("autoencoder", "digits")[: rng.randrange(3)]],
            notes=[text(rng)],
            pseudonym=text(rng),
        )
        for i in range(rng.randrange(1, 4))
    ]
    created = rng.choice(["2025-11-03T14:05:00+00:00", "x", ""])
    return make_class(*students, seconds=number(rng), title=text(rng), seeds=[0, 10**30], created=created)


def pages_of(result: ClassResult) -> int:
    """Make every page, table and file of a class; return how many."""
    made = [render_class(result), render_leaderboard(result), grades_csv(result), results_json(result)]
    made.append(render_difference(difference(result, result)))
    for student in result.students:
        made += [render_card(student, ClassFacts.of(result), revealed=r, figures={}) for r in (False, True)]
        made += [as_json(student)]
    file = io.StringIO()
    show_class(Console(file=file, width=80), result, Path("index.html"))
    made.append(file.getvalue())
    assert not any("{{7*7}}" not in page and ">49<" in page for page in made)
    return len([page.encode("utf-8", "replace") for page in made])


def reads_back(result: ClassResult, path: Path) -> bool:
    """Say whether a class can be written and read again."""
    write_results(path, result)
    return len(read_results(path).students) == len(result.students)


TASKS = {name: find(name) for name in names()}
RUBRICS = {name: SHIPPED.file("rubrics", f"{name}.yaml") for name in TASKS}


def odd_measurements(rng: random.Random, task: Task) -> list[CriterionResult]:
    """Mark a submission of a shipped task with any values, and look for findings in it."""
    runs = [
        odd_measurement(
            rng,
            0,
            task=task.name,
            version=task.version,
            variant=variant.name,
            seed=seed,
            source="given" if variant.given else "ab",
            measures={m.name: Score(value=number(rng), signature="s") for m in task.measures if rng.random() < 0.9},
            fault=rng.choice([None] * 5 + [make_fault()]),
        )
        for variant in task.variants
        for seed in range(1, 1 + rng.choice([1, 3]))
    ]
    list(findings(task, runs))
    return task_result(load_rubric(RUBRICS[task.name], task), task, "quick", runs, can_ask=True).criteria


BREAKS = (b"1e308", b"-", b": ", b"\x00", b"\xff", b"[" * 30, b"&a *a", b"\n", b"!!python/object:os", b".nan", b"")


def odd_rubric(rng: random.Random, path: Path) -> str:
    """Break a shipped rubric somewhere and read it; return `read`, or the sentence that refuses it."""
    name = rng.choice(sorted(TASKS))
    data = bytearray(RUBRICS[name].read_bytes())
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data))
        put = rng.choice(
            [b"1e308", b"-", b": ", b"\x00", b"\xff", b"[" * 30, b"&a *a", b"\n", b"!!python/object:os", b".nan", b""]
        )
        data[at : at + rng.randrange(6)] = put
    path.write_bytes(bytes(data))
    try:
        rubric = load_rubric(path, TASKS[name])
    except RubricError as error:
        return str(error)
    assert all(0 < c.points <= 1e6 for c in rubric.criteria)
    return "read"
