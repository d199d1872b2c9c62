"""Moving a backbone that was trained elsewhere to new classes with few images."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.data.pointed import ALWAYS_LEFT, WHY_LEFT, with_arrows
from harness.data.weights import Scaling
from harness.recipes.classifier import CLASSES, FINDINGS, INPUT, Classifier
from harness.recipes.known import naive, published
from harness.task import (
    Argument,
    Builder,
    Call,
    Dataset,
    Figure,
    FurtherData,
    GivenModel,
    Limits,
    Measure,
    Profile,
    Recorded,
    Scored,
    Sizes,
    Step,
    TaskData,
    Variant,
    VariantRun,
)
from harness.tasks.transfer_learning.became import OF_BACKBONE, PRETRAINED, became, comparing, shown, signs

SMALL: Final = {"filters": (16, 32, 64)}  # the backbone that ships; tools/train_digits_backbone.py made its weights
BACKBONE: Final = "backbone_file"

BUILDER = Builder(
    "build_model",
    "A classifier: the backbone that is given, and a head of the student's own on top of it.",
    (
        Argument(
            "backbone",
            "keras.Model",
            "a network without its top, from images (batch, *backbone.input_shape[1:]) to feature maps (batch, height,"
            " width, channels): with weights drawn anew for scratch, trained elsewhere for the others. Build it into"
            " the model as it is; in none of the modes is it frozen when it is given",
        ),
        Argument(
            "mode",
            '"scratch", "frozen" or "fine_tuned"',
            "scratch: all learns from random weights; frozen: only the head learns, and the backbone stays what it is"
            " to the last bit, moving averages included; fine_tuned: the backbone learns on from what it knows",
        ),
        INPUT,
        CLASSES,
        Argument(
            "mean", "tuple of float", "of each channel: the backbone wants (pixel - mean) / std of pixels in [0, 1]"
        ),
        Argument("std", "tuple of float", "of each channel; scaling is part of the model that you return"),
    ),
    "a compiled keras.Model from images (batch, *input_shape), pixels in [0, 1], to class probabilities (batch,"
    " num_classes); labels are integers, so the loss is sparse categorical cross-entropy; track the metric accuracy."
    " Where the backbone takes another height and width than input_shape, the model resizes",
    compiles=True,
)
VARIANTS = (
    Variant(
        "scratch", "the backbone starts from random weights", arguments={"mode": "scratch"}, shows=("overfitting",)
    ),
    Variant("frozen", "the pre-trained backbone stays what it is", arguments={"mode": "frozen"}),
    Variant("fine_tuned", "the pre-trained backbone learns on", arguments={"mode": "fine_tuned"}),
)


@dataclass(frozen=True)
class Moved:
    """The backbone: one of `keras.applications` for images of `side` pixels, or where none is named the small one.

    Of the data set only the classes from `first` on are taken. Where `arrows` are asked for, so many pairs of their
    images are made, and the class is that of the image which an arrow points at.
    """

    application: str = ""
    side: int = 0
    first: int = 0
    arrows: Sizes | None = None


def full(name: str, weights: str, application: str, side: int = 64) -> Profile:
    """Return a profile on Tiny ImageNet, with the backbone of this name in `keras.applications`."""
    most_s = 7_200 if side == 64 else 36_000
    return Profile(
        name,
        "tiny_imagenet",
        epochs=20,
        batch_size=64,
        limits=Limits(wall_s=most_s, cpu_s=most_s, memory_mb=40_000),
        further={"backbone": FurtherData(weights)},
        settings=Moved(application, side),
    )


PROFILES = (
    Profile(
        "quick",
        "digits",
        epochs=10,
        batch_size=20,
        limits=Limits(wall_s=300, cpu_s=150, memory_mb=3_000),
        sizes=Sizes(train=100, val=200, test=2_000),
        further={"backbone": FurtherData("digits_backbone")},
        settings=Moved(first=5, arrows=Sizes(train=480, val=100, test=1_000)),
    ),
    full("full", "vgg16", "VGG16"),
    full("full_224", "vgg16", "VGG16", 224),
    full("vgg19", "vgg19", "VGG19"),
    full("vgg19_224", "vgg19", "VGG19", 224),
    full("densenet121", "densenet121", "DenseNet121"),
    full("densenet121_224", "densenet121", "DenseNet121", 224),
    full("resnet50", "resnet50", "ResNet50"),
    full("resnet50_224", "resnet50", "ResNet50", 224),
)
REAL = tuple(profile.name for profile in PROFILES if profile.name != "quick")

A, B, C = (f"course report {letter}" for letter in "ABC")
HEAD_IN_B = "frozen: only the dense layers were trained"
PUBLISHED = (
    *published(A, "test_accuracy", scratch=0.538, frozen=0.470, fine_tuned=0.544),
    *published(B, "test_accuracy", HEAD_IN_B, scratch=0.0382, frozen=0.4095, fine_tuned=0.5842),
    *published(C, "test_accuracy", scratch=0.005, frozen=0.465, fine_tuned=0.527),
    *published(C, "train_accuracy", scratch=0.005, frozen=0.74, fine_tuned=0.870),
    *published(B, "test_accuracy", HEAD_IN_B, "full_224", frozen=0.4176),
    *published(B, "test_accuracy", HEAD_IN_B, "vgg19", scratch=0.0314, frozen=0.4163, fine_tuned=0.5430),
    *published(B, "test_accuracy", HEAD_IN_B, "vgg19_224", frozen=0.4249),
    *published(A, "test_accuracy", "the report does not say which mode", "densenet121", fine_tuned=0.554),
    *published(C, "test_accuracy", "", "resnet50", fine_tuned=0.546),
    *published(C, "train_accuracy", "", "resnet50", fine_tuned=0.972),
)
ALL = tuple(v.name for v in VARIANTS)
ACCURACIES = ("train_accuracy", "val_accuracy", "test_accuracy")
NAIVE = (
    *naive("chance", ("quick",), ALL, dict.fromkeys(ACCURACIES, 0.2), "one class of five, equally frequent"),
    *naive("the digit on the left", ("quick",), PRETRAINED, dict.fromkeys(ACCURACIES, ALWAYS_LEFT), WHY_LEFT),
    *naive("chance", REAL, ALL, dict.fromkeys(ACCURACIES, 0.005), "one class of 200, equally frequent"),
)


class Transfer(Classifier):
    """A classifier whose builder is given a backbone, and a look at what became of it."""

    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures(), *OF_BACKBONE)

    def findings(self) -> tuple[str, ...]:
        return ("backbone_ignored", "backbone_thawed", "backbone_wiped_out", "backbone_stands_still", *FINDINGS)

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        moved: Moved = profile.settings
        chosen = with_classes(dataset, moved.first)
        data = super().prepare(with_arrows(chosen, moved.arrows) if moved.arrows else chosen, profile)
        return replace(data, arrays={**data.arrays, BACKBONE: dataset.further["backbone"].arrays["file"]})

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        call = super().call(profile, variant, data)
        scaling = Scaling.of(data.dataset.further["backbone"])
        arguments = {**call.arguments, "mean": scaling.mean, "std": scaling.std}
        shape = tuple(call.arguments["input_shape"])
        return replace(call, arguments=arguments, models={"backbone": backbone(profile, variant, shape, scaling)})

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        return (*super().steps(profile, variant, data), comparing(profile))

    def score(self, run: VariantRun) -> Scored:
        scored = super().score(run)
        measures, told = {**scored.measures, **became(run)}, {**scored.signs, **signs(run)}
        return replace(scored, measures=measures, signs=told)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return (*super().figures(runs), *shown(runs))


def with_classes(dataset: Dataset, first: int) -> Dataset:
    """Return the examples of the classes from `first` on, numbered from 0."""
    arrays = dict(dataset.arrays)
    for part in ("train", "val", "test"):
        rows = arrays[f"y_{part}"] >= first
        arrays[f"x_{part}"], arrays[f"y_{part}"] = arrays[f"x_{part}"][rows], arrays[f"y_{part}"][rows] - first
    return replace(dataset, arrays=arrays, classes=dataset.classes[first:])


def backbone(profile: Profile, variant: Variant, shape: tuple[int, ...], scaling: Scaling) -> GivenModel:
    """Return the backbone of a variant, for images of `shape` (height, width, channels) or of the side it has."""
    moved: Moved = profile.settings
    pretrained = variant.arguments["mode"] != "scratch"
    usual = {"pretrained": pretrained, "shape": (moved.side, moved.side, shape[-1]) if moved.side else shape}
    inputs = (BACKBONE,) if pretrained else ()
    if not moved.application:
        return GivenModel("harness.training.backbones:convolutions", inputs, {**SMALL, **usual})
    settings = {**usual, "application": moved.application, "reverse": scaling.reverse}
    return GivenModel("harness.training.backbones:application", inputs, settings)


TASK = Transfer(
    "transfer_learning",
    "Transfer learning",
    "Put a head on a backbone that was trained on other classes, and train both in three ways: from random weights,"
    " with the backbone frozen, and with all of it learning on. There are few images, so what it knows decides. The"
    " harness compares the backbone's numbers before and after: frozen means to the last bit. On quick an image shows"
    " two digits, and an arrow between them points at the one that is asked for.",
    version=2,
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=PROFILES,
    published=PUBLISHED,
    naive=NAIVE,
).task()
