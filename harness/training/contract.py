"""The check before any training: are the builders there, and do they return what they promise?"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training.build import build, calls_of, count_parameters, find_builder, find_functions
from harness.training.chosen import chosen
from harness.training.errors import ContractError
from harness.training.work import multiply_adds


def check(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Check the signature of every builder and function, and build models once.

    `settings["calls"]` holds one call per variant, `settings["build"]` the ones to build, and
    `settings["max_parameters"]`, if it is there and not 0, how many parameters each may have. Returns `facts` with the
    parameters of the largest model built, in `multiply_adds` those of the one that computes most and, where
    `settings["candidates"]` declares functions by which settings are chosen, what these return in `candidates`, of at
    most `settings["candidates_bytes"]`.
    """
    for call in settings["calls"]:
        for one in calls_of(call):
            find_builder(student, one)
        find_functions(student, call)
    most = settings.get("max_parameters", 0)
    parameters, work = [0], [0.0]
    for call in settings["build"]:
        models = build(student, call, seed, inputs)
        parameters.append(within(most, call, models))
        work.append(multiply_adds(models))
    facts = {"facts": np.array([max(parameters), 0.0, 0.0]), "multiply_adds": np.array([max(work)])}
    declared = settings.get("candidates")
    return {**facts, "candidates": chosen(student, declared, settings["candidates_bytes"])} if declared else facts


def within(most: int, call: Mapping[str, Any], models: list[Any]) -> int:
    """Return how many parameters the models have; raises ContractError for more than `most`, unless that is 0."""
    number = count_parameters(models)
    if most and number > most:
        raise ContractError(
            f"Expected {call['builder']} to use at most {most:,} parameters, received {number:,}: take fewer units,"
            " filters or layers."
        )
    return number
