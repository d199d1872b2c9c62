"""What a task does not have is told by name with what is close to it, to whoever writes a course or a script."""

from dataclasses import replace

import pytest
import toy

from harness.errors import UsageError


def test_a_variant_that_is_not_there_is_told_with_the_closest() -> None:
    assert toy.TASK.variant("wide").name == "wide"
    with pytest.raises(UsageError, match=r"^Task toy has no variant 'wode'\. Did you mean 'wide'\?$"):
        toy.TASK.variant("wode")


def test_a_builder_that_is_not_there_is_told_with_the_variant_that_calls_it() -> None:
    (builder,) = toy.TASK.builders
    wrong = replace(toy.TASK.variant("wide"), builder=f"{builder.name}s")
    said = f"^Variant wide of task toy calls '{builder.name}s', which is none of .* Did you mean '{builder.name}'"
    with pytest.raises(UsageError, match=said):
        toy.TASK.builder_of(wrong)
