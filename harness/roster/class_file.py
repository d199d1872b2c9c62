"""`class.yaml`: who is in a class, and by which rules it is marked; checked, with file and line for mistakes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from harness.errors import ClassError, RubricError, did_you_mean
from harness.grading.late import Days, LatePolicy
from harness.grading.rubric_file import Document, Location, read_document
from harness.grading.rubric_model import MOST_POINTS, Strict, problem
from harness.grading.validation import first_error, location_of, received
from harness.roster.moments import time_zone

NAME = "class.yaml"

Words = Annotated[str, Field(min_length=1, max_length=500)]
Moment = Annotated[str, Field(min_length=1, max_length=40, description="Such as 2026-11-20 23:59.")]
Who = Annotated[str, Field(min_length=1, max_length=200, description="An identifier of a student, or the whole name.")]


def _as_words(value: object) -> object:
    """Read numbers as YAML gives them for identifiers; leading zeros are gone then, so they need quotes."""
    if isinstance(value, float) and value == int(value):
        raise problem(f"put the identifier {value:.0f} in quotes, so that no zero of it is lost.")
    return value


class RosterFile(Strict):
    """The class list, as the platform gives it, and its columns where they are not recognised by their heads."""

    file: Words = Field(description="A CSV file, from here.")
    columns: dict[Literal["name", "first_name", "last_name", "user_id", "login", "sis_id", "email"], Words] = Field(
        default_factory=dict, description="What a column holds, and its head in the file, where that is not recognised."
    )


class Extension(Strict):
    """More time for one student: until a moment, or so many days more, in one task or in all."""

    student: Who
    task: Words | None = Field(default=None, description="The task; all of them if left out.")
    until: Moment | None = None
    days: Days | None = None
    reason: str = Field(default="", max_length=500)

    @field_validator("student", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return _as_words(value)


class Excused(Strict):
    """A student for whom a task, or all of them, does not count."""

    student: Who
    task: Words | None = Field(default=None, description="The task; all of them if left out.")
    reason: Words

    @field_validator("student", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return _as_words(value)


class Adjustment(Strict):
    """Points that somebody is given, or that are taken off where they are below 0."""

    student: Who
    task: Words
    points: float = Field(ge=-MOST_POINTS, le=MOST_POINTS)
    reason: Words

    @field_validator("student", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return _as_words(value)


class ClassFile(Strict):
    """What `class.yaml` says; everything may be left out. Dates are of `time_zone`."""

    time_zone: str = Field(
        default="", max_length=60, description="Such as Europe/Berlin; needed where there are dates."
    )
    roster: Words | RosterFile | None = Field(
        default=None, description="The class list: a CSV file, as the platform gives it."
    )
    handed_in: Words | None = Field(
        default=None, description="A CSV file with the columns student, handed in and, for several tasks, task."
    )
    due: dict[str, Moment] = Field(default_factory=dict, description="When each task is due.")
    late: LatePolicy = Field(default_factory=LatePolicy, description="What handing in late costs; nothing if left out.")
    missing: Literal["open", "zero"] = Field(
        default="open", description="What a task counts that nothing was handed in for: nothing yet, or no points."
    )
    groups: dict[str, Annotated[list[Who], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Each group's submission, by the name it was handed in under, and its members.",
    )
    submissions: dict[str, Who] = Field(
        default_factory=dict, description="Whose a submission is, where its name alone does not tell."
    )
    extensions: list[Extension] = Field(default_factory=list)
    excused: list[Excused] = Field(default_factory=list)
    adjustments: list[Adjustment] = Field(
        default_factory=list, description="Penalties and bonuses, each with a reason."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            if name:
                time_zone(name)
        except ValueError as error:
            raise problem(str(error)) from None
        return name

    @property
    def list_file(self) -> str:
        """Return the name of the class list; empty if there is none."""
        return self.roster.file if isinstance(self.roster, RosterFile) else self.roster or ""

    @property
    def list_columns(self) -> Mapping[str, str]:
        columns = self.roster.columns if isinstance(self.roster, RosterFile) else {}
        return {str(what): head for what, head in columns.items()}


def read_class_file(path: Path) -> tuple[ClassFile, Document]:
    """Return what the file says, and the lines on which it does; raises ClassError `FILE:LINE: one sentence`."""
    try:
        document = read_document(path)
    except RubricError as error:  # a rubric's reader, and its sentences hold for any YAML file
        said = str(error).replace("a rubric starts with 'task: NAME@VERSION'", _START)
        raise ClassError(said.replace("a rubric", "it").replace("no such rubric", "no such file")) from None
    try:
        says = ClassFile.model_validate(document.data)
    except ValidationError as e:
        wrong = first_error(document, [one for one in e.errors(include_url=False) if not _is_aside(one)])
        raise error_at(document, location_of(wrong), _sentence(wrong)) from None
    if (says.due or any(x.until for x in says.extensions)) and not says.time_zone:
        where: Location = ("due",) if says.due else ("extensions",)
        raise error_at(document, where, "dates need a time zone; add one, such as 'time_zone: Europe/Berlin'.")
    return says, document


def class_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `class.yaml`, for editors."""
    schema = ClassFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Class of the harness"}


def error_at(document: Document, location: Location, sentence: str) -> ClassError:
    return ClassError(f"{document.path}:{document.line(location)}: {sentence}")


_START = "a class starts with 'time_zone: Europe/Berlin'"
_EXPECTED = {
    "string_type": "text (put it in quotes)",
    "string_too_short": "at least one character long",
    "string_too_long": "shorter",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than_equal": "larger",
    "less_than_equal": "smaller",
    "list_type": "a list, such as [jdoe, rroe]",
    "too_short": "a list with somebody in it",
    "model_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
}
_KINDS = ("constrained-str", RosterFile.__name__)  # which of the two forms of 'roster' was tried: no keys of the file
_PARTS: dict[str, type[Strict]] = {
    "late": LatePolicy,
    "roster": RosterFile,
    "extensions": Extension,
    "excused": Excused,
    "adjustments": Adjustment,
}


def _is_aside(error: ErrorDetails) -> bool:
    """Say whether an error is only that 'roster' is not a file's name: it is a mapping, and has errors of its own."""
    return _KINDS[0] in error["loc"] and isinstance(error["input"], dict)


def _sentence(error: ErrorDetails) -> str:
    location, kind = tuple(part for part in error["loc"] if part not in _KINDS), error["type"]
    if kind == "rubric":
        return str(error["ctx"]["message"])
    if not location:
        return f"a class is a mapping of keys to values; {_START}."
    last = str(location[-1])
    part = _PARTS.get(str(location[0])) if len(location) > 1 else ClassFile
    where = f"each of {location[0]!r}" if len(location) > 2 else f"{location[0]!r}" if len(location) > 1 else "a class"
    if kind == "extra_forbidden":
        return f"{where} has no key {last!r}.{did_you_mean(last, part.model_fields if part else ())}"
    if kind == "missing":
        return f"{where} needs {last!r}; add it."
    if kind == "literal_error":
        return f"{last!r} must be {error['ctx']['expected']}, but is {received(error['input'])}."
    subject = repr(last) if isinstance(location[-1], str) else f"each entry of {location[-2]!r}"
    return f"{subject} must be {_EXPECTED.get(kind, 'something else')}, but is {received(error['input'])}."
