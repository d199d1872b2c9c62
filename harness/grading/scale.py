"""From which share of the points a student has passed, and which grade a share earns."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from harness.errors import UsageError
from harness.grading.rubric_model import problem
from harness.records.models import Frozen

PASS_MARK = 0.5
SHOWN = 0.005  # points: two decimals, as cards show, hide a smaller difference, so it decides nothing
LONGEST = 20  # characters of a label
LEAST_PERCENT = 10  # from here on a number without a sign is a percentage; nobody passes with less than a tenth
_WRITTEN = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})\s*(%?)")


def share_of(value: object) -> float:
    """Return the share in [0, 1] that `50`, `50 %`, `"50%"` or `0.5` means.

    Without a percent sign a number below 1 is a share and one from 10 on a percentage; what lies between could be
    either and is none, as is the text "1". The number 1 is the whole, as results keep it. Raises ValueError with the
    sentence that says so.
    """
    if isinstance(value, str):
        found = _WRITTEN.fullmatch(value.strip())
        if not found:
            raise ValueError(_expected(repr(value[:40])))
        number, percent, whole = float(found[1]), bool(found[2]), False
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number, percent, whole = float(value), False, value == 1
    else:
        raise ValueError(_expected("no number"))  # noqa: TRY004  (a wrong value of a setting, not of a program)
    if 1 <= number < LEAST_PERCENT and not percent and not whole:
        raise ValueError(f"{_expected(f'{number:g}')}, {unclear(number)}")
    share = number / 100 if percent or number > 1 else number
    if not 0 <= share <= 1:  # NaN is not between either
        raise ValueError(_expected(f"{number:g}"))
    return share


def unclear(number: float) -> str:
    """Return what to write instead of a number in [1, 10), which could be a percentage or a share of 1."""
    other = "100% for all" if number == 1 else "a share below 1, such as 0.5"
    return f"which could be a percentage or a share; write {number:g}% or {other}"


def _expected(received: str) -> str:
    return f"expected a share of the points, such as 50, 50% or 0.5, received {received}"


def _share(value: object) -> float:
    try:
        return share_of(value)
    except ValueError as error:
        raise problem(f"{error}.") from None


_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string"}], "examples": [0.5, "50 %"]}
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema(_SCHEMA)]
Label = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class GradingScale(Frozen):
    """The pass mark as a share of the points, and the share from which each grade is given, the best grade first.

    Below the lowest boundary there is no grade. In a course's YAML: `{pass_mark: 50 %, grades: {A: 85 %, B: 70 %}}`.
    """

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    pass_mark: Share = Field(default=PASS_MARK, description="Share of the points from which a student has passed.")
    grades: dict[Label, Share] = Field(
        default_factory=dict, description="Label of each grade and the share from which it is given, the best first."
    )

    @model_validator(mode="after")
    def _in_order(self) -> "GradingScale":
        for fault, label in self._faults():
            raise problem(fault, "grades", label)
        return self

    def _faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the boundaries, each with the label it is wrong with."""
        seen: dict[str, str] = {}
        above: tuple[str, float] | None = None
        for label, share in self.grades.items():
            name = " ".join(label.split())
            if name != label or not label.isprintable():
                yield f"the grade {label!r} must be plain words without spaces around them.", label
            if name.casefold() in seen:
                yield f"the grade {label!r} stands here twice, first as {seen[name.casefold()]!r}; rename one.", label
            if above and share >= above[1]:
                before = f"{above[0]!r} from {percentage(above[1])}"
                yield f"the grade {label!r} must begin below {before}, but begins at {percentage(share)}.", label
            seen[name.casefold()] = label
            above = label, share

    def passes(self, earned: float, of: float) -> bool:
        """Say whether `earned` of so many points reach the pass mark."""
        return _reaches(earned, of, self.pass_mark)

    def grade(self, earned: float, of: float) -> str:
        """Return the label of the best grade that `earned` of so many points reach; empty for none."""
        return next((label for label, share in self.grades.items() if _reaches(earned, of, share)), "")

    def with_pass_mark(self, share: float) -> "GradingScale":
        return self.model_copy(update={"pass_mark": share})

    def boundaries(self) -> list[str]:
        """Return each grade in words, the best first: `A from 85 %`."""
        return [f"{label} from {percentage(share)}" for label, share in self.grades.items()]


def percentage(share: float) -> str:
    """Return a share in percent with as many decimals as it was given with: `50 %`, `62.5 %`."""
    return f"{round(100 * share, 6):g} %"


def parse_pass_mark(text: str) -> float:
    """Return the share that `--pass-mark` means. Raises UsageError for anything but 50, 50% or 0.5."""
    try:
        return share_of(text)
    except ValueError as error:
        sentence = str(error)
        raise UsageError(f"--pass-mark: {sentence[0].upper()}{sentence[1:]}.") from None


def _reaches(earned: float, of: float, share: float) -> bool:
    return earned >= share * of - min(SHOWN, of / 1000)
