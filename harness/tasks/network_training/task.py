"""Training a small convolutional network, one switch at a time."""

import numpy as np

from harness.data.base import Dataset
from harness.scoring.classification import accuracy, gap
from harness.scoring.confused import confused
from harness.scoring.signs import classifier_signs
from harness.tasks.base import (
    Argument,
    ArrayOutput,
    Builder,
    BytesOutput,
    Call,
    Limits,
    Measure,
    ModelSpec,
    Naive,
    Profile,
    Published,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
)
from harness.tasks.network_training.figures import figures

CURVE = ("loss", "accuracy", "val_loss", "val_accuracy")
DEFAULTS = {
    "augmentation": "none",
    "dropout": 0.0,
    "batch_norm": False,
    "initializer": "glorot_uniform",
    "learning_rate": 0.001,
}

BUILDER = Builder(
    name="build_model",
    text="A convolutional classifier with a switch for everything this task compares.",
    arguments=(
        Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]"),
        Argument("num_classes", "int", "how many classes there are"),
        Argument(
            "augmentation",
            '"none", "soft" or "hard"',
            "soft: random translation by up to 0.2; hard: translation 0.2, rotation 0.2 and zoom 0.3. As layers of the"
            " model, so that they act in training only",
        ),
        Argument("dropout", "float", "share of units to drop, 0 for no dropout"),
        Argument("batch_norm", "bool", "whether to normalise batches between the layers"),
        Argument("initializer", "str", 'the Keras initialiser of every kernel, e.g. "glorot_uniform" or "zeros"'),
        Argument("learning_rate", "float", "learning rate of the optimiser"),
    ),
    returns="a compiled keras.Model from images (batch, *input_shape) to class probabilities (batch, num_classes);"
    " labels are integers, so the loss is sparse categorical cross-entropy; track the metric accuracy",
)

VARIANTS = (
    Variant("none", "the plain network", arguments={}),
    Variant("soft", "soft augmentation", arguments={"augmentation": "soft"}),
    Variant("hard", "hard augmentation", arguments={"augmentation": "hard"}),
    Variant("dropout", "dropout of 0.3", arguments={"dropout": 0.3}),
    Variant("batch_norm", "batch normalisation", arguments={"batch_norm": True}),
    Variant("both", "batch normalisation and dropout", arguments={"batch_norm": True, "dropout": 0.3}),
    Variant("zero_init", "every kernel starts at zero", arguments={"initializer": "zeros"}),
    Variant("rate_low", "learning rate 0.0003", arguments={"learning_rate": 0.0003}),
    Variant("rate_high", "learning rate 0.003", arguments={"learning_rate": 0.003}),
)

PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="digits",
        epochs=12,
        batch_size=32,
        limits=Limits(wall_s=90, cpu_s=40, memory_mb=3_000),
        settings={"train": 1_000, "val": 500, "test": 3_500},
    ),
    "full": Profile(
        name="full",
        dataset="cifar10",
        epochs=30,
        batch_size=64,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=12_000),
        settings={"val": 5_000},
    ),
}

MEASURES = (
    Measure("train_accuracy", "accuracy on the training images", "higher"),
    Measure("val_accuracy", "accuracy on the validation images", "higher"),
    Measure("test_accuracy", "accuracy on the test images", "higher"),
    Measure("gap", "generalisation gap: training minus test accuracy", "lower"),
)

# Validation accuracy on CIFAR-10, three blocks of convolution and pooling.
PUBLISHED = (
    Published("none.val_accuracy", 0.78, "course report A"),
    Published("soft.val_accuracy", 0.82, "course report A"),
    Published("hard.val_accuracy", 0.73, "course report A"),
    Published("dropout.val_accuracy", 0.82, "course report A"),
    Published("batch_norm.val_accuracy", 0.80, "course report A"),
    Published("both.val_accuracy", 0.84, "course report A"),
    Published("zero_init.val_accuracy", 0.10, "course report A", note="exactly"),
    Published("none.val_accuracy", 0.75, "course report C"),
    Published("soft.val_accuracy", 0.80, "course report C", note="moderate augmentation"),
    Published("hard.val_accuracy", 0.75, "course report C", note="aggressive augmentation"),
    Published("dropout.val_accuracy", 0.80, "course report C", note="dropout of 0.3"),
    Published("batch_norm.val_accuracy", 0.75, "course report C"),
    Published("both.val_accuracy", 0.65, "course report C"),
    Published("zero_init.val_accuracy", 0.10, "course report C"),
)

LINEAR = "logistic regression on pixels"
ON_DIGITS = "scikit-learn's, C=1, fitted to the 1,000 training images of the quick profile"
ABOUT = "about; not measured with this harness"
REACHED = {  # by the linear answer, under each profile
    "quick": {"val_accuracy": (0.886, ON_DIGITS), "test_accuracy": (0.8746, ON_DIGITS)},
    "full": {"val_accuracy": (0.4, ABOUT), "test_accuracy": (0.4, ABOUT)},
}
CHANCE = tuple(
    Naive(f"{v.name}.{m.name}", "chance", profile, 0.1, "one class of ten, equally frequent")
    for profile in PROFILES
    for v in VARIANTS
    for m in MEASURES
    if m.name != "gap"  # no answer without learning has a gap to close
)
BY_REGRESSION = tuple(
    Naive(f"{v.name}.{measure}", LINEAR, profile, value, origin)
    for profile, reached in REACHED.items()
    for v in VARIANTS
    for measure, (value, origin) in reached.items()
    if v.name != "zero_init"  # this one is meant to stay at chance
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    del profile
    return TaskData(dataset, dataset.arrays, hidden=frozenset({"y_test"}))


def call(profile: Profile, variant: Variant) -> Call:
    shape, classes = ((28, 28, 1), 10) if profile.dataset == "digits" else ((32, 32, 3), 10)
    arguments = {"input_shape": shape, "num_classes": classes, **DEFAULTS, **variant.arguments}
    return Call(BUILDER.name, arguments, (ModelSpec("model", shape, (classes,), compiled=True),))


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    del variant
    sizes, classes = data.dataset.sizes, len(data.dataset.classes)
    hint = "The last layer must be a softmax; if it is and the numbers are not finite, the loss diverged."
    train = Step(
        name="train",
        run="harness.training.supervised:train",
        inputs=("x_train", "y_train", "x_val", "y_val"),
        outputs=(
            BytesOutput("weights", 200_000_000),
            ArrayOutput("curve", (profile.epochs, len(CURVE)), "float64", finite=False),
            ArrayOutput("facts", (2,), "float64"),
        ),
        limits=profile.limits,
        settings={"epochs": profile.epochs, "batch_size": profile.batch_size, "columns": CURVE},
    )
    predict = Step(
        name="predict",
        run="harness.training.supervised:predict",
        inputs=("weights", "x_train", "x_val", "x_test"),
        outputs=tuple(
            ArrayOutput(f"p_{split}", (sizes[split], classes), low=-1e-6, high=1 + 1e-6, hint=hint)
            for split in ("train", "val", "test")
        ),
        limits=profile.limits,
        hidden=True,
    )
    return train, predict


def score(run: VariantRun) -> Scored:
    outputs, truth = run.outputs, run.data.arrays
    if "p_test" not in outputs:
        return Scored({})
    by_split = {s: accuracy(outputs[f"p_{s}"], truth[f"y_{s}"]) for s in ("train", "val", "test")}
    measures = {f"{split}_accuracy": value for split, value in by_split.items()}
    measures["gap"] = gap(by_split["train"], by_split["test"])
    sums = outputs["p_test"].astype(np.float64).sum(axis=1)
    p, classes = outputs["p_test"], run.data.dataset.classes
    evidence = {
        **confused(truth["y_test"], p.argmax(axis=1), truth["x_test"], p.max(axis=1), len(classes)),
        "classes": np.array(classes),
        "row_sums": sums[:100],
    }
    return Scored(measures, evidence, classifier_signs(outputs["p_val"], truth["y_val"]))


TASK = Task(
    name="network_training",
    version=1,
    title="Training a network",
    summary="Build one convolutional network with switches for augmentation, dropout, batch normalisation, the initial"
    " weights and the learning rate. The harness trains it once per setting and compares what each switch does to"
    " accuracy and to the gap between training and test data.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    published=PUBLISHED,
    naive=(*CHANCE, *BY_REGRESSION),
)
