"""A class to export, and worksheets of it in every dialect."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from report.conftest import make_class, make_criterion, make_student, make_task

from harness.export.given import Exported
from harness.export.into import Into, fill_worksheet
from harness.grading.results import ClassResult, StudentResult
from harness.platforms.kept import Kept, KeptDelivery
from harness.platforms.model import Delivery, Identity
from harness.records.models import Status

NO_KEPT = Kept()


def earning(name: str, share: float | None, **changes: Any) -> StudentResult:
    """Return a student with a share of 50 points; None: a person has still to mark ten of them."""
    open_points = {"earned": None, "manual": True, "status": Status.NOT_RUN, "id": "report", "points": 10}
    criteria = [make_criterion(points=50, earned=50 * (0.5 if share is None else share))]
    criteria += [make_criterion(**open_points)] if share is None else []
    return make_student(name, tasks=[make_task(criteria=criteria)], **changes)


def broken(name: str) -> StudentResult:
    """Return a student of whom the harness could not measure something."""
    lost = make_criterion(earned=None, status=Status.HARNESS_ERROR)
    return make_student(name, tasks=[make_task(criteria=[lost], status=Status.HARNESS_ERROR)])


def kept(platform: str, **owners: Identity | Sequence[Identity]) -> Kept:
    """Return what a platform said of who handed in, by slug (with _ for -)."""
    found = []
    for slug, who in owners.items():
        people = (who,) if isinstance(who, Identity) else tuple(who)
        delivery = Delivery(key=slug, owners=people, group=None, files=(), returns_as=returns_as(platform, people))
        tasks = ("autoencoder",)
        found.append(KeptDelivery(slug=slug.replace("_", "-"), platform=platform, tasks=tasks, delivery=delivery))
    return Kept(deliveries=tuple(found))


def returns_as(platform: str, people: Sequence[Identity]) -> str | None:
    one = people[0] if people else Identity()
    if platform == "moodle":
        return f"{one.name}_{one.participant}_assignsubmission_file"
    return f"{(one.name or '').replace(' ', '').lower()}_{one.user_id}_4711001" if platform == "canvas" else None


@dataclass(frozen=True)
class Trip:
    """A worksheet before and after, and what is said of it."""

    before: bytes
    after: bytes
    exported: Exported

    @property
    def marks(self) -> dict[str, str]:
        return {g.name: g.mark for g in self.exported.given}

    @property
    def why(self) -> dict[str, str]:
        return {n.name: n.kind for n in self.exported.nothing}


def trip(folder: Path, content: bytes, result: ClassResult, known: Kept = NO_KEPT, **asked: Any) -> Trip:
    """Fill a worksheet and return what came of it."""
    worksheet = folder / "Grades.csv"
    worksheet.write_bytes(content)
    if "out_of" in asked:
        asked["out_of"] = Decimal(asked["out_of"])
    ready = fill_worksheet(result, known, Into(worksheet, folder / "Filled.csv", **asked))
    assert worksheet.read_bytes() == content
    return Trip(content, ready.content, ready.exported)


CLASS = make_class(earning("Jane Doe", 0.715), earning("Max Roe", 1.0), earning("Ann Open", None), broken("Bob Fault"))
NAMES = [s.name for s in CLASS.students]
