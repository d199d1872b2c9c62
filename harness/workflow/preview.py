"""What a changed rubric would do to a graded class, before it does it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from harness.errors import ResultsError
from harness.grading.by_hand import class_by_hand
from harness.grading.difference import Difference, difference
from harness.grading.results import ClassResult
from harness.records.hand_marks import read_newest
from harness.records.store import Records
from harness.report.files import read_results
from harness.report.staff_pages.difference import write_difference
from harness.report.themes.theme import PLAIN, Theme
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.class_rules import FOUND_RULES, AskedRules, class_rules
from harness.workflow.marking import mark_class
from harness.workflow.measured import Measured
from harness.workflow.options import Rescale, registry
from harness.workflow.plan import ClassPlan
from harness.workflow.result_folder import stored_plan, whole_records
from harness.workflow.standards import load_rubrics, standards_for
from harness.workflow.tasks_graded import tasks_graded


def preview(
    out: Path,
    rubrics: Path | None,
    *,
    theme: Theme = PLAIN,
    tasks: Mapping[str, Task] | None = None,
    rooms: Rooms = SHIPPED,
    rescale: Rescale = lambda scale: scale,
    rules: AskedRules = FOUND_RULES,
) -> Difference:
    """Compare the marks in `out` with those under the rubrics given, and write `diff.csv` and `diff.html` there.

    The marks compared with are those of `results.json`, which are the ones people have seen: the rubric file
    that made them may have been edited since. `rescale` and `rules` are those of `Regrading`. Cards, grades and results
    stay as they are. Trains nothing.
    Raises ResultsError if `out` holds no class, or results of another run than its records.
    """
    records = Records(out, create=False)
    try:
        plan = stored_plan(records, out)
        by_hand = read_newest(out)
        before = class_by_hand(results_of(plan, out), by_hand)
        needed = tasks_graded(plan.tasks, tasks or registry(), out)
        plan = plan.model_copy(update={"scale": rescale(plan.scale)})
        measured = Measured(plan, whole_records(plan, records, out))
        standards = standards_for(plan, needed, load_rubrics(rubrics, needed, rooms), rooms)
        own = class_rules(rules, out, tasks or registry(), course=rooms.course)
        standards = replace(standards, rules=own.of(plan, standards.rubrics, needed, out))
        after = mark_class(measured, standards, revealed=before.revealed, by_hand=by_hand)
    finally:
        records.close()
    found = difference(before, after)
    write_difference(found, out, theme=theme)
    return found


def results_of(plan: ClassPlan, out: Path) -> ClassResult:
    """Read the marks in `out`; raises ResultsError if they are not of the run that the records are of."""
    result = read_results(out / "results.json")
    if result.created != plan.created:
        raise ResultsError(
            f"Expected the results and the records in {out} to be of one run, received results of {result.created} and"
            f" records of {plan.created}; run `harness grade` into it again."
        )
    return result
