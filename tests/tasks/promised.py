"""The tasks that the contract is asked of, their files and their data."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from harness.course.found import find_course, named_course
from harness.course.registry import Registry
from harness.task import (
    Profile,
    Step,
    Task,
    TaskData,
    Variant,
)
from harness.workflow.context import load_profile
from harness.workflow.grade import known_tasks

PROFILES = ("quick", "full")
COURSE = find_course(named_course(), Path("/"))  # of $HARNESS_COURSE, as the tests of guides set it; else what ships
OWN = COURSE.tasks.files if isinstance(COURSE.tasks, Registry) else {}
NAMES = tuple(OWN or COURSE.tasks)


def find(name: str) -> Task:
    return known_tasks([name], COURSE.tasks)[name]


def file_of(name: str, room: str, suffix: str = ".py") -> Path:
    return COURSE.rooms.file(room, f"{name}{suffix}")


@cache
def data_of(name: str, size: str = "tiny") -> TaskData:
    """Return the task's data under a profile that runs offline, hidden arrays included."""
    profile = find(name).profile(size)
    return find(name).prepare(load_profile(profile, None, COURSE.data), profile)


def runs(task: Task) -> Iterator[tuple[Profile, Variant]]:
    for profile in (*task.profiles.values(), task.profile("tiny")):
        yield from ((profile, variant) for variant in task.trained())


def steps_of(name: str) -> Iterator[tuple[Variant, Step]]:
    task = find(name)
    for variant in task.trained():
        yield from ((variant, s) for s in task.steps(task.profile("tiny"), variant, data_of(name)))
