"""How long a training takes: told while it runs, reckoned from its first steps. All with a made clock."""

import re
from dataclasses import replace

import pytest
from sandbox.students import check_step, limits, train_step

from harness.sandbox.job import Job
from harness.sandbox.judge import limit_sentence
from harness.sandbox.progress import in_words, needed_s
from harness.task import Step
from harness.training.pace import ENOUGH_S, TOLD_S, WARM, Pace, Timed, steps_of


class Clock:
    """CPU seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def timed(seconds: list[float], steps: float = 1_000) -> list[float]:
    """Return what is measured of steps that take these seconds."""
    clock = Clock()
    pace = Pace(steps, clock)
    with pytest.raises(Timed) as ended:
        for one in seconds:
            clock.now += one
            pace.step(timed=True)
    return [float(v) for v in ended.value.measured]


def test_the_first_steps_compile_and_do_not_count_for_the_others() -> None:
    warm, each, more = timed([5.0, 1.0, *[0.25] * 40])
    assert (warm, each, more) == (6.0, 0.25, 1_000 - WARM)


def test_one_slow_step_is_enough() -> None:
    assert timed([5.0, 5.0, 3.0]) == [10.0, 3.0, 1_000 - WARM]
    assert ENOUGH_S < 3.0


def test_of_a_training_shorter_than_that_nothing_is_reckoned() -> None:
    clock = Clock()
    pace = Pace(2.0, clock)
    clock.now += 4.0
    pace.step(timed=True)
    assert list(pace.measured()) == [0.0, 0.0, 0.0]


def test_steps_count_looks_at_validation_examples_for_less() -> None:
    assert steps_of(100, 0, 32, 3) == 12
    assert steps_of(96, 96, 32, 3) == pytest.approx(9 + 3)


def test_a_line_every_few_seconds_says_how_far_training_is(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    pace = Pace(100.0, clock)
    for _ in range(30):
        clock.now += TOLD_S / 10
        pace.step(timed=False)
    log = capsys.readouterr().out
    assert len(log.splitlines()) == 3
    assert needed_s(log.encode()) == pytest.approx(100 * TOLD_S / 10)
    assert in_words(log.encode()) == "all of its steps need about 50 s of CPU"


def test_who_runs_into_a_limit_reads_how_long_all_of_it_would_take() -> None:
    """Only of a training: what another step printed says nothing about its own length."""
    log = b"harness: 400 of 800 steps in 170.0 s of CPU\n"
    step = replace(train_step(), limits=limits(cpu_s=180, wall_s=300))
    said = "used up its 180 s of CPU; all of its steps need about 340 s of CPU: take fewer units, filters or layers."
    assert limit_sentence(job(step), "cpu", log).endswith(said)
    assert "about 340 s of CPU" in limit_sentence(job(step), "wall", log)
    assert "endless loop" in limit_sentence(job(step), "cpu", b"")
    assert "endless loop" in limit_sentence(job(check_step()), "cpu", log)


def job(step: Step) -> Job:
    return Job(step, "a.py", {}, {}, 1)


@pytest.mark.parametrize(
    "log",
    [
        b"",
        b"harness: 0 of 9 steps in 1.0 s of CPU\n",
        b"harness: 9 of 9 steps in 1.0 s of CPU\n",
        b"harness: nan of 9 steps in 1.0 s of CPU\n",
        b"harness: 3 of 9 steps in 1e999 s of CPU\n",
        b"x harness: 3 of 9 steps in 1.0 s of CPU\n",
        b"harness: " + b"9" * 5_000 + b" of 9 steps in 1.0 s of CPU\n",
        b"\xff\xfe harness: 3 of " + b"1" * 13 + b" steps in 1.0 s of CPU",
    ],
)
def test_what_a_student_prints_instead_says_nothing(log: bytes) -> None:
    assert needed_s(log) is None
    assert in_words(log) == ""


def test_the_last_line_counts_and_large_numbers_are_rounded() -> None:
    log = b"harness: 1 of 1000 steps in 9.0 s of CPU\nnoise\nharness: 500 of 1000 steps in 163.0 s of CPU\n"
    assert re.search(r"about 330 s", in_words(log))
