"""Finds the one person whom somebody means by a name."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from harness.errors import UsageError, did_you_mean

NAMED = 20  # a class up to this size is listed whole where a name is not in it


class Person(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def slug(self) -> str: ...


P = TypeVar("P", bound=Person)


def find_person(wanted: str, students: Sequence[P]) -> P:
    """Return the one student of this name or slug; upper and lower case differ only if they must.

    Raises UsageError with a close name if there is none, and with the slugs if there are several: what is
    another's of that name must not be given away.
    """
    text = wanted.strip()
    exact = [s for s in students if text in (s.name, s.slug)]
    found = exact or [s for s in students if text.casefold() in (s.name.casefold(), s.slug)]
    if len(found) == 1:
        return found[0]
    if found:
        slugs = ", ".join(s.slug for s in found)
        raise UsageError(f"Expected one student, but {len(found)} are meant by {text!r}; name one of {slugs}.")
    hint = did_you_mean(text, {s.name for s in students} | {s.slug for s in students})
    if len(students) > NAMED and "Did you mean" not in hint:
        hint = f" The class page lists all {len(students)}."
    raise UsageError(f"There is no student {text!r}.{hint}")
