"""`theme.yaml` of a theme: read, checked, and every mistake told with its line."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from harness.errors import RubricError, ThemeError, did_you_mean
from harness.grading.rubric_file import Document, Location, read_document
from harness.grading.rubric_model import Strict
from harness.grading.validation import first_error, location_of, received
from harness.report.themes.catalogue import key
from harness.report.themes.contrast import HEX, built_in, too_close
from harness.report.words.phrase import PLACEHOLDER, placeholders

NAME = "theme.yaml"
Text = Annotated[str, Field(max_length=200)]


class Schemes(Strict):
    """Colours by the name of their variable in style.css, without the dashes."""

    light: dict[str, str] = Field(default_factory=dict)
    dark: dict[str, str] = Field(default_factory=dict)


class Course(Strict):
    """What `theme.yaml` says; everything may be left out."""

    course: Text = ""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    logo: Text = ""
    colours: Schemes = Schemes()
    sentences: dict[str, str] = Field(default_factory=dict)
    price_per_cpu_hour: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    currency: Annotated[str, Field(min_length=1, max_length=10)] = "EUR"


def read_course(path: Path, known: Mapping[str, str], logo: Callable[[Path], str]) -> tuple[Course, str]:
    """Return what the file says and its logo, made by `logo` of the file it names; both empty where it says nothing.

    `known` are the sentences there are. Raises ThemeError `FILE:LINE: one sentence` for the first mistake.
    """
    if not _says_anything(path):
        return Course(), ""
    try:
        document = read_document(path)
    except RubricError as error:  # a rubric's reader, and its sentences hold for any YAML file
        raise ThemeError(str(error)) from None
    try:
        course = Course.model_validate(document.data)
    except ValidationError as e:
        wrong = first_error(document, e.errors(include_url=False))
        raise error_at(document, location_of(wrong), _sentence(wrong)) from None
    for location, sentence in _problems(course, known):
        raise error_at(document, location, sentence)
    try:
        return course, logo(path.parent / course.logo) if course.logo else ""
    except ValueError as error:
        raise error_at(document, ("logo",), f"'logo' {error}.") from None


def error_at(document: Document, location: Location, sentence: str) -> ThemeError:
    return ThemeError(f"{document.path}:{document.line(location)}: {sentence}")


def _says_anything(path: Path) -> bool:
    try:
        lines = path.read_bytes().splitlines() if path.exists() else []
    except OSError as error:
        raise ThemeError(f"{path}: the file cannot be read ({error.strerror}); check the path.") from None
    return any(line.strip() and not line.lstrip().startswith(b"#") for line in lines)


def _sentence(error: ErrorDetails) -> str:
    location = error["loc"]
    if not location:
        return "a theme file is a mapping of keys to values, such as 'course: Deep Learning'."
    last = str(location[-1])
    if error["type"] == "extra_forbidden":
        fields = Schemes.model_fields if location[0] == "colours" else Course.model_fields
        where = "'colours' has" if location[0] == "colours" else "a theme file has"
        return f"{where} no key {last!r}.{did_you_mean(last, fields)}"
    if error["type"] == "string_type" and error["input"] is None:
        return f"{last!r} must be text, but is empty; a text with # or : in it needs quotes."
    return f"{last!r} must be {_expected(error)}, but is {received(error['input'])}."


_EXPECTED = {
    "string_type": "text (put it in quotes)",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than_equal": "0 or more",
    "string_too_short": "at least one character long",
    "string_pattern_mismatch": "a language tag such as 'en' or 'de-CH'",
}


def _expected(error: ErrorDetails) -> str:
    if error["type"] == "string_too_long":
        return f"at most {error['ctx']['max_length']} characters long"
    return _EXPECTED.get(error["type"], "a mapping of keys to values")


def _problems(course: Course, known: Mapping[str, str]) -> Iterator[tuple[Location, str]]:
    """Yield the place and the sentence of everything that does not make sense in itself."""
    if course.logo and (Path(course.logo).is_absolute() or ".." in Path(course.logo).parts):
        yield ("logo",), f"'logo' must name a file in the theme's folder, but is {course.logo!r}; copy it there."
    for scheme in ("light", "dark"):
        mine: dict[str, str] = getattr(course.colours, scheme)
        yield from ((("colours", scheme, name), said) for name, said in _colours(mine, scheme))
    for sentence, instead in course.sentences.items():
        if said := _unfit(sentence, instead, known):
            yield ("sentences", sentence), said


def _colours(mine: Mapping[str, str], scheme: str) -> Iterator[tuple[str, str]]:
    names = built_in()[scheme]
    for name, colour in mine.items():
        if name not in names:
            yield name, f"the stylesheet has no colour {name!r}.{did_you_mean(name, names)}"
        if not HEX.fullmatch(colour):
            yield name, f"{name!r} must be a colour such as '#0b5cad', but is the text {colour!r}."
    yield from too_close(mine, scheme)


def _unfit(sentence: str, instead: str, known: Mapping[str, str]) -> str:
    """Return what is wrong with a sentence or its replacement; empty if nothing is."""
    if key(sentence) not in known:
        close = get_close_matches(key(sentence), known, n=1, cutoff=0.6)
        hint = f"Did you mean {close[0]!r}?" if close else "`harness theme --out DIR` writes a list of all."
        return f"no page has the sentence {sentence!r}. {hint}"
    if extra := sorted(placeholders(instead) - placeholders(sentence)):
        has = ", ".join(f"%({n})s" for n in sorted(placeholders(sentence))) or "none"
        return f"the sentence has no value %({extra[0]})s; its values: {has}."
    if odd := re.search(r"%\(\w*\)?", PLACEHOLDER.sub("", instead)):
        return f"a value is written %(name)s, but here stands {odd[0]!r}; add what is missing."
    return ""
