"""The command that measures a part of the full size changes sizes and nothing else."""

from dataclasses import replace

import pytest
from part_of_full import arguments, in_part, part_of

from harness.errors import UsageError
from harness.task import Sizes
from harness.tasks import find


def test_examples_and_epochs_are_those_asked_for_and_all_else_is_the_profiles() -> None:
    whole = find("clock_reading").profile("full")
    asked = arguments().parse_args(["--task", "clock_reading", "--train", "300", "--test", "20", "--epochs", "2"])
    assert in_part(whole, asked) == replace(whole, sizes=Sizes(train=300, test=20), epochs=2)


def test_a_size_that_a_profile_asks_for_stays_where_no_other_is_named() -> None:
    whole = find("hyperparameter_tuning").profile("full")
    assert in_part(whole, arguments().parse_args(["--task", "hyperparameter_tuning"])) == whole


def test_only_the_named_variants_are_measured_and_one_that_is_unknown_is_refused() -> None:
    task = find("clock_reading")
    part = part_of(task, task.profile("full"), ["two_heads"])
    assert [v.name for v in part.variants] == ["two_heads"]
    with pytest.raises(UsageError, match="two_heads"):
        part_of(task, task.profile("full"), ["two_head"])
