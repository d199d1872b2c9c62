"""Whether a course's task holds what a task does: fields of the right type, names and sizes that make sense."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import did_you_mean
from harness.task import Profile, Task


class Held(BaseModel):
    """A task whose fields, and those of what it holds, are looked at one by one; no value is converted."""

    model_config = ConfigDict(strict=True, revalidate_instances="always", arbitrary_types_allowed=True)

    task: Task


def wrong_in(task: Task) -> str:
    """Return in one sentence what is wrong first, with its place in TASK; empty where all is well."""
    return next(_of_types(task), "") or next(_of_names(task), "") or next(_of_profiles(task), "")


def _of_types(task: Task) -> Iterator[str]:
    try:
        Held(task=task)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            if not _as_good(one["type"], one["input"]):
                place = ".".join(str(part) for part in one["loc"][1:])
                said = one["msg"].replace("Input should be", "expected")
                yield f"TASK.{place}: {said}, received {str(one['input'])[:60]!r}."


def _as_good(kind: str, received: Any) -> bool:
    """Say whether a value does what one of the declared type does: a list for a tuple, an integer of NumPy."""
    return (kind == "tuple_type" and isinstance(received, list)) or isinstance(received, np.integer | np.floating)


def _of_names(task: Task) -> Iterator[str]:
    kinds: dict[str, Iterable[str]] = {
        "builders": [b.name for b in task.builders],
        "variants": [v.name for v in task.variants],
        "measures": [m.name for m in task.measures],
        "overall": [m.name for m in task.overall],
    }
    for kind, names in kinds.items():
        for name in (name for name, times in Counter(names).items() if times > 1):
            yield f"TASK.{kind}: the name {name!r} is there twice; give each its own."
    if not task.variants:
        yield "TASK.variants: expected at least one variant, found none."
    if task.trained() and not task.builders:
        yield "TASK.builders: expected the functions that students write, found none."
    for place, owner, name in _builders_named(task):
        if name not in kinds["builders"]:
            yield f"TASK.{place}: {owner!r} names the builder {name!r}.{did_you_mean(name, kinds['builders'])}"
    for measure in task.measures:
        for name in (name for name in measure.variants if name not in kinds["variants"]):
            hint = did_you_mean(name, kinds["variants"])
            yield f"TASK.measures: {measure.name!r} is measured of {name!r}, which is no variant.{hint}"


def _builders_named(task: Task) -> Iterator[tuple[str, str, str]]:
    """Yield where a builder is named, by whom, and its name."""
    yield from (("variants", v.name, v.builder) for v in task.trained() if v.builder)
    yield from (("builders", b.name, name) for b in task.builders for name in b.uses)


def _of_profiles(task: Task) -> Iterator[str]:
    if not task.profiles:
        yield "TASK.profiles: expected a profile 'quick', the one that is used offline, found none."
    for name, profile in task.profiles.items():
        if profile.name != name:
            yield f"TASK.profiles: the profile under {name!r} calls itself {profile.name!r}; make them one."
        for place, value in _numbers(profile):
            if not value > 0:
                yield f"TASK.profiles.{name}.{place}: expected more than 0, received {value:g}."


def _numbers(profile: Profile) -> Iterator[tuple[str, float]]:
    limits = profile.limits
    yield from (("epochs", profile.epochs), ("batch_size", profile.batch_size), ("seeds", profile.seeds))
    yield from (("limits.wall_s", limits.wall_s), ("limits.cpu_s", limits.cpu_s))
    yield "limits.memory_mb", limits.memory_mb
