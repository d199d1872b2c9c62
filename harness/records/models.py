"""What was measured, as it is stored: one `Measurement` per submission, variant and seed."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticSerializationError

from harness.scoring.score import Score

Plain = str | int | float | bool | None  # a setting: what a candidate may hold, and what a builder may be given

WITHHELD = "(withheld)"  # in the place of the arrays of a measurement whose hidden values are taken out
GIVEN = "given"  # the source of variants that the harness computes itself


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


def as_json(model: BaseModel) -> str:
    """Return a model as JSON; halves of characters that no encoding has become question marks."""
    try:
        return model.model_dump_json()
    except PydanticSerializationError:
        text = json.dumps(model.model_dump(), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode("utf-8")


class Status(StrEnum):
    """How a result came about. Only the first three say something about the student.

    A criterion or task has passed that reached every target; a student, who reached the pass mark. `open` is said of
    students only: everything has run, and what a person has still to mark decides whether they pass.
    """

    PASSED = "passed"
    FAILED = "failed"
    STUDENT_ERROR = "student error"
    HARNESS_ERROR = "harness error"
    NOT_RUN = "not run"
    OPEN = "open"


class Fault(Frozen):
    """Why a step gave no result. `message` is one sentence, already safe to show to the student.

    The harness owns what is `lost`, with every machine that ran it: nobody knows whether the student's code ended them.
    """

    owner: Literal["student", "harness"]
    kind: Literal["intake", "import", "contract", "exception", "limit", "output", "crash", "harness", "lost"]
    step: str
    message: str
    limit: Literal["wall", "cpu", "memory", "disk", "threads", ""] = ""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", ser_json_inf_nan="constants"))
class Usage:  # no model: of those each keeps a set of its fields, larger than all else of it, and a class has thousands
    """What a step used: the parent's clock, CPU seconds and peak resident MB by the kernel's account.

    It `predicts` where a model answered in it; records of older versions do not say so.
    """

    wall_s: float
    cpu_s: float
    peak_memory_mb: float
    fit_s: float | None = None
    predicts: bool = False


class Provenance(Frozen):
    """Everything a measured value depends on beside the source and the seed.

    `key` tells one key of a class from another and gives none away (`harness.data.key.Key.mark`).
    `speed` is how fast the machine was, relative to the one that limits were set on: seconds times it can be compared.
    """

    dataset: str
    data_sha256: str
    data_sizes: dict[str, int]
    data_published: dict[str, int]
    data_origin: str
    data_classes: int = 0
    key: str = ""
    harness: str
    python: str
    libraries: dict[str, str]
    backend: str
    device: str
    machine: str = ""
    speed: float = 1.0
    isolation: str
    reproducibility: str

    def differing(self, other: "Provenance") -> list[str]:
        """Return the names of the facts in which the same was not measured in the same way.

        A speed, measured anew in each run, decides nothing. Nor do two keys, under which other examples of the same
        data are drawn.
        """
        drawn = {"data_sha256", "data_sizes"} if self.key != other.key else set[str]()
        facts = [name for name in type(self).model_fields if name not in {"speed", "key"} | drawn]
        return [name for name in facts if getattr(self, name) != getattr(other, name)]


class Measurement(Frozen):
    """One variant of one submission under one seed.

    `fault` and `measures` may both be there: what was measured before a later step failed is kept. `signs` are finite
    numbers about the outputs that findings read and no mark depends on; `epochs` among them is how many were planned.
    Shown the same inputs again, in another order or moved by a hair, a share of the answers changed by more than float
    arithmetic explains: the signs `order_share` and `bytes_share`, 0..1. `placed_share` is that of the weights as built
    in arrays that no initialiser draws.
    `multiply_adds` is, in the record of the contract check, about what one example costs the models of the builder that
    compute most; its process says so, and trainings are ordered by it.
    `learns` is False for a variant that is there to show that nothing is learnt. `settings` are those of the candidate
    that was trained. In the record of the contract check, `candidates` are those that each function returned, checked
    and with defaults filled in, and `parameters` those of the largest model that a builder made.
    """

    key: str
    source: str
    task: str
    version: int
    profile: str
    variant: str
    learns: bool = True
    seed: int
    fault: Fault | None
    not_run: str = ""
    measures: dict[str, Score]
    curve: dict[str, list[float]]
    signs: dict[str, float] = Field(default_factory=dict)
    before: dict[str, float] = Field(default_factory=dict)
    moved: float | None = None
    rebuilt: bool | None = None
    parameters: int | None
    optimizer_steps: int | None = None
    usage: dict[str, Usage]
    provenance: Provenance
    evidence: str = ""
    settings: dict[str, Plain] = Field(default_factory=dict)
    candidates: dict[str, list[dict[str, Plain]]] = Field(default_factory=dict)


class Finding(Frozen):
    """A mistake named from recorded curves, weights and outputs; most are likely only, and cost no marks.

    `quotes` names the measures, as `variant.measure`, that it tells the value of or follows from. What is `expected` of
    a variant, as that nothing is learnt from zero weights, is explained and asks for nothing.
    """

    variant: str
    title: str
    evidence: str
    next_step: str
    quotes: list[str] = Field(default_factory=list)
    expected: bool = False


class HandMark(Frozen):
    """What a person decided about one criterion of one submission; of several the newest counts.

    `id` counts all changes in the order they were made, from 1. `at` is UTC in ISO 8601. `points` is None where an
    earlier decision is taken back. `comment` and `reason` are shown to the student; a `reason` says why an automatic
    mark was changed. `source` is the fingerprint of what had been handed in when it was marked.
    """

    id: int
    at: str
    grader: str
    slug: str
    task: str
    criterion: str
    points: float | None
    comment: str = ""
    reason: str = ""
    source: str = ""


MarkedPlace = tuple[str, str, str]  # slug, task, criterion
Newest = Mapping[MarkedPlace, HandMark]  # of each place the decision that counts
