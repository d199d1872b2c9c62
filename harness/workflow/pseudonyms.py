"""Gives everybody in a class the name that stands on the leaderboard, the same one every time it is marked."""

import secrets

from pydantic import Field, ValidationError

from harness.intake.pseudonyms import Given, Person, assign
from harness.records.models import Frozen
from harness.records.store import Records
from harness.workflow.plan import ClassPlan, StudentEntry

DOCUMENT = "pseudonyms"
SECRET_BYTES = 32


class Kept(Frozen):
    """What is kept with the records: the secret that names are drawn with, and who has which, by slug."""

    secret: str = Field(pattern="^[0-9a-f]{32,}$")
    given: dict[str, str] = Field(default_factory=dict)


def with_pseudonyms(plan: ClassPlan, records: Records) -> ClassPlan:
    """Return the plan with a pseudonym for every student, and a note for those whose own choice was refused."""
    kept = _kept(records)
    people = [Person(student.name, student.slug, student.wish) for student in plan.students]
    found = assign(people, bytes.fromhex(kept.secret), kept.given)
    after = kept.model_copy(update={"given": {**kept.given, **{slug: g.pseudonym for slug, g in found.items()}}})
    if after != kept or records.document(DOCUMENT) is None:
        records.put_document(DOCUMENT, after.model_dump_json())
    return plan.model_copy(update={"students": [_named(student, found[student.slug]) for student in plan.students]})


def secret_of(records: Records) -> str:
    """Return the secret of a class; a new one each time where none is kept."""
    return _kept(records).secret


def _kept(records: Records) -> Kept:
    """Return what earlier runs gave; a new secret where there is none that can be read."""
    try:
        return Kept.model_validate_json(records.document(DOCUMENT) or "")
    except ValidationError:
        return Kept(secret=secrets.token_hex(SECRET_BYTES))


def _named(student: StudentEntry, given: Given) -> StudentEntry:
    notes = [*student.notes, given.note] if given.note else student.notes
    return student.model_copy(update={"pseudonym": given.pseudonym, "notes": notes})
