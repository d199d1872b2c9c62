"""Names for the leaderboard: those that students choose, where they may have them, and drawn ones for all others."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, count

from harness.intake.faces import faces, folded, misleading, visible
from harness.intake.names import clean
from harness.intake.pseudonym_words import ADJECTIVES, NOUNS

LONGEST = 40
LONG_WORD = 4  # letters from which a word of a name is looked for inside other words, too
LINES = ("Reference", "Baseline", "Pass mark", "No pseudonym")  # what else stands on the leaderboard
DRAWS = 200  # pairs of words tried before a number is put behind one


@dataclass(frozen=True)
class Person:
    """Who needs a pseudonym. `wish` is the one asked for, None where none was."""

    name: str
    slug: str
    wish: str | None = None


@dataclass(frozen=True)
class Given:
    """A pseudonym; `note` is a sentence for the card where the one asked for was refused."""

    pseudonym: str
    note: str = ""


def assign(people: Sequence[Person], secret: bytes, before: Mapping[str, str]) -> dict[str, Given]:
    """Return a pseudonym for everybody by slug, no two alike.

    `before` has those given earlier, by slug: whoever has one keeps it unless another is asked for, and nobody else
    gets it, not even when its owner has left. Drawn ones follow from the slug and the `secret` by HMAC-SHA-256
    (RFC 2104), so that nobody without the secret can tell them from a name.
    """
    taken = {face: slug for slug, name in before.items() for face in faces(name)}
    called = {face for person in people for face in faces(person.name) | faces(person.slug)}
    found: dict[str, Given] = {}
    notes: dict[str, str] = {}
    for person in people:
        problem = "" if person.wish is None else refusal(person, called, taken)
        if person.wish is not None and not problem:
            wish = cleaned(person.wish)
            found[person.slug] = Given(wish)
            taken |= dict.fromkeys(faces(wish), person.slug)
        elif problem:
            notes[person.slug] = problem
    for person in people:
        if person.slug not in found:
            had = before.get(person.slug, "")
            kept = had if taken.get(folded(had)) == person.slug and is_drawn(had) else ""
            name = kept or draw(person.slug, secret, taken)
            taken |= dict.fromkeys(faces(name), person.slug)
            found[person.slug] = Given(name, notes.get(person.slug, ""))
    return found


def refusal(person: Person, called: Set[str], taken: Mapping[str, str]) -> str:
    """Say in a sentence why a person cannot have the pseudonym asked for; nothing if they can.

    `called` holds what the names of the class can be taken for, `taken` whose pseudonym can be taken for what.
    """
    wish = cleaned(person.wish or "")
    expected = unfit(wish) or claimed(wish, person, called, taken)
    return f"Expected a pseudonym {expected}; a drawn one stands on the leaderboard instead." if expected else ""


def unfit(wish: str) -> str:
    """Say what a pseudonym would have to be that nobody could have as it is; nothing where it will do."""
    if not folded(wish):
        return "in the first line of pseudonym.txt, received none that can be read"
    if len(wish) > LONGEST:
        return f"of at most {LONGEST} characters, received {len(wish)}"
    if wanted := misleading(wish):
        return f"in {wanted}, received {wish!r}"
    if any(folded(line) in face for line in LINES for face in faces(wish)):
        return f"that is no line of the leaderboard itself, received {wish!r}"
    return ""


def claimed(wish: str, person: Person, called: Set[str], taken: Mapping[str, str]) -> str:
    """Say what a pseudonym would have to be that tells or looks like somebody; nothing where it does not."""
    if tells(wish, person.name) or tells(wish, person.slug):
        return f"without your own name in it, received {wish!r}"
    if faces(wish) & called:
        return f"that is nobody's name, received {wish!r}"
    if any(taken.get(face, person.slug) != person.slug for face in faces(wish)):
        return f"of your own, received {wish!r}, which is taken"
    return ""


def cleaned(text: str) -> str:
    """Return a pseudonym on one line, without characters that are not shown and with at most two marks on a letter."""
    kept, marks = "", 0
    for c in clean(visible(text), 10 * LONGEST):
        marks = marks + 1 if unicodedata.combining(c) else 0
        kept += c if marks < 3 else ""
    return kept


def tells(wish: str, name: str) -> bool:
    """Say whether a pseudonym gives a name away: all or a long word of it anywhere, or a short one standing alone."""
    mine = {word for word in (folded(name), *words(name)) if len(word) > 1}
    inside = any(len(word) >= LONG_WORD and word in folded(wish) for word in mine)
    return inside or bool(mine & {folded(wish), *words(wish)})


def words(text: str) -> set[str]:
    """Return the words of a text, folded."""
    return {folded(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKD", text))} - {""}


def draw(slug: str, secret: bytes, taken: Mapping[str, str]) -> str:
    """Return the first name of a slug's own sequence of pairs of words that nobody has."""
    first = pair(slug, secret, 0)
    pairs = (pair(slug, secret, attempt) for attempt in range(DRAWS))
    numbered = (f"{first} {n}" for n in count(2))
    return next(name for name in chain(pairs, numbered) if not faces(name) & taken.keys())


def pair(slug: str, secret: bytes, attempt: int) -> str:
    digest = hmac.new(secret, f"{attempt}|{slug}".encode(), hashlib.sha256).digest()
    first, second = (int.from_bytes(part) for part in (digest[:8], digest[8:16]))
    return f"{ADJECTIVES[first % len(ADJECTIVES)].capitalize()} {NOUNS[second % len(NOUNS)].capitalize()}"


def is_drawn(name: str) -> bool:
    """Say whether a name is one that `draw` makes: what was chosen once is not kept when it is no longer asked for."""
    first, _, second = name.partition(" ")
    return first.lower() in ADJECTIVES and second.split(" ")[0].lower() in NOUNS
