"""How many units a worker is given at once: one ahead where units are short, so that it never waits for the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.workers.admission import Admission
from harness.workers.connection import Answer, Connection, News
from harness.workers.dask_workers import LONG_S, SHORT_S, DaskWorkers
from harness.workers.registration import Registration
from harness.workflow.plan import CHECKING, TRAINING, Unit


@dataclass
class Line:
    """Stands in for a `Connection`: keeps what is called, and hears what it is told."""

    called: list[Unit] = field(default_factory=list)
    told: list[News] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)

    def forget(self, call: int) -> None:
        self.forgotten.append(call)

    def call(self, address: str, function: Callable[..., Any], *arguments: Any) -> int:
        self.called.append(arguments[0])
        return len(self.called) - 1

    def news(self, timeout_s: float) -> list[News]:
        told, self.told = self.told, []
        return told


@dataclass
class Led:
    """One worker of one slot, led as a class would be, on a clock of its own."""

    patch: pytest.MonkeyPatch
    line: Line = field(default_factory=Line)
    now: float = 0.0

    def __post_init__(self) -> None:
        registration = Registration(cast(Connection, self.line), cast(Admission, None), print)
        registration.assignment("").join("worker", 1)
        self.workers = DaskWorkers(registration, {}, {})
        self.patch.setattr("harness.workers.dask_workers.time.monotonic", lambda: self.now)

    def submit(self, stage: int, number: int = 0) -> Unit:
        number = number or len(self.line.called)
        unit = Unit(stage, number, 0, 1, "toy", "plain", f"key {number}", f"source {number}")
        self.workers.submit(unit)
        return unit

    def end(self, unit: Unit, after_s: float) -> int:
        """Let a unit end; return how many more may be started."""
        self.now += after_s
        made = SimpleNamespace(measurement=SimpleNamespace(key=unit.key, fault=None))
        call = max(number for number, called in enumerate(self.line.called) if called == unit)
        self.line.told.append(Answer(call, made))
        assert [ended for ended, _ in self.workers.finished(0.0)] == [unit]
        return self.workers.free()


def test_short_units_come_one_ahead_and_none_waits_behind_one_that_may_be_long(monkeypatch: pytest.MonkeyPatch) -> None:
    led = Led(monkeypatch)
    assert led.workers.free() == 1, "nothing is known"
    assert led.end(led.submit(CHECKING), 0.1 * SHORT_S) == 2
    check, training = led.submit(CHECKING), led.submit(TRAINING)
    assert led.workers.free() == 0
    assert led.end(check, 0.1 * SHORT_S) == 0, "how long a training takes is not known from checks"
    assert led.end(training, 0.1 * SHORT_S) == 2
    led.end(led.submit(TRAINING), 100 * SHORT_S)
    led.submit(TRAINING)
    assert led.workers.free() == 0, "trainings take long by now"


def test_a_free_worker_takes_two_only_if_the_first_is_known_to_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    led = Led(monkeypatch)
    assert led.end(led.submit(CHECKING), 0.1 * SHORT_S) == 2
    one, other = led.submit(TRAINING), led.submit(TRAINING, number=9)
    assert led.line.called[1:] == [one], "another worker that comes meanwhile takes it"
    assert led.workers.free() == 0
    assert led.end(one, 100 * SHORT_S) == 0
    assert led.line.called[2:] == [other]


def test_what_stands_behind_a_check_that_takes_long_goes_to_whoever_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    led = Led(monkeypatch)
    led.end(led.submit(CHECKING), 0.1 * SHORT_S)
    long, behind = led.submit(CHECKING), led.submit(TRAINING)
    led.now += LONG_S
    assert (led.workers.finished(0.0), led.line.forgotten) == ([], []), "it may begin any moment"
    led.now += 0.1 * LONG_S
    assert led.workers.finished(0.0) == []
    assert led.line.forgotten == [led.line.called.index(behind)]
    led.workers.registration.assignment("").join("other", 1)
    assert led.workers.finished(0.0) == []
    assert led.line.called[-1] == behind, "to the worker that came"
    led.now += 2 * LONG_S
    assert led.workers.finished(0.0) == []
    assert len(led.line.forgotten) == 1, "what runs is left alone"
    assert led.end(long, 0.0) == 1
    led.end(behind, 0.0)


def test_what_was_taken_back_runs_on_its_worker_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    led = Led(monkeypatch)
    led.end(led.submit(CHECKING), 0.1 * SHORT_S)
    long, behind = led.submit(CHECKING), led.submit(TRAINING)
    led.now += 1.1 * LONG_S
    led.workers.finished(0.0)
    assert led.end(long, 0.0) == 0
    assert led.line.called[-1] == behind
