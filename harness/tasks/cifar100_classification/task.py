"""The best classifier of few images that a budget of parameters allows, and what regularisation does for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from harness.data.sets.cifar100 import SUPERCLASSES
from harness.recipes.classifier import FINDINGS, LINEAR, Classifier, classifier_builder
from harness.recipes.known import measured, naive, published
from harness.recipes.superclasses import Superclasses, matrix, table
from harness.records.models import Finding, Measurement
from harness.scoring.calibration import calibration_error
from harness.scoring.classification import top_accuracy, within_budget
from harness.scoring.superclasses import hardest_superclass, superclass_accuracy
from harness.task import (
    Argument,
    Arrays,
    Call,
    Dataset,
    Figure,
    FindingRule,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Sizes,
    TaskData,
    Variant,
    VariantRun,
    facts_of_training,
)

TOP = 5


@dataclass(frozen=True)
class Size:
    """How many parameters a model may have, and the classes of each superclass by their names in the data set."""

    budget: int
    superclasses: Mapping[str, tuple[str, ...]]


# Digits that are drawn alike: half of what logistic regression confuses lies within these, a quarter by chance.
ALIKE = {"0 2 6": ("0", "2", "6"), "1 4 7 9": ("1", "4", "7", "9"), "3 5 8": ("3", "5", "8")}
QUICK = Profile(
    "quick",
    "digits",
    epochs=40,
    batch_size=32,
    limits=Limits(wall_s=300, cpu_s=150, memory_mb=3_000),
    sizes=Sizes(train=200, val=100, test=2_000),
    settings=Size(50_000, ALIKE),
)
FULL = Profile(
    "full",
    "cifar100",
    epochs=60,
    batch_size=128,
    limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=12_000),
    sizes=Sizes(val=1_000),  # so that a part of the set is enough to try it
    settings=Size(1_500_000, SUPERCLASSES),
)
BUILDER = classifier_builder(
    Argument("budget", "int", "how many parameters the model may have"),
    Argument("steps", "int", "how often training will update the weights, for a learning rate that falls"),
    Argument("augmentation", "bool", "whether training images are changed at random, by layers that act in training"),
    Argument("dropout", "bool", "whether units are dropped at random in training"),
    text="The best classifier that you can make within the budget, with a switch for two ways of regularising it."
    " Architecture, optimiser, schedule and all other regularisation are yours, the same in every variant.",
)
BEST, BARE = "best", "bare"
WITHOUT = ("overfitting",)  # what augmentation and dropout are there to prevent
VARIANTS = (
    Variant(BEST, "the classifier as it is meant", arguments={"augmentation": True, "dropout": True}),
    Variant(
        "no_augmentation", "without augmentation", arguments={"augmentation": False, "dropout": True}, shows=WITHOUT
    ),
    Variant("no_dropout", "without dropout", arguments={"augmentation": True, "dropout": False}, shows=WITHOUT),
    Variant(BARE, "without both", arguments={"augmentation": False, "dropout": False}, shows=WITHOUT),
)

OWN = (
    Measure("top5_accuracy", "share of the test images whose class is among the five likeliest", "higher"),
    Measure("within_budget", "test accuracy, smaller in proportion where the model is over its budget", "higher"),
    Measure("calibration_error", "how far certainty and accuracy differ on the test images, in 15 bins", "lower"),
    Measure("superclass_accuracy", "share of the test images whose answer is of the right superclass", "higher"),
    Measure("hardest_superclass", "accuracy on the test images of the superclass where it is lowest", "higher"),
)
HIGHER = tuple(m.name for m in OWN if m.better == "higher")


@dataclass(frozen=True)
class WithinBudget(Classifier):
    """A classifier that has a budget of parameters, and classes that belong together."""

    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures(), *OWN)

    def findings(self) -> tuple[str | FindingRule, ...]:
        return (*FINDINGS, over_budget)

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        Superclasses.of(profile.settings.superclasses, dataset)
        return super().prepare(dataset, profile)

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        call = super().call(profile, variant, data)
        steps = profile.epochs * ceil(len(data.arrays["x_train"]) / profile.batch_size)
        return replace(call, arguments={**call.arguments, "budget": profile.settings.budget, "steps": steps})

    def judged(self, run: VariantRun, outputs: Arrays) -> Scored:
        found, p, labels = super().judged(run, outputs), outputs["p_test"], run.data.arrays["y_test"]
        superclasses = Superclasses.of(run.profile.settings.superclasses, run.data.dataset)
        more = {
            "top5_accuracy": top_accuracy(p, labels, TOP),
            "within_budget": within_budget(
                found.measures["test_accuracy"], parameters(outputs), run.profile.settings.budget
            ),
            "calibration_error": calibration_error(p, labels),
            "superclass_accuracy": superclass_accuracy(p, labels, superclasses.belongs),
            "hardest_superclass": hardest_superclass(p, labels, superclasses.belongs),
        }
        confused = {} if run.variant.given else superclasses.confusions(p, run.data)
        evidence = {**found.evidence, **superclasses.accuracies(p, run.data), **confused}
        return Scored({**found.measures, **more}, evidence, found.signs)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return (*super().figures(runs), *matrix(runs), *table(runs))

    def beside(self) -> tuple[NaiveAnswer, ...]:
        return (*super().beside(), *measured(LINEAR.text, LINEAR.name, self.sizes, self.learning(), HIGHER))


def parameters(outputs: Arrays) -> int:
    """Return how many parameters were counted; 1, which no budget forbids, where nothing was trained."""
    if "facts" not in outputs:
        return 1
    return max(1, int(facts_of_training().named(np.clip(outputs["facts"], 0, 1e15))["parameters"]))


def over_budget(m: Measurement) -> Finding | None:
    """The model has more parameters than it may."""
    budget = next((p.settings.budget for p in (QUICK, FULL) if p.name == m.profile), 0)
    if not budget or m.parameters is None or m.parameters <= budget:
        return None
    return Finding(
        variant=m.variant,
        title="The model is larger than its budget",
        evidence=f"It has {m.parameters:,} parameters; the budget is {budget:,}.",
        next_step="Most parameters lie in the first dense layer: pool once more before it, or take the average of each"
        " map (GlobalAveragePooling2D). Two small convolutions see as much as a large one and cost less.",
        quotes=[f"{m.variant}.parameters", f"{m.variant}.within_budget"],
    )


def chance() -> Iterator[NaiveAnswer]:
    """Yield what guessing one of k equally frequent classes reaches."""
    for profile, k in ((QUICK, 10), (FULL, 100)):
        shares = {"train_accuracy": 1 / k, "val_accuracy": 1 / k, "test_accuracy": 1 / k, "top5_accuracy": TOP / k}
        names = tuple(v.name for v in VARIANTS)
        yield from naive("chance", (profile.name,), names, shares, f"one class of {k}, equally frequent")


D = "batch normalisation, inputs in [-1, 1], flips, momentum 0.9"
TASK = WithinBudget(
    "cifar100_classification",
    "Many classes, few images",
    "Build the best classifier that a budget of parameters allows, of few images a class: a hundred classes of"
    " photographs in the full size, ten digits with twenty images each in the quick one. Regularisation decides: the"
    " harness trains your classifier with and without augmentation and dropout, and looks at its five likeliest"
    " answers, at how far one can rely on its certainty, and at classes that belong together.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=(QUICK, FULL),
    published=tuple(published("course report D", "test_accuracy", D, best=0.587)),
    naive=tuple(chance()),
).task()
