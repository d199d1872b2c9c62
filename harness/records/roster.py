"""Who has which slug in a result folder: whoever has one keeps it, so that what people decided stays theirs.

The list lies with the marks (`marking.sqlite`): deleting the records takes nobody's slug.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from harness.records.database import digest_of, transaction
from harness.records.marking_file import FILE, damaged, open_marking, telling
from harness.records.models import Frozen

COLUMNS = "entry, slug, name, digest"


class Person(Frozen):
    """One who handed in under the name of a file or folder, `entry`; after a rename there are several of one slug."""

    entry: str
    slug: str
    name: str


def people_of(folder: Path) -> list[Person]:
    """Return who was graded into `folder` so far, in the order they came; nobody where no list is kept yet.

    Raises ResultsError for a file that cannot be read or is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    with telling(path), closing(open_marking(folder)) as db:
        rows = db.execute(f"SELECT {COLUMNS} FROM people ORDER BY rowid").fetchall()  # noqa: S608
    for row in rows:
        if digest_of(*row[:-1]) != row[-1]:
            raise damaged(path, f"a person who was changed ({row[1]!r})")
    try:
        return [Person(entry=entry, slug=slug, name=name) for entry, slug, name, _ in rows]
    except ValidationError as error:
        raise damaged(path, "a person who makes no sense") from error


def enter(folder: Path, people: Iterable[Person]) -> None:
    """Add who is not in the list of `folder` yet. Raises ResultsError where it cannot be written."""
    rows = [(p.entry, p.slug, p.name, digest_of(p.entry, p.slug, p.name)) for p in people]
    with telling(folder / FILE), closing(open_marking(folder)) as db, transaction(db):
        db.executemany("INSERT OR IGNORE INTO people VALUES (?, ?, ?, ?)", rows)
