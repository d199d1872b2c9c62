"""What a task is made of. Plain data: no backend, nothing that runs student code.

A task names the builders a submission exports, the variants that are trained, the steps each variant goes
through in the sandbox, and how their outputs are scored outside it.
"""

from harness.data.base import Dataset, Sizes
from harness.records.models import Plain
from harness.scoring.score import Score
from harness.task.contract import (
    Argument,
    Builder,
    Call,
    Candidates,
    Earlier,
    GivenModel,
    ModelSpec,
    Setting,
    Shape,
    Tensor,
    maps,
)
from harness.task.measured import (
    BUDGETS,
    OVERALL,
    Better,
    FindingRule,
    Measure,
    OverVariants,
    Recorded,
    Scored,
    Together,
    VariantRun,
)
from harness.task.profile import FurtherData, Profile, brief, tiny_of
from harness.task.shown import Figure, NaiveAnswer, PublishedFigure
from harness.task.steps import (
    FACTS,
    ArrayOutput,
    BytesOutput,
    CurveOutput,
    Dialogue,
    FactName,
    FactsOutput,
    Kept,
    Lead,
    Limits,
    Output,
    Prediction,
    Step,
    Talk,
    curve_of,
    facts_of_training,
)
from harness.task.task import TINY, Task
from harness.task.variant import Arrays, Candidate, TaskData, Variant, Winner

__all__ = [
    "BUDGETS",
    "FACTS",
    "OVERALL",
    "TINY",
    "Argument",
    "ArrayOutput",
    "Arrays",
    "Better",
    "Builder",
    "BytesOutput",
    "Call",
    "Candidate",
    "Candidates",
    "CurveOutput",
    "Dataset",
    "Dialogue",
    "Earlier",
    "FactName",
    "FactsOutput",
    "Figure",
    "FindingRule",
    "FurtherData",
    "GivenModel",
    "Kept",
    "Lead",
    "Limits",
    "Measure",
    "ModelSpec",
    "NaiveAnswer",
    "Output",
    "OverVariants",
    "Plain",
    "Prediction",
    "Profile",
    "PublishedFigure",
    "Recorded",
    "Score",
    "Scored",
    "Setting",
    "Shape",
    "Sizes",
    "Step",
    "Talk",
    "Task",
    "TaskData",
    "Tensor",
    "Together",
    "Variant",
    "VariantRun",
    "Winner",
    "brief",
    "curve_of",
    "facts_of_training",
    "maps",
    "tiny_of",
]
