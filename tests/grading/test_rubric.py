"""A course author who makes a mistake in a rubric is told which line and what to write instead."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.errors import RubricError
from harness.grading.rubric import Rubric, load_rubric, rubric_schema
from harness.task import Task

Load = Callable[[str], Rubric]


def test_a_good_rubric_is_read_as_written(rubric_from: Load, good: str) -> None:
    rubric = rubric_from(good)
    assert [c.id for c in rubric.criteria] == [
        "plain-accuracy",
        "small-error",
        "deep-beats-plain",
        "discussion",
    ]
    level, lower, comparison, manual = rubric.criteria
    assert level.band("quick") == (0.95, 0.85)
    assert level.profiles["quick"].origin == "mean - 2 sd of ten seeds"
    assert lower.band("full") is None
    assert comparison.band("quick") == (0.01, 0.0)  # 1e-2 is a number, and the floor of an advantage is 0
    assert comparison.hidden and manual.manual and manual.band("quick") is None


# Each case: what to replace in the good rubric, by what, the line reported, and what the message must say.
MISTAKES = {
    "misspelt key": ("    points: 20", "    pionts: 20", 19, ["'pionts'", "Did you mean 'points'?"]),
    "misspelt top key": ("criteria:", "critera:", 5, ["'critera'", "Did you mean 'criteria'?"]),
    "misspelt band key": ("floor: 0.04}", "flor: 0.04}", 21, ["profile 'quick'", "Did you mean 'floor'?"]),
    "missing points": ("    points: 20\n", "", 15, ["a criterion needs 'points'"]),
    "missing task": ("task: toy@2\n", "", 2, ["a rubric needs 'task'"]),
    "missing target": ("{target: 0.02, floor: 0.04}", "{floor: 0.04}", 21, ["needs 'target'"]),
    "missing floor": ("{target: 0.02, floor: 0.04}", "{target: 0.02}", 21, ["needs 'floor'"]),
    "missing direction": ("    better: lower\n", "", 15, ["'small-error'", "'better: lower'"]),
    "missing measure": ("    measure: plain.mse\n", "", 15, ["variant.measure", "manual: true"]),
    "missing profiles": (
        "    profiles:\n      quick: {target: 0.02, floor: 0.04}\n",
        "",
        15,
        ["needs 'profiles'"],
    ),
    "no profile in it": (
        "    profiles: {quick: {target: 1e-2}}",
        "    profiles: {}",
        29,
        ["needs 'profiles'"],
    ),
    "wrong side, lower": ("target: 0.02,", "target: 0.05,", 21, ["0.05", "below the floor 0.04"]),
    "wrong side, higher": ("target: 0.95,", "target: 0.8,", 13, ["0.8", "above the floor 0.85"]),
    "target on the floor": ("target: 0.95,", "target: 0.85,", 13, ["above the floor 0.85"]),
    "target on the floor, lower": ("target: 0.02,", "target: 0.04,", 21, ["below the floor 0.04"]),
    "no advantage": ("target: 1e-2", "target: -0.01", 29, ["-0.01", "above the floor 0", "positive"]),
    "direction against the band": ("better: lower", "better: higher", 21, ["numbers or the direction"]),
    "wrong direction": (
        "better: higher\n    points: 30",
        "better: lower\n    points: 30",
        26,
        ["deep.test_accuracy is better when higher", "'better: higher'"],
    ),
    "misspelt direction": (
        "better: lower",
        "better: lowr",
        18,
        ["'higher' or 'lower'", "Did you mean 'lower'?"],
    ),
    "unknown measure": ("plain.mse", "plain.msee", 17, ["no measure 'msee'", "Did you mean 'mse'?"]),
    "unknown variant": ("plain.mse", "plane.mse", 17, ["no variant 'plane'", "Did you mean 'plain'?"]),
    "measure without variant": ("plain.mse", "mse", 17, ["variant.measure", "'mse'"]),
    "unknown over": ("over: plain.test_", "over: plian.test_", 25, ["no variant 'plian'", "'plain'"]),
    "over itself": ("over: plain.test", "over: deep.test", 25, ["compares deep.test_accuracy with itself"]),
    "over another direction": ("over: plain.test_accuracy", "over: plain.mse", 26, ["better when lower"]),
    "naive of a level": ("floor: 0.04}", "floor: 0.04, naive: 0.05}", 21, ["'naive'", "no comparison", "'floor'"]),
    "step with a floor": ("floor: 0.04}", "floor: 0.04, step: true}", 21, ["is a step", "remove 'floor' or 'step'"]),
    "step without advantage": ("{target: 1e-2}", "{target: 0, step: true}", 29, ["above the floor 0"]),
    "level of a level": ("measure: plain.mse", "measure: plain.mse\n    level: mse", 18, ["no comparison", "'level'"]),
    "unknown level": (
        "over: plain.test_accuracy",
        "over: plain.test_accuracy\n    level: mes",
        26,
        ["no measure 'mes'", "Did you mean 'mse'?"],
    ),
    "processors beyond reason": ("points: 20", "points: 20\n    processors: 2", 20, ["'processors'", "at most 0.5"]),
    "unknown profile": ("      full: {", "      ful: {", 14, ["no profile 'ful'", "Did you mean 'full'?"]),
    "another task": ("task: toy@2", "task: tyo@2", 2, ["'tyo'", "Did you mean 'toy'?"]),
    "another version": ("task: toy@2", "task: toy@1", 2, ["version 1", "version 2", "'task: toy@2'"]),
    "task without version": ("task: toy@2", "task: toy", 2, ["name@version", "'toy'"]),
    "points do not add up": ("points: 40", "points: 30", 4, ["add up to 90", "says 100"]),
    "id used twice": ("id: small-error", "id: plain-accuracy", 15, ["'plain-accuracy'", "unique"]),
    "id is no slug": ("id: small-error", "id: Small Error", 15, ["lower-case", "'Small Error'"]),
    "manual with measure": (
        "manual: true",
        "manual: true\n    measure: plain.mse",
        33,
        ["by a person", "'measure'"],
    ),
    "manual with profiles": (
        "manual: true",
        "manual: true\n    profiles: {quick: {target: 1, floor: 0}}",
        33,
        ["by a person", "'profiles'"],
    ),
    "points as text": ("points: 20", 'points: "20"', 19, ["'points' must be a number", "text '20'"]),
    "points as yes/no": ("points: 20", "points: true", 19, ["'points' must be a number", "true"]),
    "no points": ("points: 20", "points: 0", 19, ["greater than 0", "the number 0"]),
    "negative points": ("points: 20", "points: -5", 19, ["greater than 0", "-5"]),
    "infinite points": ("points: 20", "points: .inf", 19, ["finite number", "inf"]),
    "target is no number": (
        "target: 0.02,",
        "target: .nan,",
        21,
        ["'target' must be a finite number", "nan"],
    ),
    "number too large": ("points: 20", "points: " + "9" * 5000, 19, ["finite number"]),
    "text left empty": ("text: The error is small.", "text:", 16, ["'text' must be text", "empty"]),
    "text of no length": ("text: The error is small.", "text: ''", 16, ["'text' must not be empty"]),
    "a word for a mapping": ("quick: {target: 0.02, floor: 0.04}", "quick: low", 21, ["mapping", "'low'"]),
    "key twice": (
        "    better: lower",
        "    better: lower\n    better: lower",
        19,
        ["'better'", "second", "line 18"],
    ),
    "profile twice": ("      full: {", "      quick: {", 14, ["'quick'", "second time", "line 13"]),
    "anchor": ("quick: {target: 0.02", "quick: &band {target: 0.02", 21, ["anchors", "write the value out"]),
    "alias": ("quick: {target: 0.02, floor: 0.04}", "quick: *band", 21, ["aliases"]),
    "tag": ("points: 20", "points: !!python/object:os.system 20", 19, ["tags"]),
    "unclosed bracket": ("{target: 0.02, floor: 0.04}", "{target: 0.02, floor: 0.04", 22, ["not valid YAML"]),
    "colon in text": (
        "text: The error is small.",
        "text: The error: small.",
        16,
        ["not valid YAML", "colons"],
    ),
    "indentation": ("    points: 20", "   points: 20", 19, ["not valid YAML", "indentation"]),
    "tab": ("    points: 20", "\tpoints: 20", 19, ["not valid YAML"]),
    "unclosed quote": ("text: The error is small.", "text: 'The error is small.", 16, ["not valid YAML"]),
    "two documents": ("criteria:", "---\ncriteria:", 5, ["not valid YAML"]),
    "control character": ("text: The error", "text: The \x07 error", 16, ["not allowed in YAML"]),
    "a list as key": ("points: 20", "? [a, b]\n    : 20", 19, ["a key must be a plain word"]),
    "deep nesting": ("points: 20", "points: " + "[" * 3000, 19, ["nested more than"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_a_suggestion(rubric_from: Load, good: str, case: str) -> None:
    old, new, line, said = MISTAKES[case]
    assert good.count(old) == 1
    with pytest.raises(RubricError) as caught:
        rubric_from(good.replace(old, new))
    message = str(caught.value)
    assert re.search(rf"toy\.yaml:{line}: ", message), message
    for words in said:
        assert words in message
    assert message.endswith((".", "?")) and "\n" not in message
    assert "pydantic" not in message and "Traceback" not in message


def test_units_that_differ_are_not_compared(rubric_from: Load, good: str) -> None:
    text = good.replace("measure: plain.mse\n", "measure: plain.mse\n    over: plain.clock_error\n")
    text = text.replace("quick: {target: 0.02, floor: 0.04}", "quick: {target: 1}")
    with pytest.raises(RubricError, match=r":18: .*'none'.*'min'.*same unit"):
        rubric_from(text)


def test_an_empty_list_of_criteria_is_refused(rubric_from: Load) -> None:
    with pytest.raises(RubricError, match=r":2: 'criteria' must not be empty"):
        rubric_from("task: toy@2\ncriteria: []\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ":1: the file is empty"),
        (b"# only a comment\n", ":1: the file is empty"),
        (b"- a\n- b\n", ":1: a rubric is a mapping of keys to values, but this is a list"),
        (b"just words\n", ":1: a rubric is a mapping of keys to values, but this is the text 'just words'"),
        (b"task: toy@2\ntitle: \xe9t\xe9\n", ":2: the text is not UTF-8"),
        (b"#" * 1_000_001, ": a rubric has at most 1 MB"),
    ],
)
def test_a_file_that_is_no_rubric(tmp_path: Path, task: Task, data: bytes, said: str) -> None:
    path = tmp_path / "toy.yaml"
    path.write_bytes(data)
    with pytest.raises(RubricError) as caught:
        load_rubric(path, task)
    assert f"{path}{said}" in str(caught.value)


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path, task: Task) -> None:
    with pytest.raises(RubricError, match="no such rubric"):
        load_rubric(tmp_path / "nothing.yaml", task)
    with pytest.raises(RubricError, match="cannot be read"):
        load_rubric(tmp_path, task)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path, task: Task, good: str) -> None:
    path = tmp_path / "toy.yaml"
    path.write_bytes(good.replace("\n", "\r\n").encode("utf-8-sig"))
    assert len(load_rubric(path, task).criteria) == 4


def test_words_that_older_yaml_reads_as_other_things_stay_text(rubric_from: Load, good: str) -> None:
    rubric = rubric_from(
        good.replace("title: A toy task", "title: no").replace("hint: Train longer.", "hint: 12:30:00")
    )
    assert (rubric.title, rubric.criteria[0].hint) == ("no", "12:30:00")


def test_a_criterion_that_a_profile_leaves_out_still_counts_for_the_stated_total(rubric_from: Load, good: str) -> None:
    rubric = rubric_from(good)
    assert sum(c.points for c in rubric.criteria) == rubric.points == 100


def _objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema["$defs"].values()]


def test_the_schema_describes_every_field_and_allows_no_other() -> None:
    schema = rubric_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for model in _objects(schema):
        assert model["additionalProperties"] is False
        for name, field in model["properties"].items():
            assert field.get("description"), name


def test_the_schema_accepts_what_loading_accepts(good: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(rubric_schema())
    data = yaml.safe_load(good.replace("1e-2", "0.01"))
    assert not list(validator.iter_errors(data))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    points: 20", "    pionts: 20"),
        ("    better: lower\n", ""),
        ("better: lower", "better: smaller"),
        ("points: 20", "points: 0"),
        ("points: 20", "points: many"),
        ("    measure: plain.mse\n", ""),
        ("manual: true", "manual: true\n    measure: plain.mse"),
        ("id: small-error", "id: Small Error"),
        ("task: toy@2", "task: toy"),
    ],
)
def test_the_schema_rejects_what_loading_rejects(rubric_from: Load, good: str, old: str, new: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    bad = good.replace(old, new)
    with pytest.raises(RubricError):
        rubric_from(bad)
    assert list(jsonschema.Draft202012Validator(rubric_schema()).iter_errors(yaml.safe_load(bad)))
