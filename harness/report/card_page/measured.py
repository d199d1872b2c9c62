"""How the values on a card were measured: seeds, data, versions, device and signatures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.grading.results import TaskResult
from harness.records.models import GIVEN, Measurement, Provenance
from harness.report.words.phrase import Phrase, listed, plural
from harness.report.words.text import MISSING, sentence

T = TypeVar("T")
_SPLITS = {"train": Phrase("training"), "val": Phrase("validation"), "test": Phrase("test")}


@dataclass(frozen=True)
class Fact:
    """A term with its value, or with several where measurements differ."""

    term: str
    value: str
    more: tuple[str, ...] = ()


def provenance(task: TaskResult, *, mixed: bool = False) -> list[Fact]:
    """Return what the task's values depend on; several lines where measurements differ.

    The machine is told where the class is `mixed`: measured on machines of several kinds.
    """
    measurements = task.measurements
    origins = _distinct(m.provenance for m in measurements)
    if not origins:
        return [Fact(Phrase("Task"), task.task), Fact(Phrase("Profile"), task.profile)]
    return [
        _fact(Phrase("Task"), (Phrase("%(task)s, version %(n)s", task=m.task, n=m.version) for m in measurements)),
        _fact(Phrase("Profile"), (m.profile for m in measurements)),
        Fact(Phrase("Seeds"), ", ".join(str(seed) for seed in sorted({m.seed for m in measurements}))),
        _fact(Phrase("Data"), (f"{p.dataset}: {sentence(p.data_origin)}" for p in origins)),
        _fact(Phrase("Data used"), (line for p in origins for line in data_sizes(p))),
        _fact(Phrase("Data SHA-256"), (p.data_sha256 for p in origins)),
        _fact(Phrase("Libraries"), (_libraries(p) for p in origins)),
        _fact(Phrase("Backend"), (p.backend for p in origins)),
        _fact(Phrase("Device"), (p.device for p in origins)),
        *([_fact(Phrase("Machine"), (p.machine for p in origins))] if mixed else []),
        _fact(Phrase("Isolation"), (p.isolation for p in origins)),
        *predicted_by(measurements),
        _fact(Phrase("Reproducibility"), (p.reproducibility for p in origins)),
        _fact(Phrase("Harness"), (p.harness for p in origins)),
        Fact(Phrase("Source"), _source(task)),
        _fact(Phrase("Source fingerprint"), (m.source for m in measurements if m.source != GIVEN)),
    ]


def predicted_by(measurements: Sequence[Measurement]) -> list[Fact]:
    """Return which variants answered by the student's own code, and which by a model rebuilt without it."""
    own = dict.fromkeys(m.variant for m in measurements if m.rebuilt is False)
    rebuilt = dict.fromkeys(m.variant for m in measurements if m.rebuilt and m.variant not in own)
    said = [
        *(
            [Phrase("a model rebuilt from its layers, without your code: %(names)s", names=listed(rebuilt))]
            * bool(rebuilt)
        ),
        *([Phrase("your own code, as its layers are not all Keras's: %(names)s", names=listed(own))] * bool(own)),
    ]
    return [_fact(Phrase("Answers by"), said)] if said else []


def data_sizes(origin: Provenance) -> list[str]:
    """Return one line per split that says plainly when only part of the published set was used."""
    return [_size(split, used, origin.data_published.get(split)) for split, used in origin.data_sizes.items()]


def _size(split: str, used: int, published: int | None) -> str:
    of = _SPLITS.get(split, split)
    if published is None or used > published:
        return plural(used, "%(n)s %(split)s example", "%(n)s %(split)s examples", split=of)
    if used == published:
        return plural(used, "all %(n)s %(split)s example", "all %(n)s %(split)s examples", split=of)
    return Phrase("a subset: %(used)s of %(n)s %(split)s examples", used=f"{used:,}", n=f"{published:,}", split=of)


def _source(task: TaskResult) -> Phrase:
    return Phrase(
        "%(n)s bytes (%(packed)s when compressed), %(data)s of them in literals and comments",
        n=f"{task.source_bytes:,}",
        packed=f"{task.packed_bytes:,}",
        data=f"{task.data_bytes:,}",
    )


def _libraries(origin: Provenance) -> str:
    return ", ".join([f"Python {origin.python}", *(f"{name} {v}" for name, v in sorted(origin.libraries.items()))])


def signatures(measurements: Sequence[Measurement]) -> list[Fact]:
    """Return each measure with the signatures its values carry."""
    names = dict.fromkeys(name for m in measurements for name in m.measures)
    return [_fact(name, (m.measures[name].signature for m in measurements if name in m.measures)) for name in names]


def _fact(term: str, values: Iterable[str]) -> Fact:
    first, *more = _distinct(values) or [MISSING]
    return Fact(term, first, tuple(more))


def _distinct(values: Iterable[T]) -> list[T]:
    """Return each value once, in order of first appearance; compares, because provenance is not hashable."""
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
