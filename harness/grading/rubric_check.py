"""Checks a rubric against the task it marks: names, version and directions."""

from collections.abc import Iterator

from harness.errors import did_you_mean
from harness.grading.rubric_model import Criterion, Rubric
from harness.task import OVERALL, Measure, Task

Problem = tuple[tuple[str | int, ...], str]


def problems(rubric: Rubric, task: Task) -> Iterator[Problem]:
    """Yield what does not fit `task`, as (path of the offending key, one sentence), in the file's order."""
    yield from _task_problems(rubric, task)
    for index, criterion in enumerate(rubric.criteria):
        if not criterion.manual:
            for key, sentence in _criterion_problems(criterion, task):
                yield ("criteria", index, *key), sentence


def _task_problems(rubric: Rubric, task: Task) -> Iterator[Problem]:
    name, _, version = rubric.task.rpartition("@")
    if name != task.name:
        hint = did_you_mean(name, [task.name])
        yield ("task",), f"expected a rubric for the task {task.name!r}, received one for {name!r}.{hint}"
    elif int(version) != task.version:
        yield (
            ("task",),
            f"this rubric was written for version {version} of {name}, but the task is at version"
            f" {task.version}; check its numbers and then write 'task: {name}@{task.version}'.",
        )


def _criterion_problems(criterion: Criterion, task: Task) -> Iterator[Problem]:
    known = task.measure_names()
    for key, name in (("measure", criterion.measure), ("over", criterion.over)):
        if name and name not in known:
            yield (key,), _unknown_measure(name, task)
        elif name and criterion.better != known[name].better:
            yield (
                ("better",),
                f"{name} is better when {known[name].better}, but the criterion says {criterion.better!r};"
                f" write 'better: {known[name].better}'.",
            )
        elif name:
            yield from (((key,), sentence) for sentence in _of_some_only(name, task))
    if criterion.over in known and criterion.measure in known:
        yield from _unlike_units(known[criterion.measure], known[criterion.over])
        yield from _side_problems(criterion, task)
        yield from _size_problems(criterion, task)
    for profile in criterion.profiles:
        if profile not in task.profiles:
            hint = did_you_mean(profile, task.profiles)
            yield ("profiles", profile), f"task {task.name} has no profile {profile!r}.{hint}"


def _unlike_units(measure: Measure, over: Measure) -> Iterator[Problem]:
    if measure.unit != over.unit:
        yield (
            ("over",),
            f"{measure.name} (unit {measure.unit or 'none'!r}) cannot be compared with"
            f" {over.name} (unit {over.unit or 'none'!r}); compare measures of the same unit.",
        )


def _side_problems(criterion: Criterion, task: Task) -> Iterator[Problem]:
    """Say that a side lacks the measure in which it is held against `naive`, or that no side is the student's."""
    names = criterion.sides() if criterion.level else ()
    for name in names:
        if name not in task.measure_names():
            yield ("level",), _unknown_measure(name, task)
            return
    learns = {v.name for v in task.trained() if v.learns}
    for profile, band in criterion.profiles.items():
        if band.naive is not None and not any(name.partition(".")[0] in learns for name in criterion.sides()):
            yield (
                ("profiles", profile, "naive"),
                f"neither {' nor '.join(criterion.sides())} is trained by the student, so none has to beat 'naive';"
                " remove it.",
            )


def _size_problems(criterion: Criterion, task: Task) -> Iterator[Problem]:
    """Say that there are no two networks of the student whose sizes could differ."""
    if criterion.size_ratio is None:
        return
    first, second = (name.partition(".")[0] for name in (criterion.measure, criterion.over))
    built = {v.name for v in task.trained()}
    if first == second:
        yield ("size_ratio",), f"both sides are measured of {first}, which is as large as itself; remove 'size_ratio'."
    elif other := [name for name in (first, second) if name not in built]:
        yield (
            ("size_ratio",),
            f"{other[0]} is no network that the student builds, so that it has no size; remove 'size_ratio'.",
        )


def _unknown_measure(name: str, task: Task) -> str:
    """Say which half of `variant.measure` is wrong."""
    variant, dot, measure = name.partition(".")
    variants = [*(v.name for v in task.variants), *([OVERALL] if task.overall else [])]
    if not dot:
        hint = did_you_mean(name, task.measure_names())
        return f"expected a measure written variant.measure, received {name!r}.{hint}"
    if variant not in variants:
        return f"task {task.name} has no variant {variant!r}.{did_you_mean(variant, variants)}"
    hint = did_you_mean(measure, [n.partition(".")[2] for n in task.measure_names() if n.startswith(f"{variant}.")])
    if variant == OVERALL:
        return f"task {task.name} has no measure over variants {measure!r}.{hint}"
    return f"variant {variant} of task {task.name} has no measure {measure!r}.{hint}"


def _of_some_only(name: str, task: Task) -> Iterator[str]:
    """Say that a measure is of a candidate that a submission need not have, so that nobody could lose its points."""
    candidate = next((v.candidate for v in task.variants if v.name == name.partition(".")[0]), None)
    if candidate and candidate.place > 0:
        yield (
            f"{name} is of candidate {candidate.place + 1} of {candidate.function}, which a submission need not have;"
            f" name the first one, or a measure over variants ({OVERALL}.NAME) that is optional."
        )
