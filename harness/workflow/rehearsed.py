"""What a rehearsal grades: reference, template, designs and mistakes, and how little of each has to be trained."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import ResultsError, UsageError, did_you_mean
from harness.grading.baselines import find_baselines
from harness.grading.goal import variants_of
from harness.grading.rubric_model import Rubric
from harness.grading.separation import Expected, Role
from harness.shipped import Rooms
from harness.task import Task
from harness.workflow.dividing import START_S, recorded_seconds

UNTRAINED = ("import", "contract")  # kinds of fault that end a submission before its first training


@dataclass(frozen=True)
class RehearsedFile:
    """A file to grade, and what it ought to earn; its mistake shows beside the variants `compared`.

    `variants` are those it is trained in; None for all.
    """

    expected: Expected
    source: Path
    compared: tuple[str, ...] = ()
    variants: frozenset[str] | None = None


def each_once(
    entries: Sequence[RehearsedFile], task: Task, rubric: Rubric, seconds: Mapping[str, float]
) -> list[RehearsedFile]:
    """Return the submissions to one task with as little to train as shows each mistake and each criterion once.

    A flawed submission is trained in what the criterion meant for it takes that is cheapest by `seconds` of variants;
    then a criterion that nobody has shown yet is given to the submission that it costs least. What is left of the
    criteria that a submission ought to lose are those that its variants decide. Designs, which show neither, are left
    out. Raises UsageError for a variant to compare with that the task does not have.
    """
    rests = {c.id: frozenset(variants_of(c, task)) for c in rubric.criteria}
    for entry in entries:
        _check_compared(entry, task)
    flawed = [_first(e, rests, seconds) for e in entries if e.expected.role is Role.FLAWED]
    chosen = {e.expected.name: e for e in _covered(flawed, rests, seconds)}
    shown = [e for e in entries if e.expected.role is not Role.DESIGN]
    return [_narrowed(chosen.get(e.expected.name, e), rests) for e in shown]


def seconds_of(task: Task, profile: str, rooms: Rooms) -> dict[str, float]:
    """Return the CPU seconds of variants as the reference took them, as far as that was measured."""
    nothing = {v.name: 0.0 for v in task.variants if v.given}
    for folder in rooms.folders("baselines", task.name):
        with suppress(ResultsError):  # one of an older version of the task
            for baseline in find_baselines(folder, task, profile).values():
                return nothing | recorded_seconds(baseline)
    return nothing


def _check_compared(entry: RehearsedFile, task: Task) -> None:
    known = [v.name for v in task.trained()]
    for name in entry.compared:
        if name not in known:
            raise UsageError(
                f"Expected {entry.source} to be compared with variants of {task.name}, received {name!r}."
                f"{did_you_mean(name, known)}"
            )


def _first(entry: RehearsedFile, rests: Mapping[str, frozenset[str]], seconds: Mapping[str, float]) -> RehearsedFile:
    """Return a flawed submission in what the cheapest of its criteria takes, or in all where nothing is trained."""
    asked = [rests[name] for name in entry.expected.loses]
    chosen = asked if entry.expected.fault in UNTRAINED else [min(asked, key=lambda some: _price(some, seconds))]
    return replace(entry, variants=frozenset(entry.compared).union(*chosen))


def _covered(
    flawed: Sequence[RehearsedFile], rests: Mapping[str, frozenset[str]], seconds: Mapping[str, float]
) -> list[RehearsedFile]:
    """Return flawed submissions with variants enough that a training shows every criterion that one can show."""
    found, running = {e.expected.name: e for e in flawed}, [e for e in flawed if e.expected.fault not in UNTRAINED]
    left = {name for e in running for name in e.expected.loses}
    while left := left - {c for e in running for c in _decided(found[e.expected.name], rests)}:
        offers = (o for e in running for o in _offers(found[e.expected.name], left, rests, seconds))
        _, name, criterion = min(offers)
        found[name] = replace(found[name], variants=(found[name].variants or frozenset()) | rests[criterion])
    return list(found.values())


def _offers(
    entry: RehearsedFile, left: set[str], rests: Mapping[str, frozenset[str]], seconds: Mapping[str, float]
) -> Iterator[tuple[float, str, str]]:
    """Yield what it would cost to show each of the criteria that are `left` by a submission, its name and theirs."""
    for criterion in left.intersection(entry.expected.loses):
        yield _price(rests[criterion] - (entry.variants or frozenset()), seconds), entry.expected.name, criterion


def _price(variants: frozenset[str], seconds: Mapping[str, float]) -> float:
    return sum(seconds.get(name, START_S) for name in sorted(variants))


def _decided(entry: RehearsedFile, rests: Mapping[str, frozenset[str]]) -> list[str]:
    return [c for c in entry.expected.loses if entry.variants is None or rests[c] <= entry.variants]


def _narrowed(entry: RehearsedFile, rests: Mapping[str, frozenset[str]]) -> RehearsedFile:
    """Return a submission of which nothing is expected but what its variants decide."""
    return replace(entry, expected=entry.expected.model_copy(update={"loses": _decided(entry, rests)}))
