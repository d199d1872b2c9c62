"""Gradescope: the export of an assignment's submissions, a folder each, with `submission_metadata.yml` beside them.

The keys in that file are Ruby symbols (`:submitters`). Every scalar is read as the text that it is: a student's number
keeps its zeros.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from harness.errors import SubmissionError, UsageError
from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.moments import iso
from harness.platforms.platform import Platform, Wanted
from harness.platforms.source import Source

METADATA = "submission_metadata.yml"
MOST_BYTES = 100_000_000  # results of earlier autograders are in it, too
Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def recognises(source: Source) -> bool:
    return source.tops.get(METADATA) is False


def read(source: Source, wanted: Wanted) -> Export:
    said = metadata(source)
    folders: dict[str, list[str]] = {name: [] for name, folder in source.tops.items() if folder}
    for path in source.files:
        folders.setdefault(path.partition("/")[0], []).append(path)
    folders.pop(METADATA, None)
    found = {name: delivery(source, name, paths, said[name]) for name, paths in folders.items() if name in said}
    odd = [(name, f"{METADATA} does not say whose it is.") for name in folders if name not in said]
    odd += [(name, f"{METADATA} names it, but no folder of that name is here.") for name in said if name not in folders]
    kept, older = newest(found)
    left = tuple(NotUnderstood(clean(name), why) for name, why in (*odd, *older))
    return Export("gradescope", tuple(kept), left)


def metadata(source: Source) -> dict[str, Mapping[str, Any]]:
    """Return what is said of each submission, by the name of its folder; raises UsageError where it makes no sense."""
    try:
        raw = source.read(METADATA, MOST_BYTES + 1)
    except (OSError, SubmissionError) as error:
        raise refused("a file that is damaged") from error
    if len(raw) > MOST_BYTES:
        raise refused("it is too large")
    try:
        said = yaml.load(raw, Loader)  # noqa: S506 - a base loader makes text, lists and mappings only
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise refused(clean(str(error), 200)) from error
    if not isinstance(said, dict):
        raise refused("it has no submissions")
    return {str(name): one if isinstance(one, dict) else {} for name, one in said.items()}


def refused(why: str) -> UsageError:
    return UsageError(f"Expected who handed in what in {METADATA}, received: {why}; export the submissions again.")


def delivery(source: Source, folder: str, paths: list[str], said: Mapping[str, Any]) -> Delivery:
    people = said.get(":submitters")
    told = [identity(p) for p in (people if isinstance(people, list) else []) if isinstance(p, dict)]
    owners = tuple(o for o in told if o != Identity())
    numbers = sorted(number_of(o) for o in owners)
    key = "+".join(numbers) if numbers and all(numbers) else folder
    files = tuple(source.file(p.removeprefix(f"{folder}/"), p) for p in paths)
    notes = () if owners else ("Gradescope does not say who handed this in.",)
    when = iso(said.get(":created_at"))
    return Delivery(key, owners, None, files, handed_in=when.at, local_time=when.local, notes=notes)


def identity(said: Mapping[str, Any]) -> Identity:
    name, number, email = (text(said.get(f":{key}")) for key in ("name", "sid", "email"))
    return Identity(name=name, sis_id=number, email=email)


def text(value: object) -> str | None:
    return clean(value) or None if isinstance(value, str) else None


def number_of(owner: Identity) -> str:
    return owner.sis_id or owner.email or ""


def newest(found: Mapping[str, Delivery]) -> tuple[list[Delivery], list[tuple[str, str]]]:
    """Return what counts, where each person is in their last submission alone, and what does not, with the reason."""
    last: dict[str, str] = {}
    for folder in sorted(found, key=lambda name: order(name, found[name])):
        last |= {number_of(o): folder for o in found[folder].owners if number_of(o)}
    kept, left = [], []
    for folder, one in found.items():
        gone = [o for o in one.owners if last.get(number_of(o), folder) != folder]
        stay = tuple(o for o in one.owners if o not in gone)
        left += [(folder, f"{o.name} handed in again later: {last[number_of(o)]} counts.") for o in gone]
        if stay or not gone:
            kept.append(replace(one, owners=stay))
    return kept, left


def order(folder: str, delivery: Delivery) -> tuple[float, int, str]:
    """Return what sorts submissions by when they came, and those of one moment by Gradescope's count of them."""
    number = folder.rpartition("_")[2]
    return (
        delivery.handed_in.timestamp() if delivery.handed_in else 0.0,
        int(number) if number.isdecimal() else 0,
        folder,
    )


GRADESCOPE = Platform("gradescope", "Gradescope", recognises, read)
