"""A rubric with new numbers differs from the old one in these numbers and in nothing else."""

from collections.abc import Callable

import pytest
import yaml

from harness import shipped
from harness.grading.proposal import Proposal
from harness.grading.rubric import Rubric, load_rubric
from harness.grading.rubric_write import difference, rewrite
from harness.tasks import find, names

Load = Callable[[str], Rubric]

NEW = Proposal(target=0.945, floor=0.874, origin="reference 0.96: mean − 2 sd")
ADVANTAGE = Proposal(target=0.02, floor=None, origin="from nothing")


def changed_lines(old: str, new: str) -> list[tuple[str, str]]:
    pairs = zip(old.splitlines(), new.splitlines(), strict=True)
    return [(a, b) for a, b in pairs if a != b]


def test_one_line_changes_and_the_rest_is_the_same_to_the_letter(good: str) -> None:
    new = rewrite(good, "quick", {"plain-accuracy": NEW})
    assert changed_lines(good, new) == [
        (
            "      quick: {target: 0.95, floor: 0.85, origin: mean - 2 sd of ten seeds}",
            '      quick: {target: 0.945, floor: 0.874, origin: "reference 0.96: mean − 2 sd"}',
        )
    ]


def test_a_key_that_was_not_there_comes_last_and_no_floor_adds_none(good: str) -> None:
    new = rewrite(good, "quick", {"deep-beats-plain": ADVANTAGE})
    assert changed_lines(good, new) == [
        ("    profiles: {quick: {target: 1e-2}}", '    profiles: {quick: {target: 0.02, origin: "from nothing"}}')
    ]


def test_a_step_loses_its_floor_and_what_sides_have_to_beat_is_added(good: str, rubric_from: Load) -> None:
    step = Proposal(target=0.945, floor=None, origin="a step", step=True)
    naive = ADVANTAGE.model_copy(update={"naive": 0.87})
    new = rewrite(good, "quick", {"plain-accuracy": step, "deep-beats-plain": naive})
    assert '      quick: {target: 0.945, origin: "a step", step: true}\n' in new
    assert 'quick: {target: 0.02, naive: 0.87, origin: "from nothing"}' in new
    rubric = rubric_from(new)
    assert rubric.criteria[0].band("quick") == (0.945, 0.945)
    slope = rewrite(new, "quick", {"plain-accuracy": NEW})
    assert "step" not in slope and rubric_from(slope).criteria[0].band("quick") == (0.945, 0.874)


def test_several_at_once_and_only_in_the_profile_asked_for(good: str, rubric_from: Load) -> None:
    bands = {"plain-accuracy": NEW, "small-error": NEW.model_copy(update={"target": 0.01})}
    rubric = rubric_from(rewrite(good, "quick", bands))
    assert rubric.criteria[0].band("quick") == (0.945, 0.874)
    assert rubric.criteria[0].band("full") == (0.99, 0.9)
    assert rubric.criteria[1].band("quick") == (0.01, 0.874)
    assert rubric.criteria[2].band("quick") == (0.01, 0)


def test_what_is_equal_is_left_as_it_is_written(good: str) -> None:
    same = Proposal(target=0.01, floor=None, origin="x")
    assert "{target: 1e-2, origin: " in rewrite(good, "quick", {"deep-beats-plain": same})


BLOCK = """\
task: toy@2 # a comment
criteria:
- id:   plain-accuracy # odd spaces and indents
  text: >-
    Folded text that
    must stay folded.
  measure: "plain.test_accuracy"
  better: higher

  points: 40
  profiles:
     # over the band
     quick:
         target: 0.95 # the target
         # before the floor
         floor: 0.85{newline}# after the band
     full: { target:  0.99,   floor: 0.9 } # aligned by hand
  hint: 'Train: longer.'
"""


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("\n", "0.874\n         origin: "),
        ("  # the floor\n", "0.874 # the floor\n         origin: "),
        ("\n         origin: >\n           long\n           ago\n", "0.874\n         origin: "),
        ('\n         origin: "long ago" # who knows\n', "0.874\n         origin: "),
        ("\n         frozen: false\n", "0.874\n         frozen: false\n         origin: "),
    ],
)
def test_a_block_keeps_comments_indents_and_blank_lines(rubric_from: Load, last: str, expected: str) -> None:
    old = BLOCK.replace("{newline}", last)
    rubric_from(old)
    new = rewrite(old, "quick", {"plain-accuracy": NEW})
    assert f'{expected}"reference 0.96: mean − 2 sd"' in new
    assert rubric_from(new).criteria[0].profiles["quick"].origin == NEW.origin
    for line in old.splitlines():
        if "#" in line and "floor: " not in line.partition("#")[0]:
            comment = line[line.index("#") :]
            assert comment in new
    before, after = old.partition("         floor"), new.partition("         floor")
    assert after[0] == before[0].replace("0.95 #", "0.945 #")
    assert old[old.index("# after the band") :] == new[new.index("# after the band") :]
    assert rewrite(new, "quick", {"plain-accuracy": NEW}) == new


def test_a_file_that_ends_in_the_band(rubric_from: Load) -> None:
    old = BLOCK.replace("{newline}", "\n").partition("     full:")[0].replace("# after the band", "").rstrip()
    new = rewrite(old, "quick", {"plain-accuracy": NEW})
    assert rubric_from(new).criteria[0].band("quick") == (0.945, 0.874)


def test_windows_line_ends_and_a_byte_order_mark_stay(good: str) -> None:
    block = BLOCK.replace("{newline}", "\n")
    for text in (good, block):
        plain = rewrite(text, "quick", {"plain-accuracy": NEW})
        windows = rewrite("\ufeff" + text.replace("\n", "\r\n"), "quick", {"plain-accuracy": NEW})
        assert windows == "\ufeff" + plain.replace("\n", "\r\n")


@pytest.mark.parametrize(
    "origin",
    ['a "quoted" word', "back\\slash", "a: b # c", "{x}", "- y", "é − 数字 🎓", "x" * 3000 + " y" * 500, "'", ""],
)
def test_any_origin_is_read_back_as_it_was(rubric_from: Load, good: str, origin: str) -> None:
    new = rewrite(good, "quick", {"plain-accuracy": NEW.model_copy(update={"origin": origin})})
    assert rubric_from(new).criteria[0].profiles["quick"].origin == origin
    assert len(new.splitlines()) == len(good.splitlines())


@pytest.mark.parametrize("target", [0.945, 1e-05, 2.5e-07, 465.0, 1e22, -0.25, 0.1 + 0.2])
def test_any_number_is_read_back_as_it_was(rubric_from: Load, good: str, target: float) -> None:
    floor = target - abs(target)
    new = rewrite(good, "quick", {"plain-accuracy": NEW.model_copy(update={"target": target, "floor": floor})})
    assert rubric_from(new).criteria[0].band("quick") == (target, floor)


@pytest.mark.parametrize("name", names())
def test_a_shipped_rubric_changes_in_its_bands_alone(name: str) -> None:
    path = shipped.folder("rubrics") / f"{name}.yaml"
    text, rubric = path.read_text(encoding="utf-8"), load_rubric(path, find(name))
    wanted = {}
    for c in rubric.criteria:
        if band := c.profiles.get("quick"):
            nearer = band.target - (band.target - (band.floor or 0.0)) / 100
            wanted[c.id] = Proposal(target=nearer, floor=band.floor, origin=f"{band.origin}; tried")
    new = rewrite(text, "quick", wanted)
    assert len(changed_lines(text, new)) == len(wanted)
    before, after = yaml.safe_load(text), yaml.safe_load(new)
    for was, now in zip(before["criteria"], after["criteria"], strict=True):
        if was["id"] in wanted:
            assert now["profiles"].pop("quick")["target"] == wanted[was["id"]].target
            was["profiles"].pop("quick")
    assert after == before


def test_the_difference_is_one_that_patch_understands(good: str) -> None:
    new = rewrite(good, "quick", {"plain-accuracy": NEW})
    lines = difference(good, new, "toy.yaml").splitlines()
    assert lines[:2] == ["--- toy.yaml", "+++ toy.yaml (calibrated)"]
    assert sum(line.startswith("-      quick: {target: 0.95,") for line in lines) == 1
    assert sum(line.startswith("+      quick: {target: 0.945,") for line in lines) == 1
    assert difference(good, good, "toy.yaml") == ""
    assert difference("a", "b", "x").endswith("-a\n+b\n")
