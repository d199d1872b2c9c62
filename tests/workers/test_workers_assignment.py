"""Which worker runs what, and who is suspected when one is lost: without an engine."""

import random

import pytest

from harness.workers.assignment import MOST_LOST, Assignment
from harness.workflow.plan import TRAINING, Unit


def unit(number: int, student: int | None = None) -> Unit:
    """Return a unit of a student, each of another unless one is named."""
    of = number if student is None else student
    return Unit(TRAINING, of, 0, 1, "toy", "plain", f"key {number}", f"source {of}")


def assignment(**slots: int) -> Assignment:
    made = Assignment()
    for address, count in slots.items():
        made.join(address, count)
    return made


def running_at(assignment: Assignment, address: str) -> set[str]:
    return assignment.members[address].running


def test_units_go_where_most_is_free_and_never_more_than_slots() -> None:
    both = assignment(a=1, b=3)
    places = [both.start(unit(n)) for n in range(4)]
    assert (both.slots, both.free()) == (4, 0)
    assert sorted(places) == ["a", "b", "b", "b"]
    assert both.end(unit(0)) == places[0]
    assert both.free() == 1


def test_a_worker_may_have_one_unit_ahead_but_a_suspect_is_alone() -> None:
    one = assignment(a=2)
    one.brief = frozenset({TRAINING})
    assert [one.start(unit(n)) for n in range(3)] == ["a", "a", "a"]
    assert (one.slots, one.free()) == (2, 0)
    one.leave("a", orderly=False)
    one.join("b", 2)
    assert (len(one.due()), one.free()) == (1, 0)


def test_a_worker_that_leaves_in_good_order_makes_no_suspects() -> None:
    both = assignment(a=2, b=2)
    for n in range(4):
        both.start(unit(n))
    assert both.leave("a", orderly=True) == []
    assert (both.free(), both.due()) == (0, []), "b is full"
    here = [int(key.split()[1]) for key in running_at(both, "b")]
    both.end(unit(here[0]))
    both.end(unit(here[1]))
    assert both.free() == 0, "what is offered again comes first"
    assert [place for _, place in both.due()] == ["b", "b"], "side by side"


def test_suspects_run_alone_one_after_the_other() -> None:
    both = assignment(a=2, b=2)
    for n in range(4):
        both.start(unit(n))
    lost = sorted(running_at(both, "a"))
    kept = [int(key.split()[1]) for key in running_at(both, "b")]
    both.leave("a", orderly=False)
    assert both.due() == []
    assert both.free() == 0
    both.end(unit(kept[0]))
    assert (both.due(), both.free()) == ([], 0), "b is kept free until it is idle"
    both.end(unit(kept[1]))
    for key in lost:
        ((suspect, place),) = both.due()
        assert (suspect.key, place, both.free()) == (key, "b", 0)
        assert both.due() == []
        both.end(suspect)
    assert both.due() == []
    assert both.free() == 2


def test_a_suspect_leaves_other_workers_to_others() -> None:
    three = assignment(a=1, b=1, c=1)
    three.start(unit(0), avoid="b")
    three.leave(three.units["key 0"][1], orderly=False)
    assert len(three.due()) == 1
    assert three.free() == 1


def test_who_loses_workers_while_alone_is_found_and_nobody_else() -> None:
    some = assignment(a=2)
    some.start(unit(0))
    some.start(unit(1))
    assert some.leave("a", orderly=False) == []
    found = list[Unit]()
    for n in range(10):
        some.join(f"w{n}", 2)
        for suspect, place in some.due():
            if suspect == unit(0):
                found += some.leave(place, orderly=False)
            else:
                some.end(suspect)
    assert found == [unit(0)]
    assert (some.waiting, some.units) == ([], {}) or not some.waiting
    assert some.lost == {"key 0": MOST_LOST, "key 1": 0}


def test_what_belongs_to_a_guilty_submission_takes_no_neighbours_along() -> None:
    some, killer, kin, other = assignment(w0=2), unit(0), unit(1, student=0), unit(2)
    some.start(killer)
    for n in range(MOST_LOST + 1):
        found = some.leave(f"w{n}", orderly=False)
        some.join(f"w{n + 1}", 2)
        some.due()
    assert found == [killer]
    address = some.start(other)
    assert some.start(kin) == "", "somebody else runs there"
    assert (some.due(), some.free()) == ([], 0)
    some.end(other)
    assert some.due() == [(kin, address)]
    assert some.free() == 0
    some.end(kin)
    assert some.due() == []
    assert some.free() == 2


def test_a_suspect_whose_worker_is_sent_away_is_not_blamed() -> None:
    some = assignment(a=1)
    some.start(unit(0))
    some.leave("a", orderly=False)
    for n in range(5):
        some.join(f"w{n}", 1)
        ((_, place),) = some.due()
        assert some.leave(place, orderly=True) == []


def test_what_is_offered_again_goes_to_another_worker_where_there_is_one() -> None:
    one = assignment(a=1)
    one.start(unit(0))
    one.end(unit(0))
    one.again(unit(0), "a")
    assert one.due() == [(unit(0), "a")]
    one.end(unit(0))
    one.join("b", 1)
    one.again(unit(0), "a")
    assert one.due() == [(unit(0), "b")]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_every_unit_ends_once_and_slots_are_never_overbooked(seed: int) -> None:
    """Workers come, go and are lost at random; one unit ends every worker that runs it."""
    rng, some, killer = random.Random(seed), assignment(w=2), unit(7)
    waiting, ended, count = [unit(n) for n in range(40)], list[Unit](), 0
    guilty = list[Unit]()
    for _ in range(5_000):
        for _ in range(min(some.free(), len(waiting))):
            some.start(waiting.pop())
        some.due()
        for member in some.members.values():
            assert len(member.running) <= member.slots
            assert len(member.running) == 1 or not member.running & some.alone, "a suspect is alone"
        running = [u for u, _ in some.units.values()]
        if killer in running and rng.random() < 0.5:
            guilty += some.leave(some.units[killer.key][1], orderly=False)
        elif running and rng.random() < 0.6 and (one := rng.choice(running)) != killer:
            some.end(one)
            ended.append(one)
        elif some.members and rng.random() < 0.2:
            some.leave(rng.choice([*some.members]), orderly=True)
        if rng.random() < 0.3 and len(some.members) < 4:
            count += 1
            some.join(f"w{count}", rng.randint(1, 3))
    assert guilty == [killer]
    assert sorted(ended) == [unit(n) for n in range(40) if n != 7]
    assert not some.units and not some.waiting
