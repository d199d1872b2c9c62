"""What a rubric says: its criteria, their points and their bands, as one validated model."""

import math
from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from harness.errors import did_you_mean
from harness.records.models import Frozen
from harness.task import Better

Text = Annotated[str, Field(min_length=1, max_length=2000)]

_NOT_FOR_MANUAL = ("measure", "over", "level", "size_ratio", "better", "profiles")

# Editors report the same mistakes as `Criterion` does: what a person marks is not measured, the rest is.
_MANUAL_OR_MEASURED: dict[str, Any] = {
    "if": {"properties": {"manual": {"const": True}}, "required": ["manual"]},
    "then": {"not": {"anyOf": [{"required": [key]} for key in _NOT_FOR_MANUAL]}},
    "else": {"required": ["measure", "better", "profiles"]},
}


def problem(message: str, *key: str | int) -> PydanticCustomError:
    """Return an error whose context names the offending key below the model that raises it."""
    return PydanticCustomError("rubric", "{message}", {"message": message, "key": key})


MOST_SEEDS = 100
MOST_POINTS = 1_000_000.0  # of one criterion
LARGEST = 1e150  # of a threshold: differences and ratios of two such numbers are still finite


def auto_or_number(value: object) -> Literal["auto"] | int:
    """Read `seeds`; YAML numbers arrive as floats."""
    if value == "auto":
        return "auto"
    expected = f"'seeds' must be auto or a whole number from 1 to {MOST_SEEDS}"
    if isinstance(value, str):
        raise problem(f"{expected}, but is the text {value[:60]!r}.{did_you_mean(value, ['auto'])}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise problem(f"{expected}, but is none of them.")
    if value not in range(1, MOST_SEEDS + 1):
        raise problem(f"{expected}, but is {value:g}.")
    return int(value)


Seeds = Annotated[
    Literal["auto"] | int,
    PlainValidator(auto_or_number),
    WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": MOST_SEEDS}]}),
]


class Strict(Frozen):
    """No guessing: the text "30" is not a number, and infinity is no threshold."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class Band(Strict):
    """From which value marks start and at which value they are full, under one profile."""

    target: float = Field(
        ge=-LARGEST,
        le=LARGEST,
        description="Full marks from here on: a value of the measure, or an advantage for a comparison.",
    )
    floor: float | None = Field(
        default=None,
        ge=-LARGEST,
        le=LARGEST,
        description="No marks up to here: what an answer without learning reaches."
        " Required for a level that is no step; a comparison (`over`) starts at 0 unless it says otherwise.",
    )
    naive: float | None = Field(
        default=None,
        ge=-LARGEST,
        le=LARGEST,
        description="Of a comparison: what each side that the student trains has to beat before the advantage counts,"
        " as an answer without learning reaches it. A value of the measure, or of `level`.",
    )
    step: bool = Field(
        default=False,
        description="True for all points at the target and none before it; it has no floor then. Any other band is at"
        " least two standard deviations of the reference wide.",
    )
    origin: str = Field(default="", description="Where the numbers come from, for whoever revises them.")
    frozen: bool = Field(
        default=False,
        description="True if the numbers were chosen by hand, say to be lenient; `harness calibrate` then leaves them.",
    )


class Criterion(Strict):
    """One line of the rubric: a measured level, a comparison of two variants, or something a person marks."""

    model_config = ConfigDict(json_schema_extra=_MANUAL_OR_MEASURED)

    id: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        description="A short name, unique in the rubric: lower-case letters, digits and single hyphens.",
    )
    text: Text = Field(description="What is asked, as the student reads it.")
    points: float = Field(
        gt=0, le=MOST_POINTS, description="Marks for reaching the target; more than 0 and at most a million."
    )
    measure: str = Field(default="", description="What is measured, as `variant.measure`.")
    over: str = Field(
        default="",
        description="Makes this a comparison: the `variant.measure` that must be beaten."
        " The bands are then advantages, and positive is better.",
    )
    level: str = Field(
        default="",
        description="Of a comparison: the measure of each side in which `naive` has to be beaten, such as"
        " `test_accuracy` for a gap; that of the comparison if left out.",
    )
    size_ratio: float | None = Field(
        default=None,
        ge=1,
        le=LARGEST,
        description="Of a comparison of two networks that the student builds: how many times as many parameters one may"
        " have as the other, such as 1.25 for the same network. Left out, their sizes do not count.",
    )
    learned: bool = Field(
        default=True,
        description="Whether the points are for what training made. False where a formula or rule is asked for, which"
        " is right before any training.",
    )
    processors: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        description="The share of the reference's value by which two processors may differ; `harness calibrate` takes"
        " it off the target. Say in `origin` where it was seen.",
    )
    better: Better | None = Field(
        default=None, description="Whether a higher or a lower value of the measure is better."
    )
    profiles: dict[str, Band] = Field(
        default_factory=dict,
        description="The band for each profile. Under a profile left out, this criterion is not marked.",
    )
    hint: str = Field(default="", description="What to try next, shown when marks are missing.")
    manual: bool = Field(default=False, description="True if a person marks this; then it has no measure.")
    hidden: bool = Field(default=False, description="True if students do not see this criterion.")

    def band(self, profile: str) -> tuple[float, float] | None:
        """Return (target, floor) under `profile` in the measure's unit; None if it is not marked there.

        The two are equal where it is a step.
        """
        band = self.profiles.get(profile)
        return None if band is None else (band.target, band.target if band.step else band.floor or 0.0)

    def sides(self) -> tuple[str, ...]:
        """Return the `variant.measure` of either side of a comparison that says how good that side is by itself."""
        names = (self.measure, self.over) if self.over else ()
        return tuple(f"{name.partition('.')[0]}.{self.level}" if self.level else name for name in names)

    @model_validator(mode="after")
    def _is_manual_or_measured(self) -> Self:
        if self.manual:
            self._check_manual()
        else:
            self._check_measured()
        return self

    def _check_manual(self) -> None:
        for key in _NOT_FOR_MANUAL:
            if getattr(self, key):
                raise problem(
                    f"criterion {self.id!r} is marked by a person (manual: true) and so cannot have {key!r};"
                    " remove one of the two.",
                    key,
                )

    def _check_measured(self) -> None:
        if not self.measure:
            raise problem(
                f"criterion {self.id!r} needs 'measure', written variant.measure,"
                " or 'manual: true' if a person marks it.",
                "measure",
            )
        if self.better is None:
            raise problem(f"criterion {self.id!r} needs 'better: higher' or 'better: lower'.", "better")
        if not self.profiles:
            raise problem(f"criterion {self.id!r} needs 'profiles' with a target for at least one profile.", "profiles")
        if self.over == self.measure:
            raise problem(f"criterion {self.id!r} compares {self.measure} with itself.", "over")
        if self.level and not self.over:
            raise problem(f"criterion {self.id!r} is no comparison, so no side has a 'level'; remove it.", "level")
        if self.size_ratio and not self.over:
            raise problem(f"criterion {self.id!r} is no comparison and has no 'size_ratio'; remove it.", "size_ratio")
        for name, band in self.profiles.items():
            self._check_band(name, band)

    def _check_band(self, profile: str, band: Band) -> None:
        place = ("profiles", profile)
        if band.naive is not None and not self.over:
            raise problem(
                f"profile {profile!r} has 'naive', but {self.id!r} is no comparison; write what an answer without"
                " learning reaches as 'floor'.",
                *(*place, "naive"),
            )
        if band.step and band.floor is not None:
            raise problem(
                f"profile {profile!r} is a step, whose points all begin at the target; remove 'floor' or 'step'.",
                *(*place, "floor"),
            )
        if band.floor is None and not self.over and not band.step:
            raise problem(
                f"profile {profile!r} needs 'floor': the value from which marks start,"
                " which an answer without learning reaches.",
                *place,
            )
        if not (band.step and not self.over):
            self._check_order(profile, band)

    def _check_order(self, profile: str, band: Band) -> None:
        """Hold the target against where marks start, which is an advantage of 0 for a step of a comparison."""
        floor = band.floor or 0.0
        upwards = bool(self.over) or self.better == "higher"
        if band.target == floor or (band.target > floor) != upwards:
            side = "above" if upwards else "below"
            rule = "an advantage is positive" if self.over else f"{self.better} is better"
            raise problem(
                f"the target {band.target:g} must be {side} the floor {floor:g}, because {rule};"
                f" correct {'the number' if self.over else 'the numbers or the direction'}.",
                *("profiles", profile, "target"),
            )


class Rubric(Strict):
    """How one task is marked. Every number that decides about marks stands here and nowhere else."""

    task: str = Field(
        pattern=r"^[a-z][a-z0-9_-]*@[1-9][0-9]{0,5}$",
        max_length=100,
        description="The task and the version of it that this rubric was written for, as `name@version`.",
    )
    title: str = Field(default="", description="A title for the report; the task's own title if left out.")
    notes: str = Field(default="", description="Notes for those who maintain the rubric; never shown.")
    points: float | None = Field(
        default=None,
        gt=0,
        description="The total, if stated; the points of all criteria must add up to it, or under every profile those"
        " of what is marked there.",
    )
    seeds: Seeds = Field(
        default="auto",
        description="How many seeds every submission is trained under: a number, or `auto` for one, and two more for"
        " what that leaves in doubt. The median decides.",
    )
    criteria: list[Criterion] = Field(min_length=1, description="What earns marks, in the report's order.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        counts = Counter(c.id for c in self.criteria)
        for index, criterion in reversed(list(enumerate(self.criteria))):
            if counts[criterion.id] > 1:
                raise problem(
                    f"the id {criterion.id!r} is used by more than one criterion; ids must be unique.",
                    *("criteria", index, "id"),
                )
        every = math.fsum(c.points for c in self.criteria)
        totals = [every, *(self.total(name) for name in self.profiles())]
        if self.points is not None and not (self._is_stated(every) or all(map(self._is_stated, totals[1:]))):
            raise problem(
                f"the points of the criteria add up to {every:.10g}, but 'points' says {self.points:.10g}.",
                "points",
            )
        return self

    def profiles(self) -> list[str]:
        """Return the profiles that any criterion has a band for, in the order in which they stand."""
        return list(dict.fromkeys(name for c in self.criteria for name in c.profiles))

    def total(self, profile: str) -> float:
        """Return the points of all that is marked under a profile, by the harness or by a person."""
        return math.fsum(c.points for c in self.criteria if c.manual or profile in c.profiles)

    def remark(self, profile: str) -> str:
        """Say in a sentence that what is marked under a profile is not what the rubric states; nothing if it is."""
        total = self.total(profile)
        if self.points is None or self._is_stated(total):
            return ""
        return (
            f"The rubric of {self.task.partition('@')[0]} states {self.points:.10g} points, but under the profile"
            f" {profile} {total:.10g} can be earned; marks are out of those."
        )

    def _is_stated(self, total: float) -> bool:
        return math.isclose(total, self.points or 0.0, rel_tol=1e-9)
