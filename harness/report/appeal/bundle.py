"""What one student may be given to check a mark: everything the card rests on, and nothing that the card hides.

Hidden criteria and the values that only they read are taken out before (`harness.report.appeal.graded`). Test labels
and the arrays that figures are drawn from stay in the records.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.grading.results import ClassResult, CriterionResult, StudentResult
from harness.records.models import Measurement
from harness.report.appeal.graded import Graded
from harness.report.appeal.readme import KEY, readme
from harness.report.card_page.card import ClassFacts
from harness.report.drawing.figures import DrawnFigure
from harness.report.pages import render_card
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.marks import student_without_hidden, task_outcome

SHOWN = {  # of a criterion's result; a field added to it stays out until it is named here
    *("id", "text", "status", "points", "earned", "manual", "measure", "over", "better", "unit"),
    *(
        "value",
        "values",
        "interval",
        "certainty",
        "target",
        "floor",
        "naive",
        "level",
        "size_ratio",
        "learned",
        "reference",
        "same_key",
        "published",
        "reason",
        "hint",
    ),
    *("comment", "automatic", "automatic_status", "override"),
}
MEASURED = {  # of a measurement
    *("task", "version", "profile", "variant", "seed", "source", "key"),
    *(
        "measures",
        "before",
        "curve",
        "parameters",
        "optimizer_steps",
        "learns",
        "settings",
        "usage",
        "fault",
        "not_run",
        "moved",
        "rebuilt",
    ),
}
_ODD = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]")
FOUND = {"variant", "title", "evidence", "next_step"}


@dataclass(frozen=True)
class Extras:
    """What a bundle holds beside results: the student's files by path, the card's figures by task.

    `key` is that of the class, once it has been given out; empty before.
    """

    sources: Mapping[str, bytes] = field(default_factory=dict)
    figures: Mapping[str, Sequence[DrawnFigure]] = field(default_factory=dict)
    key: str = ""


def bundle_files(
    result: ClassResult, student: StudentResult, tasks: Sequence[Graded], extras: Extras, *, theme: Theme = PLAIN
) -> dict[str, bytes]:
    """Return the files of a bundle by path."""
    card = render_card(student, ClassFacts.of(result), revealed=result.revealed, figures=extras.figures, theme=theme)
    texts = {
        "README.txt": readme(result, student, tasks, list(extras.sources), with_key=bool(extras.key)),
        "card.html": card,
        "marks.json": as_json(marks(result, student, tasks)),
        "measurements.json": as_json([_measurement(m) for g in tasks for m in g.task.measurements]),
        "provenance.json": as_json({g.task.task: [p.model_dump(mode="json") for p in g.origins] for g in tasks}),
        **{g.rubric: as_json(rubric(g)) for g in tasks if g.rubric},
        **({KEY: f"{extras.key}\n"} if extras.key else {}),
    }
    kept = {f"submission/{student.slug}/{path}": source for path, source in extras.sources.items()}
    return {**{path: text.encode("utf-8", "replace") for path, text in texts.items()}, **kept}


def marks(result: ClassResult, student: StudentResult, tasks: Sequence[Graded]) -> dict[str, Any]:
    """Return the student's marks as the card shows them."""
    seen = student if result.revealed else student_without_hidden(student, result.scale)
    return {
        "schema_version": 1,
        "class": result.title,
        "graded": result.created,
        "complete": result.complete,
        "revealed": result.revealed,
        "student": student.name,
        "fault": student.fault.model_dump(mode="json") if student.fault else None,
        "judgement": seen.judgement.model_dump(mode="json"),
        "scale": result.scale.model_dump(mode="json"),
        "notes": student.notes,
        "tasks": [_task(g) for g in tasks],
    }


def _task(done: Graded) -> dict[str, Any]:
    task = done.task
    return {
        "task": task.task,
        "version": done.version,
        "title": task.title,
        "profile": task.profile,
        "seeds": done.seeds,
        "outcome": task_outcome(task).word,
        "earned": task.earned,
        "possible": task.possible,
        **({"mark": task.mark, "rules": task.terms.model_dump(mode="json")} if task.terms else {}),
        "marked_by_a_person": task.manual_points,
        "hidden": done.hidden,
        "fault": task.fault.model_dump(mode="json") if task.fault else None,
        "criteria": [c.model_dump(include=SHOWN) for c in task.criteria],
        "findings": [f.model_dump(include=FOUND) for f in task.findings],
    }


def _measurement(measurement: Measurement) -> dict[str, Any]:
    return measurement.model_dump(include=MEASURED)


def rubric(done: Graded) -> dict[str, Any]:
    """Return the rubric that the card shows: its criteria, under the one profile, without a rubric's notes.

    Made from the card's results, not from a rubric's file, so nothing that the card does not show can be in it.
    """
    task = done.task
    return {
        "task": f"{task.task}@{done.version}",
        "title": task.title,
        "criteria": [_line(c, task.profile) for c in task.criteria],
    }


def _line(criterion: CriterionResult, profile: str) -> dict[str, Any]:
    line: dict[str, Any] = {"id": criterion.id, "text": criterion.text, "points": criterion.points}
    if criterion.manual:
        return {**line, "manual": True}
    over: dict[str, Any] = {"over": criterion.over} if criterion.over else {}
    band: dict[str, Any] = {"target": criterion.target}
    band |= {"step": True} if criterion.floor is None else {"floor": criterion.floor}
    band |= {} if criterion.naive is None else {"naive": criterion.naive}
    over |= {"level": criterion.level} if criterion.level else {}
    over |= {} if criterion.size_ratio is None else {"size_ratio": criterion.size_ratio}
    over |= {} if criterion.learned else {"learned": False}
    return {
        **line,
        "measure": criterion.measure,
        **over,
        "better": criterion.better,
        "hint": criterion.hint,
        "profiles": {profile: band},
    }


def as_json(data: Any) -> str:
    """Return strict JSON, a value a line; numbers that are not finite become null.

    Characters that could disguise a word are written as escapes, so that it is YAML as well.
    """
    plain = json.loads(json.dumps(data, ensure_ascii=False), parse_constant=lambda _: None)
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False)
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
