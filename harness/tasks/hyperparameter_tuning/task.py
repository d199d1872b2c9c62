"""A search for settings: candidates ranked by validation, and the test set opened for the winner alone."""

from dataclasses import dataclass

from harness.recipes.families import Family, Run, Settings
from harness.recipes.known import naive, published
from harness.recipes.search import Search, Searched
from harness.records.models import Finding, Measurement
from harness.task import FindingRule, FurtherData, Limits, Profile, Setting, Sizes

INITIALIZERS = (
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "random_uniform",
    "random_normal",
    "zeros",
)
ACTIVATIONS = ("relu", "elu", "tanh", "sigmoid", "linear")
OPTIMIZERS = ("sgd", "rmsprop", "adam", "adadelta")
REGULARIZERS = ("none", "dropout", "l1", "l2")
BATCH = "batch_size"
BARELY = 2.0  # times chance
OWN = {"momentum": ("sgd", "rmsprop"), "epsilon": ("rmsprop", "adam", "adadelta"), "nesterov": ("sgd",)}


def settings(optimizer: str) -> tuple[Setting, ...]:
    """Return the settings of one family. What a candidate leaves out is the baseline's, with this optimiser."""
    return (
        Setting("initializer", "the initial kernels", "str", "glorot_uniform", choices=INITIALIZERS),
        Setting("activation", "of all layers but the last", "str", "relu", choices=ACTIVATIONS),
        Setting("optimizer", "what lowers the loss", "str", optimizer, choices=OPTIMIZERS),
        Setting("learning_rate", "step size of the optimiser", "float", 0.001, low=1e-6, high=10),
        Setting("momentum", "of SGD and RMSprop", "float", 0.0, low=0, high=0.999),
        Setting("epsilon", "what all optimisers but SGD add to a denominator", "float", 1e-7, low=1e-10, high=1),
        Setting("nesterov", "whether SGD looks ahead along its momentum", "bool", False),
        Setting(BATCH, "examples a batch; the harness makes the batches", "int", 128, low=8, high=2_048),
        Setting("regularizer", "what holds the weights down", "str", "dropout", choices=REGULARIZERS),
    )


def acting(chosen: Settings) -> Settings:
    """Return those settings that do something beside the others, momentum m as 1 - m, the share of a new step.

    Momentum, epsilon and Nesterov belong to some optimisers, Nesterov to a momentum; kernels of zeros pass nothing on
    that an activation or a regulariser could change.
    """
    momentum = float(chosen["momentum"] or 0)
    idle = {name for name, optimizers in OWN.items() if chosen["optimizer"] not in optimizers}
    idle |= set() if momentum else {"nesterov"}
    idle |= {"activation", "regularizer"} if chosen["initializer"] == "zeros" else set()
    return {name: 1 - momentum if name == "momentum" else v for name, v in chosen.items() if name not in idle}


MLP = Family("mlp", "dense network", settings("rmsprop"))
CNN = Family("cnn", "convolutional network", settings("adadelta"), learns=False)  # its default rate hardly moves it
ZEROS = Run(
    "mlp_zeros",
    "dense network whose kernels start at zero",
    MLP.builder.name,
    {**MLP.usual, "initializer": "zeros"},
    learns=False,
)
VARIANTS = (*MLP.runs(), ZEROS, *CNN.runs())

USUAL = f"{CNN.name}_baseline"


def hardly_moved(m: Measurement) -> Finding | None:
    """The usual settings of the convolutional network leave it at chance in a short training, as they are meant to."""
    reached, classes = m.measures.get("test_accuracy"), m.provenance.data_classes
    if m.variant != USUAL or reached is None or not classes or not reached.value < BARELY / classes:
        return None
    return Finding(
        variant=m.variant,
        title="The usual settings hardly move the network, as expected",
        evidence=f"Test accuracy is {reached.value:.3f}; guessing one of {classes} classes gives {1 / classes:.2f}.",
        next_step="Adadelta at its default rate of 0.001 takes steps so small that a short training ends where it"
        " began. That is what the search is there to mend: its rate, or another optimiser.",
        quotes=[f"{m.variant}.test_accuracy"],
        expected=True,
    )


@dataclass(frozen=True)
class OfSettings(Search):
    """A search whose usual settings are known to lead nowhere in one family."""

    def findings(self) -> tuple[str | FindingRule, ...]:
        return (hardly_moved, *super().findings())


E = "course report E"
CHOSEN = "accuracy there is on the test images, by which settings were chosen, too"
PUBLISHED = (
    *published(E, "test_accuracy", mlp_baseline=0.9821, cnn_baseline=0.8464),
    *published(E, "test_accuracy", CHOSEN, mlp_winner=0.9845, cnn_winner=0.9915),
    *published(E, "test_accuracy", "CIFAR-10", mlp_baseline_transfer=0.4697, cnn_baseline_transfer=0.57),
    *published(E, "test_accuracy", "CIFAR-10", mlp_transfer=0.49, cnn_transfer=0.65),
    *published(E, "val_accuracy", CHOSEN, mlp_2=0.9843, mlp_3=0.9795),
    *published(E, "val_accuracy", CHOSEN, cnn_1=0.8987, cnn_2=0.8779, cnn_4=0.8767, cnn_5=0.9912),
)
FIRST, SECOND = ([v.name for v in VARIANTS if v.opened and bool(v.on) == second] for second in (False, True))
ONE_OF = "one class of {}, equally frequent"
CHANCE = (
    *naive("chance", ("quick", "full"), FIRST, {"test_accuracy": 0.1}, ONE_OF.format("ten")),
    *naive("chance", ("quick",), SECOND, {"test_accuracy": 0.5}, ONE_OF.format("two")),
    *naive("chance", ("full",), SECOND, {"test_accuracy": 0.1}, ONE_OF.format("ten")),
)

TASK = OfSettings(
    "hyperparameter_tuning",
    "A search for settings",
    "Build a dense and a convolutional network whose settings are arguments, and name up to eight candidates for each:"
    " dictionaries of what you change of the usual settings. The harness trains every candidate, ranks them by"
    " validation accuracy, opens the test images for the winner alone, and then trains the winner's settings on a"
    " second data set. Choosing by test accuracy is the mistake that this task is about.",
    version=2,
    builders=(MLP.builder, CNN.builder),
    variants=VARIANTS,
    families=(MLP, CNN),
    acting=acting,
    batch_argument=BATCH,
    profiles=(
        Profile(
            "quick",
            "digits",
            epochs=3,  # so few that optimiser, rate and batch decide: after 8 the usual settings are as good as any
            batch_size=128,
            limits=Limits(wall_s=180, cpu_s=90, memory_mb=3_000),
            sizes=Sizes(train=2_000, val=500, test=2_000),
            further={"second": FurtherData("patches", Sizes(train=400, val=200, test=1_000))},
            settings=Searched(halved=True, best={"mlp_winner": 0.92, "cnn_winner": 0.948}),
        ),
        Profile(
            "full",
            "mnist",
            epochs=12,
            batch_size=128,
            limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=12_000),
            sizes=Sizes(val=5_000),
            further={"second": FurtherData("cifar10", Sizes(val=5_000))},
            settings=Searched(halved=False, best={"mlp_winner": 0.984, "cnn_winner": 0.9915}),
        ),
    ),
    published=PUBLISHED,
    naive=CHANCE,
).task()
