"""The plan of a class as records keep it: the whole, and what was decided about single submissions since."""

from typing import Final

from pydantic import ValidationError

from harness.records.store import Records
from harness.workflow.plan import ClassPlan, Decided

PLAN: Final = "plan"
DECIDED: Final = "decided/"  # and the name of a submission in a task, as `plan.asking` gives it


def keep_whole(records: Records, plan: ClassPlan) -> None:
    """Store a plan with all that is decided in it."""
    records.put_document(PLAN, plan.model_dump_json(), instead_of=DECIDED)


def kept_plan(records: Records) -> ClassPlan | None:
    """Return the stored plan with what was decided since; None if there is none. Raises ValidationError for damage."""
    body = records.document(PLAN)
    if body is None and PLAN not in records.damage:
        return None
    plan = ClassPlan.model_validate_json(body or "")
    since = decided_since(records)
    asked = {name: one.asked for name, one in since.items() if one.asked is not None}
    chosen = {name: one.chosen for name, one in since.items() if one.chosen is not None}
    return plan.model_copy(update={"asked": plan.asked | asked, "chosen": plan.chosen | chosen}) if since else plan


def decided_since(records: Records) -> dict[str, Decided]:
    """Return what was decided about submissions, by name; without what is damaged, which is decided again."""
    found = {}
    for name, body in records.documents(DECIDED).items():
        try:
            found[name.removeprefix(DECIDED)] = Decided.model_validate_json(body)
        except ValidationError:
            continue
    return found
