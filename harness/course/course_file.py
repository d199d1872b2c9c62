"""`course.yaml`: what a course says of itself, checked, with file and line where it makes no sense."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from harness.errors import CourseError, RubricError, did_you_mean
from harness.grading.rubric_file import Document, Location, read_document
from harness.grading.rubric_model import Seeds, Strict, problem
from harness.grading.scale import GradingScale, unclear
from harness.grading.validation import first_error, location_of, received

NAME = "course.yaml"
SCHEMA = "course.schema.json"

TaskName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Split(Strict):
    """How many examples of each part of a data set a handout holds; YAML numbers arrive as floats."""

    train: float = Field(ge=1, description="Examples to train on.")
    val: float = Field(ge=0, description="Examples to validate with.")
    test: float = Field(ge=1, description="Examples to test with: of the training part of the course's own set.")


class CourseFile(GradingScale):
    """What `course.yaml` says; everything but the name may be left out. Pass mark and grades are those of its scale."""

    name: str = Field(min_length=1, max_length=200, description="The course's name, as pages show it.")
    tasks: list[TaskName] | None = Field(
        default=None,
        description="The tasks in use, in the order in which they are listed; if left out, all of the course and all of"
        " the harness.",
    )
    replaces: list[TaskName] = Field(
        default_factory=list, description="Tasks of the harness that a task of this course stands in for by its name."
    )
    profile: str = Field(default="quick", description="The size of the data where no --profile is given.")
    seeds: Seeds = Field(default="auto", description="The seeds of `harness grade` where no --seeds are given.")
    data: str = Field(default="data", description="The folder of the course's data sets, from here.")
    theme: str = Field(default="theme", description="The folder of the course's theme, from here, if there is one.")
    handout: dict[str, Split] | None = Field(
        default=None,
        description="Written by `harness course handout` alone: this folder holds no answers, and these data sets with"
        " a split of their own.",
    )

    @field_validator("pass_mark", "grades", mode="before")
    @classmethod
    def _no_bare_one(cls, value: object) -> object:
        """Refuse the number 1, which in a file that people write could be 1 % or all points."""
        for share in value.values() if isinstance(value, dict) else (value,):
            if isinstance(share, int | float) and not isinstance(share, bool) and share == 1:
                raise problem(f"expected a share of the points, such as 50, 50% or 0.5, received 1, {unclear(1)}.")
        return value

    @property
    def scale(self) -> GradingScale:
        return GradingScale.model_construct(pass_mark=self.pass_mark, grades=self.grades)


def read_course_file(path: Path) -> tuple[CourseFile, Document]:
    """Return what the file says, and the lines on which it does; raises CourseError `FILE:LINE: one sentence`."""
    try:
        document = read_document(path)
    except RubricError as error:  # a rubric's reader, and its sentences hold for any YAML file
        raise CourseError(str(error).replace("a rubric starts with 'task: NAME@VERSION'", _START)) from None
    try:
        return CourseFile.model_validate(document.data), document
    except ValidationError as e:
        wrong = first_error(document, e.errors(include_url=False))
        raise error_at(document, location_of(wrong), _sentence(wrong)) from None


def course_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `course.yaml`, for editors."""
    schema = CourseFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Course of the harness"}


def error_at(document: Document, location: Location, sentence: str) -> CourseError:
    return CourseError(f"{document.path}:{document.line(location)}: {sentence}")


_START = "a course starts with 'name: Deep Learning'"
_EXPECTED = {
    "string_type": "text (put it in quotes)",
    "string_too_short": "at least one character long",
    "string_pattern_mismatch": "in lower-case letters, digits and _, beginning with a letter",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_too_long": "shorter",
    "greater_than_equal": "larger",
    "list_type": "a list, such as [parity]",
    "model_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
}


def _sentence(error: ErrorDetails) -> str:
    location, kind = error["loc"], error["type"]
    if kind == "rubric":
        return str(error["ctx"]["message"])
    if not location:
        return f"a course is a mapping of keys to values; {_START}."
    last = str(location[-1])
    if kind == "extra_forbidden":
        known = [name for name in CourseFile.model_fields if name != "handout"]
        return f"a course has no key {last!r}.{did_you_mean(last, known)}"
    if kind == "missing":
        return f"a course needs {last!r}; add it."
    subject = repr(last) if isinstance(location[-1], str) else f"each entry of {location[0]!r}"
    return f"{subject} must be {_EXPECTED.get(kind, 'something else')}, but is {received(error['input'])}."
