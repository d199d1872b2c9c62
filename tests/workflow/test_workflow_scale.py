"""The simulation of many workers keeps its own accounts, and comes to what can be counted by hand."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

from scaling.class_work import ClassWork, recorded
from scaling.simulated_class import modelled
from scaling.simulated_driver import driven
from scaling.simulation import HOUR, Assumed, Outcome, VirtualCluster

sys.path.pop()  # other modules there are called as folders of tests are

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
Table = Mapping[str, Mapping[str, list[float]]]
NOTHING_BESIDE = Assumed(
    check_s=1.0,
    start_s=0.0,
    losses_an_hour=0.0,
    wave_every_h=0.0,
    files_bytes=0.0,
    record_bytes=0.0,
    latency_s=0.0,
    scheduler_s=0.0,
    plan_s=0.0,
    submit_s=0.0,
    member_s=0.0,
    follow_s=0.0,
    beside_s=0.0,
    mark_s=0.0,
    page_s=0.0,
    draw_s=0.0,
)
FOUR_ALIKE: Table = {"task": {"one": [9.0], "two": [9.0], "three": [9.0], "four": [9.0]}}


def outcome(students: int, table: Table, assumed: Assumed, **odds: float) -> Outcome:
    return modelled(ClassWork(students, table, **odds), replace(assumed, students=students))


def test_four_equal_units_on_two_workers_take_twice_one() -> None:
    found = outcome(1, FOUR_ALIKE, replace(NOTHING_BESIDE, workers=2))
    assert found.measure_s == 1.0 + 2 * 9.0  # a contract check, while the other worker has nothing to do
    assert found.trained_s == 1.0 + 4 * 9.0
    assert found.utilisation == pytest.approx(37 / 38)
    assert (found.made, found.lost, found.tail_s) == (5, 0, 0.0)


def test_a_third_worker_is_idle_at_the_end() -> None:
    found = outcome(1, FOUR_ALIKE, replace(NOTHING_BESIDE, workers=3))
    assert found.measure_s == 1.0 + 2 * 9.0
    assert found.tail_s == 9.0


def test_what_is_in_doubt_runs_twice_more_and_what_is_broken_not_at_all() -> None:
    on_one = replace(NOTHING_BESIDE, workers=1)
    assert outcome(2, FOUR_ALIKE, on_one, doubted=1.0).measure_s == 2 * (1.0 + 3 * 4 * 9.0)
    assert outcome(2, FOUR_ALIKE, on_one, broken=1.0).measure_s == 2 * 1.0


def test_every_way_to_and_from_a_worker_is_counted() -> None:
    slow = replace(NOTHING_BESIDE, workers=1, bytes_a_second=10.0, files_bytes=20.0, record_bytes=30.0)
    slow = replace(slow, latency_s=0.5, scheduler_s=0.25, submit_s=0.125, follow_s=0.0625, start_s=4.0)
    found = outcome(1, {"task": {"only": [9.0]}}, slow)
    beside = 0.125 + 2.0 + 0.5 + 0.5 + 0.25 + 3.0 + 0.0625
    assert found.measure_s == pytest.approx(4.0 + 1.0 + 9.0 + 2 * beside)
    assert found.busy["network"] == pytest.approx(2 * 3.0)
    assert found.busy["driver"] == pytest.approx(2 * (0.125 + 0.0625))


def test_pictures_that_are_not_drawn_by_the_end_are_drawn_by_all_cores() -> None:
    found = outcome(3, {"task": {"only": [9.0]}}, replace(NOTHING_BESIDE, workers=3, draw_s=5.0, cores=4))
    assert (found.measure_s, found.late_s, found.makespan_s) == (10.0, 3.75, 13.75)


def test_a_unit_that_is_lost_is_made_again_and_counted_once() -> None:
    often = replace(NOTHING_BESIDE, workers=4, losses_an_hour=60.0, wave_every_h=0.1, away_s=5.0)
    found, without = (outcome(30, FOUR_ALIKE, assumed) for assumed in (often, replace(NOTHING_BESIDE, workers=4)))
    assert found.lost > 5
    assert found.wasted_s > 0
    assert (found.made, found.trained_s) == (without.made, pytest.approx(without.trained_s)) == (150, 30 * 37.0)
    assert found.measure_s > without.measure_s


def test_a_wave_takes_many_workers_at_one_moment() -> None:
    assumed = replace(NOTHING_BESIDE, workers=50, wave_every_h=1.0, wave_share=0.5, noticed_s=0.0)
    cluster = VirtualCluster(assumed)
    while cluster.free() < assumed.workers:
        cluster.finished()
    for unit in range(cluster.free()):
        cluster.submit(unit, 1.5 * HOUR)
    assert not cluster.finished()
    assert cluster.now == HOUR + assumed.away_s
    assert 10 < cluster.lost < 40


def test_the_same_seed_gives_the_same_and_a_class_is_part_of_a_larger_one() -> None:
    assumed = Assumed(workers=10)
    assert outcome(4, FOUR_ALIKE, assumed, spread=0.5) == outcome(4, FOUR_ALIKE, assumed, spread=0.5)
    small, large = (ClassWork(n, FOUR_ALIKE, spread=0.5) for n in (2, 9))
    seconds = [[work.trained_s(1, 0, variant, 2) for variant in range(4)] for work in (small, large)]
    assert seconds[0] == seconds[1]


def test_the_driver_itself_comes_to_the_same_as_its_model(tmp_path: Path) -> None:
    work = ClassWork(3, {**FOUR_ALIKE, "other": {"a": [3.0, 4.0], "b": [20.0]}}, doubted=0.4, broken=0.2, spread=0.5)
    assumed = Assumed(workers=3, students=3, losses_an_hour=30.0)
    found = driven(work, assumed, tmp_path)
    assert found == modelled(work, assumed)
    assert found.lost
    assert found.made > 3 * 2 + 3 * 6


def test_durations_are_those_that_references_recorded() -> None:
    table = recorded()
    assert len(table) == 15
    assert all(len(seconds) > 1 and min(seconds) > 0 for variants in table.values() for seconds in variants.values())
    assert "contract" not in table["rnn_regression"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["scale.py", "--workers", "2", "--students", "1", "--json"],
        ["scale.py", "--agree", "1", "--workers", "2"],
        ["scale.py", "--local", "--units", "6", "--unit-ms", "1", "--workers", "1"],
        ["scale.py", "--loss", "1"],
        ["driver.py", "--units", "9"],
    ],
    ids=" ".join,
)
def test_every_mode_of_the_benchmarks_still_runs(command: list[str]) -> None:
    script, *asked = command
    subprocess.run([sys.executable, BENCHMARKS / script, *asked], check=True)
