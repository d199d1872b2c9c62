"""Training a small convolutional network, one switch at a time."""

from harness.recipes.classifier import Classifier, classifier_builder
from harness.recipes.known import naive, published
from harness.task import Argument, Limits, Profile, Sizes, Variant

BUILDER = classifier_builder(
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
    text="A convolutional classifier with a switch for everything this task compares.",
)
VARIANTS = (
    Variant("none", "the plain network"),
    Variant("soft", "soft augmentation", arguments={"augmentation": "soft"}),
    Variant("hard", "hard augmentation", arguments={"augmentation": "hard"}),
    Variant("dropout", "dropout of 0.3", arguments={"dropout": 0.3}),
    Variant("batch_norm", "batch normalisation", arguments={"batch_norm": True}),
    Variant("both", "batch normalisation and dropout", arguments={"batch_norm": True, "dropout": 0.3}),
    Variant("zero_init", "every kernel starts at zero", arguments={"initializer": "zeros"}, learns=False),
    Variant("rate_low", "learning rate 0.0003", arguments={"learning_rate": 0.0003}),
    Variant("rate_high", "learning rate 0.003", arguments={"learning_rate": 0.003}),
)
PROFILES = (
    Profile(
        "quick",
        "digits",
        epochs=12,
        batch_size=32,
        limits=Limits(wall_s=300, cpu_s=150, memory_mb=3_000),
        sizes=Sizes(train=2_000, val=500, test=2_000),
    ),
    Profile(
        "full",
        "cifar10",
        epochs=30,
        batch_size=64,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=12_000),
        sizes=Sizes(val=5_000),
    ),
)

# Validation accuracy on CIFAR-10, three blocks of convolution and pooling.
PUBLISHED = (
    *published(
        "course report A", "val_accuracy", none=0.78, soft=0.82, hard=0.73, dropout=0.82, batch_norm=0.80, both=0.84
    ),
    *published("course report A", "val_accuracy", "exactly", zero_init=0.10),
    *published("course report C", "val_accuracy", none=0.75, batch_norm=0.75, both=0.65, zero_init=0.10),
    *published("course report C", "val_accuracy", "moderate augmentation", soft=0.80),
    *published("course report C", "val_accuracy", "aggressive augmentation", hard=0.75),
    *published("course report C", "val_accuracy", "dropout of 0.3", dropout=0.80),
)

ALL = tuple(v.name for v in VARIANTS)
ACCURACIES = ("train_accuracy", "val_accuracy", "test_accuracy")
LEARNING = tuple(v.name for v in VARIANTS if v.learns)
ABOUT = "about; not measured with this harness"
NAIVE = (
    *naive("chance", ("quick", "full"), ALL, dict.fromkeys(ACCURACIES, 0.1), "one class of ten, equally frequent"),
    *naive("a linear classifier", ("full",), LEARNING, {"val_accuracy": 0.4, "test_accuracy": 0.4}, ABOUT),
)

TASK = Classifier(
    "network_training",
    "Training a network",
    "Build one convolutional network with switches for augmentation, dropout, batch normalisation, the initial"
    " weights and the learning rate. The harness trains it once per setting and compares what each switch does to"
    " accuracy and to the gap between training and test data.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=PROFILES,
    defaults={
        "augmentation": "none",
        "dropout": 0.0,
        "batch_norm": False,
        "initializer": "glorot_uniform",
        "learning_rate": 0.001,
    },
    published=PUBLISHED,
    naive=NAIVE,
).task()
