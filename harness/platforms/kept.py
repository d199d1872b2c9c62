"""What is kept of deliveries beside the results of a class: when each came, from whom, and how it is given back."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, ValidationError

from harness.errors import ResultsError
from harness.files import atomic
from harness.platforms.model import Delivery, Identity
from harness.records.files import reading, writing
from harness.records.models import Frozen, as_json

FILE = "handed_in.json"
FORMAT = 1


class KeptDelivery(Frozen):
    """A delivery as it was graded: whose card it is (`slug`), the tasks that count of it, and where it came from.

    `platform` is empty for one that lay in a folder of submissions.
    """

    slug: str
    platform: str
    tasks: tuple[str, ...]
    delivery: Delivery


class Kept(Frozen):
    """All deliveries of a graded class: of one student several where tasks came in several downloads.

    `missing` are people whom the last download named as having handed in nothing.
    """

    format: int = Field(default=FORMAT, ge=1, le=FORMAT)
    deliveries: tuple[KeptDelivery, ...] = ()
    missing: tuple[Identity, ...] = ()

    def of(self, slug: str, task: str) -> KeptDelivery | None:
        """Return what counts of a student in a task; None where nothing is known of it."""
        return next((d for d in self.deliveries if d.slug == slug and task in d.tasks), None)

    def owners_of(self, slug: str) -> tuple[Identity, ...]:
        """Return who stands behind a slug: as the last delivery that names anybody says."""
        named = (d.delivery.owners for d in reversed(self.deliveries) if d.slug == slug and d.delivery.owners)
        return next(named, ())


def load(results: Path) -> Kept:
    """Return what is kept in a result folder; nothing where that was graded by an older harness.

    Raises ResultsError for a file that cannot be read or is damaged.
    """
    path = results / FILE
    if not path.is_file():
        return Kept()
    with reading(results):
        body = path.read_bytes()
    try:
        return Kept.model_validate_json(body)
    except ValidationError as error:
        raise ResultsError(
            f"Expected who handed in what in {path}, received a damaged file; grade the same download again, which"
            " writes it anew."
        ) from error


def save(results: Path, kept: Kept) -> None:
    """Write what is to be kept. Raises ResultsError where it cannot be written."""
    with writing(results), atomic(results / FILE) as file:
        file.write(as_json(kept).encode("utf-8"))


def joined(before: Kept, now: Iterable[KeptDelivery], missing: Iterable[Identity] = ()) -> Kept:
    """Return what was kept with new deliveries in place of what they count instead of: per student and task."""
    new = tuple(now)
    counted = {(d.slug, task) for d in new for task in d.tasks}
    old = [
        d.model_copy(update={"tasks": tuple(t for t in d.tasks if (d.slug, t) not in counted)})
        for d in before.deliveries
    ]
    slugs = {d.slug for d in new}
    stays = tuple(d for d in old if d.tasks or d.slug not in slugs)
    return Kept(deliveries=(*stays, *new), missing=tuple(missing))
