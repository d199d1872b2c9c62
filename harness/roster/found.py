"""Finds whom a word means: by what platforms know people by, else by a name that only one of them has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.errors import did_you_mean
from harness.intake.names import slugify
from harness.platforms.model import Identity
from harness.roster.class_list import Listed
from harness.roster.columns import FIELDS, plain


class Unclear(ValueError):
    """Several people could be meant; the sentence says which."""


@dataclass(frozen=True)
class People:
    """Everybody who may be meant. Nobody is found by a name that two of them bear."""

    everybody: Sequence[Listed]

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Listed]:
        return {(field, plain(value)): one for one in self.everybody for field, value in one.ids.items()}

    @cached_property
    def _by_word(self) -> Mapping[str, list[Listed]]:
        words = ((word, one) for one in self.everybody for word in {plain(w) for w in (*one.ids.values(), *one.also)})
        return _grouped(words)

    @cached_property
    def _by_name(self) -> Mapping[str, list[Listed]]:
        return _grouped((name_key(one.name), one) for one in self.everybody if one.identity.name)

    @cached_property
    def _by_file(self) -> Mapping[str, list[Listed]]:
        return _grouped((key, one) for one in self.everybody if one.identity.name for key in as_files(one.name))

    def of(self, who: Identity) -> Listed | None:
        """Return who a platform means: by its numbers and addresses where both sides have them, else by the name.

        A participant's number is of one assignment and a team's looks alike, so the name must not contradict it. Raises
        Unclear where the words point at several people, and where only the name tells and two bear it.
        """
        found = _once(self._by_id.get((f, plain(v))) for f in FIELDS if (v := getattr(who, f)))
        found = [one for one in found if not (who.participant and _contradicts(who, one))]
        if len(found) > 1:
            raise Unclear(f"{_told(who)} is {' and '.join(_place(one) for one in found)}, which are two people")
        if found or not who.name:
            return found[0] if found else None
        named = self.named(who.name) or self._by_file_name(who.name)
        return named if named and not _differs(who, named) else None

    def named(self, name: str) -> Listed | None:
        """Return the only one of this name; None if nobody has it. Raises Unclear where several do."""
        found = self._by_name.get(name_key(name), [])
        if len(found) > 1:
            raise Unclear(f"{name!r} could be {' or '.join(_place(one) for one in found)}")
        return found[0] if found else None

    def meant(self, word: str) -> Listed | None:
        """Return who is meant by an identifier of whatever kind, or by a whole name. Raises Unclear."""
        found = _once(self._by_word.get(plain(word), []))
        if len(found) > 1:
            raise Unclear(f"{word!r} could be {' or '.join(_place(one) for one in found)}")
        return found[0] if found else self.named(word) or self._by_file_name(word)

    def close(self, word: str) -> str:
        """Return ` Did you mean 'x'?` for somebody of a close name or identifier; nothing else."""
        hint = did_you_mean(word, [*(one.name for one in self.everybody), *self._by_word])
        return hint if "Did you mean" in hint else ""

    def _by_file_name(self, word: str) -> Listed | None:
        """Return the only one whose name a file would have: `jane-doe`, `jane_doe`, or `doejane` for `Doe, Jane`."""
        if " " in word.strip() or not squeezed(word):
            return None
        found = _once(one for key in as_files(word) for one in self._by_file.get(key, []))
        if len(found) > 1:
            raise Unclear(f"{word!r} could be {' or '.join(_place(one) for one in found)}")
        return found[0] if found else None


def squeezed(name: str) -> str:
    """Return the letters and digits of a name in one case, as Canvas writes it: accents stay."""
    return "".join(c for c in plain(name) if c.isalnum())


def as_files(name: str) -> set[str]:
    """Return a name as files may be called: in either order of first and last name, with accents and without."""
    orders = {squeezed(name), squeezed(name_key(name))}
    return {*orders, *(slugify(order).replace("-", "") for order in orders)}


def name_key(name: str) -> str:
    """Return a name as names are compared: `Doe, Jane` is Jane Doe."""
    last, comma, first = plain(name).partition(",")
    return f"{first.strip()} {last.strip()}" if comma else last


def _differs(who: Identity, one: Listed) -> bool:
    """Say whether a number or address that both sides have is another's: then one name is borne by two people."""
    return any((v := getattr(who, f)) and f in one.ids and plain(v) != plain(one.ids[f]) for f in FIELDS)


def _contradicts(who: Identity, one: Listed) -> bool:
    return bool(who.name and one.identity.name and name_key(who.name) != name_key(one.identity.name))


def _grouped(pairs: Iterable[tuple[str, Listed]]) -> dict[str, list[Listed]]:
    found: dict[str, list[Listed]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


def _once(found: Iterable[Listed | None]) -> list[Listed]:
    return list({id(one): one for one in found if one is not None}.values())


def _told(who: Identity) -> str:
    return repr(who.name or next((v for f in FIELDS if (v := getattr(who, f))), ""))


def _place(one: Listed) -> str:
    word = next(iter(one.ids.values()), "")
    where = f"line {one.line} of the class list" if one.line else "a submission"
    return f"{word or one.name} ({where})"
