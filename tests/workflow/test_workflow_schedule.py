"""The scheduler: order, follow-ups, cores, and an end that leaves nothing running."""

import threading
import time
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any

import pytest

from harness.workflow.execute import Made
from harness.workflow.plan import CHECKING, TRAINING, TaskEntry, Unit, variant_units
from harness.workflow.schedule import Board, run_units
from harness.workflow.waiting import Span, Waiting
from harness.workflow.workers import Cpus, LocalWorkers, slots

MADE: Any = Made(None, {}, "")  # type: ignore[arg-type]


def unit(stage: int, student: int = 0, position: int = 0) -> Unit:
    key = f"{stage}.{student}.{position}"
    return Unit(stage, student, position, 1, "toy", "plain", key, "")


def run(
    units: Iterable[Unit],
    make: Callable[[Unit, Cpus], Made],
    follow: Callable[[Unit, Made], Iterable[Unit]] = lambda unit, made: (),
    places: int = 1,
    board: Board | None = None,
    stop: Event | None = None,
) -> None:
    workers = LocalWorkers(make, [()] * places, stop or Event())
    run_units(units, workers, follow, board or Board(), lambda board: None)


def recorder(done: list[str]) -> Callable[[Unit, Cpus], Made]:
    def make(unit: Unit, cpus: Cpus) -> Made:
        done.append(unit.key)
        return MADE

    return make


def test_units_run_in_order_of_stage_student_and_position() -> None:
    done: list[str] = []
    run([unit(2, 1, 0), unit(2, 0, 1), unit(1, 1), unit(2, 0, 0), unit(0), unit(1, 0)], recorder(done))
    assert done == ["0.0.0", "1.0.0", "1.1.0", "2.0.0", "2.0.1", "2.1.0"]


def test_what_a_unit_lets_through_is_run_in_its_place() -> None:
    done: list[str] = []
    more = {"1.0.0": [unit(2, 0, 0)], "2.0.0": [unit(2, 0, 1), unit(2, 0, 2)]}
    run([unit(1, 0), unit(2, 5)], recorder(done), lambda unit, made: more.get(unit.key, ()))
    assert done == ["1.0.0", "2.0.0", "2.0.1", "2.0.2", "2.5.0"]


def test_the_longest_variants_of_a_submission_run_first() -> None:
    """Or the last slot would begin a long one when all others are done."""
    keys = {"plain/1": "a", "hard/1": "b", "plain/2": "c", "hard/2": "d", "unknown/1": "e"}
    entry = TaskEntry(task="toy", source="s", contract="", keys=keys)
    found = variant_units(0, entry, keys, {}, {"plain": 2.0, "hard": 3.5})
    assert [unit.key for unit in sorted(found)] == ["b", "d", "a", "c", "e"]


def lasting(**seconds: float) -> Callable[[Unit], Span | None]:
    """Return what is expected of students by number; of a check nothing."""
    return lambda unit: Span(*[seconds[f"s{unit.student}"]] * 2) if unit.stage == TRAINING else None


def taken(waiting: Waiting[Unit], slots: int) -> list[int]:
    return [waiting.pop(slots).student for _ in range(len(waiting))]


def waiting_for(units: Iterable[Unit], expect: Callable[[Unit], Span | None]) -> Waiting[Unit]:
    waiting = Waiting(expect)
    for one in units:
        waiting.push(one)
    return waiting


def test_students_go_in_order_until_few_are_left_and_then_by_length() -> None:
    """So the first cards come early, and no slot waits for one that began last."""
    many = {f"s{n}": 1.0 for n in range(20)} | {"s20": 1.0, "s21": 5.0, "s22": 3.0}
    order = taken(waiting_for([unit(TRAINING, n) for n in range(23)], lasting(**many)), slots=1)
    assert order[:5] == [0, 1, 2, 3, 4]
    assert order.index(21) < order.index(22) < order.index(20) == 22
    assert sorted(order) == [*range(23)]


def test_one_long_training_of_a_small_class_begins_at_once() -> None:
    few = lasting(s0=1.0, s1=1.0, s2=9.0)
    assert taken(waiting_for([unit(TRAINING, n) for n in range(3)], few), slots=2) == [2, 0, 1]


def test_what_may_be_followed_by_more_begins_before_what_is_as_long_alone() -> None:
    spans = {0: Span(2.0, 2.0), 1: Span(2.0, 6.0)}
    units = [unit(TRAINING, 0), unit(TRAINING, 1)]
    assert taken(waiting_for(units, lambda one: spans[one.student]), slots=2) == [1, 0]


def test_no_training_begins_before_the_last_check() -> None:
    checks = [unit(CHECKING, n) for n in range(3)]
    assert taken(waiting_for([unit(TRAINING, 7), *checks], lasting(s7=100.0)), slots=9) == [0, 1, 2, 7]


def test_nothing_to_do_ends_at_once() -> None:
    run([], recorder([]))


def test_follow_and_show_are_called_in_the_thread_of_the_caller() -> None:
    threads: set[threading.Thread] = set()

    def follow(unit: Unit, made: Made) -> Iterable[Unit]:
        threads.add(threading.current_thread())
        return ()

    def show(board: Board) -> None:
        threads.add(threading.current_thread())

    run_units([unit(1, i) for i in range(4)], LocalWorkers(recorder([]), [(), ()]), follow, Board(), show)
    assert threads == {threading.current_thread()}


def test_each_slot_keeps_its_own_cores() -> None:
    busy: set[Cpus] = set()
    lock = threading.Lock()

    def make(unit: Unit, cpus: Cpus) -> Made:
        with lock:
            assert cpus not in busy
            busy.add(cpus)
        time.sleep(0.005)
        with lock:
            busy.remove(cpus)
        return MADE

    places: list[Cpus] = [(0,), (1,), (2,)]
    run_units([unit(1, i) for i in range(12)], LocalWorkers(make, places), lambda u, m: (), Board(), lambda b: None)


def test_as_many_run_at_once_as_there_are_slots() -> None:
    together = threading.Barrier(3, timeout=300)

    def make(unit: Unit, cpus: Cpus) -> Made:
        together.wait()  # is passed only if three are there at the same time
        return MADE

    run([unit(1, i) for i in range(6)], make, places=3)


def test_the_board_counts_what_is_done_and_running() -> None:
    board, seen = Board(expected=4), list[tuple[int, int]]()

    def make(unit: Unit, cpus: Cpus) -> Made:
        seen.append((board.done, len(board.running)))
        return MADE

    run([unit(CHECKING, 0), *(unit(TRAINING, i) for i in range(3))], make, board=board)
    assert [done for done, _ in seen] == [0, 1, 2, 3]
    assert (board.done, board.running) == (4, {})
    assert board.trained == 3, "a check is too short to estimate from"
    assert board.seconds_left() == 0


@pytest.mark.parametrize(
    ("seconds", "done", "expected", "jobs", "left"),
    [
        ([], 0, 5, 1, None),
        ([2.0, 4.0], 2, 4, 1, 6.0),
        ([2.0, 4.0], 2, 4, 2, 3.0),
        ([2.0], 1, 1, 2, 0.0),
        ([2.0, 2.0], 2, 1, 1, 0.0),
    ],
)
def test_the_time_left_is_told_from_what_is_done(
    seconds: list[float], done: int, expected: int, jobs: int, left: float | None
) -> None:
    assert Board({}, done, expected, len(seconds), sum(seconds), jobs).seconds_left() == left


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["make", "follow", "show"])
def test_an_exception_anywhere_stops_everything(where: str, error: BaseException) -> None:
    """What is running sees `stop` and ends; nothing is started after it; the exception arrives."""
    stop, started, ended = Event(), list[str](), list[str]()
    both = threading.Barrier(2, timeout=300)

    def make(unit: Unit, cpus: Cpus) -> Made:
        started.append(unit.key)
        if unit.student < 2:
            both.wait()
        if unit.student == 1:
            assert stop.wait(300), "a running unit is told to end"
            ended.append(unit.key)
            return MADE
        if where == "make":
            raise error
        return MADE

    def follow(unit: Unit, made: Made) -> Iterable[Unit]:
        if where == "follow":
            raise error
        return ()

    def show(board: Board) -> None:
        if where == "show" and board.done:
            raise error

    units = [unit(1, 0), unit(1, 1), *(unit(2, i) for i in range(2, 50))]
    if where == "show":
        units = units[:2]
    with pytest.raises(type(error)):
        run_units(units, LocalWorkers(make, [(), ()], stop), follow, Board(), show)
    assert stop.is_set()
    assert ended == ["1.1.0"]
    assert started == ["1.0.0", "1.1.0"]


def test_a_slot_per_job_and_cores_are_shared_only_if_they_must(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {5, 3}, raising=False)
    assert slots(2, pinned=True) == [(3,), (5,)]
    assert slots(3, pinned=True) == [(3,), (5,), (3,)]
    assert slots(2, pinned=False) == [(), ()]
