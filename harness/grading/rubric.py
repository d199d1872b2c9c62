"""Loads a rubric and says, with file and line, what is wrong with it; and its JSON Schema for editors."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from harness.errors import did_you_mean
from harness.grading.rubric_check import problems
from harness.grading.rubric_file import Location, read_document
from harness.grading.rubric_model import Band, Criterion, Rubric, Strict
from harness.grading.validation import first_error, location_of, received
from harness.task import Task

__all__ = ["Band", "Criterion", "Rubric", "load_rubric", "rubric_schema"]

_EXPECTED = {
    "string_type": "text",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "finite_number": "a finite number",
}
_PATTERNS = {
    "id": "lower-case letters, digits and single hyphens, such as 'beats-pca'",
    "task": "written name@version, such as 'autoencoder@1'",
}


def load_rubric(path: Path, task: Task) -> Rubric:
    """Read the rubric at `path` and check that it fits `task`.

    Raises RubricError `FILE:LINE: one sentence` for the first mistake: unreadable or invalid YAML, a key that
    is unknown, twice there or missing, a value that makes no sense, or a name that the task does not have.
    """
    document = read_document(path)
    try:
        rubric = Rubric.model_validate(document.data)
    except ValidationError as e:
        wrong = first_error(document, e.errors(include_url=False))
        raise document.error(location_of(wrong), _sentence(wrong)) from None
    for location, sentence in problems(rubric, task):
        raise document.error(location, sentence)
    return rubric


def rubric_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a rubric, for editors.

    Save it beside the rubrics and begin a rubric with `# yaml-language-server: $schema=rubric.schema.json`.
    """
    schema = Rubric.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Coursework rubric"}


def _sentence(error: ErrorDetails) -> str:
    location, kind, ctx = error["loc"], error["type"], error.get("ctx", {})
    if kind == "rubric":
        return str(ctx["message"])
    if not location:
        return f"a rubric is a mapping of keys to values, but this is {received(error['input'])}."
    key = str(location[-1])
    if kind == "extra_forbidden":
        return f"{_place(location)} has no key {key!r}.{did_you_mean(key, _model(location).model_fields)}"
    if kind == "missing":
        return f"{_place(location)} needs {key!r}; add it."
    return _value_sentence(error)


def _value_sentence(error: ErrorDetails) -> str:
    """Say which value was expected at a key and which was received."""
    last, kind, ctx = error["loc"][-1], error["type"], error.get("ctx", {})
    if kind in {"too_short", "string_too_short"}:
        return f"{last!r} must not be empty."
    subject = repr(last) if isinstance(last, str) else "each entry"
    given = received(error["input"])
    if kind == "literal_error":
        hint = did_you_mean(str(error["input"]), ("higher", "lower"))
        return f"{subject} must be {ctx['expected']}, but is {given}.{hint}"
    return f"{subject} must be {_expected(kind, str(last), ctx)}, but is {given}."


def _expected(kind: str, key: str, ctx: dict[str, Any]) -> str:
    if kind == "greater_than":
        return f"greater than {ctx['gt']:g}"
    if kind in ("less_than_equal", "greater_than_equal"):
        return f"at most {ctx['le']:g}" if "le" in ctx else f"at least {ctx['ge']:g}"
    if kind == "string_too_long":
        return f"at most {ctx['max_length']} characters"
    if kind == "string_pattern_mismatch":
        return _PATTERNS[key]
    return _EXPECTED.get(kind, "something else")


def _model(location: Location) -> type[Strict]:
    """Return the model that holds the key at `location`: nothing else in a rubric nests."""
    models: dict[int, type[Strict]] = {1: Rubric, 3: Criterion}
    return models.get(len(location), Band)


def _place(location: Location) -> str:
    if len(location) == 1:
        return "a rubric"
    return "a criterion" if len(location) == 3 else f"the band of profile {location[-2]!r}"
