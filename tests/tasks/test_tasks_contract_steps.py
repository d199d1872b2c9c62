"""Steps of every task can run, see no hidden answer, and pass on no word of test data. New tasks inherit this."""

import json
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tasks.promised import COURSE, NAMES, PROFILES, data_of, find, steps_of

from harness import training as training_package
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.task import (
    BytesOutput,
    CurveOutput,
    FactsOutput,
    Profile,
    Step,
)
from harness.workflow.context import prepare
from harness.workflow.machine import Machine

pytestmark = pytest.mark.parametrize("name", NAMES)
MACHINE = Machine("tensorflow", "cpu", "some processor", make(Level.NONE, view("cpu")), "a process")


@pytest.mark.parametrize("profile", (*PROFILES, "tiny"))
def test_steps_can_run(name: str, profile: str) -> None:
    """Inputs exist before they are asked for, settings survive JSON, and outputs have a size."""
    task = find(name)
    functions = {m.name for m in pkgutil.iter_modules(training_package.__path__)}
    size = task.profile(profile)
    for variant in task.trained():
        available = set(data_of(name).arrays) - data_of(name).hidden
        steps = task.steps(size, variant, data_of(name))
        assert steps
        assert len({s.name for s in steps}) == len(steps)
        for step in steps:
            module, _, function = step.run.partition(":")
            assert module.removeprefix("harness.training.") in functions or step.code
            assert function.isidentifier()
            assert set(step.inputs) <= available, f"{variant.name}.{step.name}"
            assert step.outputs
            available |= {o.name for o in step.outputs}
            check_outputs(step, size)
        assert any(step.trains for step in steps), variant.name


def check_outputs(step: Step, profile: Profile) -> None:
    assert len({o.name for o in step.outputs}) == len(step.outputs)
    for output in step.outputs:
        if isinstance(output, BytesOutput):
            assert 0 < output.max_bytes <= 1_000_000_000
        else:
            assert all(n > 0 for n in output.shape)
            assert output.nbytes < profile.limits.memory_mb * 1e6
        if isinstance(output, CurveOutput):
            assert output.shape == (profile.epochs, len(output.columns))
    if step.trains:
        assert step.columns
        assert any(isinstance(output, FactsOutput) for output in step.outputs)


def test_settings_cross_the_wall_as_they_are(name: str, tmp_path: Path) -> None:
    """They travel as JSON; a tuple comes back as a list, which the loops must not mind, and nothing else changes."""
    task = find(name)
    context = prepare(task, "tiny", None, MACHINE, tmp_path, COURSE.data)
    steps = [context.contract_step()]
    for variant in task.trained():
        steps += context.steps(variant)
    for step in steps:
        once = json.loads(json.dumps(dict(step.settings), allow_nan=False))
        assert once == listed(step.settings)


def listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): listed(v) for k, v in value.items()}
    return [listed(v) for v in value] if isinstance(value, list | tuple) else value


def test_no_step_takes_a_hidden_array(name: str) -> None:
    hidden = data_of(name).hidden
    assert hidden
    for variant, step in steps_of(name):
        assert not hidden & set(step.inputs), f"{variant.name}.{step.name}"


def test_no_label_of_test_data_lies_in_the_sandbox(name: str, tmp_path: Path) -> None:
    """Neither by name nor by content: what the scorer compares with is in none of the files."""
    context = prepare(find(name), "tiny", None, MACHINE, tmp_path, COURSE.data)
    data = context.data
    assert not any(n.startswith("y_test") for n in context.files)
    for secret in data.hidden:
        for file, path in context.files.items():
            array = np.load(path)
            same = array.shape == data.arrays[secret].shape and np.array_equal(array, data.arrays[secret])
            assert not (same and array.size), f"{file} holds {secret}"


def test_steps_that_see_test_data_keep_their_messages_to_themselves(name: str) -> None:
    for variant, step in steps_of(name):
        sees = any(i.endswith("test") and i in data_of(name).arrays for i in step.inputs)
        assert step.hidden or not sees, f"{variant.name}.{step.name}"


def test_training_never_sees_test_data(name: str) -> None:
    for variant, step in steps_of(name):
        if step.trains:
            assert not any("test" in i for i in step.inputs), variant.name
