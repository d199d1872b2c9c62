"""Which of the mistakes that pydantic finds in a YAML file is told, where it stands, and what was there instead."""

from collections.abc import Sequence

from pydantic_core import ErrorDetails

from harness.grading.rubric_file import Document, Location


def first_error(document: Document, errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Pick a misspelt key before the missing key that it causes, else the topmost."""
    return min(errors, key=lambda e: (e["type"] != "extra_forbidden", document.line(location_of(e))))


def location_of(error: ErrorDetails) -> Location:
    """Return the place of an error; one of ours may name a key below it."""
    return (*error["loc"], *error.get("ctx", {}).get("key", ()))


def received(value: object) -> str:
    """Return a value of a document in words, for a sentence that ends with `but is ...`."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"the number {value:g}"
    if isinstance(value, str):
        return f"the text {value if len(value) <= 60 else value[:57] + '...'!r}"
    return "a list" if isinstance(value, list) else "a mapping"
