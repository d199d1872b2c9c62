"""Digits made by variational autoencoders and by adversarial networks, with their Inception Score."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.classifier import digits_classifier
from harness.scoring.divergence import kl_error
from harness.scoring.generated import agreement, class_balance, diversity, novelty, sound_score
from harness.scoring.inception import classify, inception_score
from harness.scoring.reconstruction import mae, mse
from harness.scoring.signs import sample_signs
from harness.tasks.base import (
    Argument,
    ArrayOutput,
    Builder,
    BytesOutput,
    Call,
    Figure,
    Limits,
    Measure,
    ModelSpec,
    Naive,
    Profile,
    Published,
    Recorded,
    Score,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
)

SHAPE = (28, 28, 1)
CLASSES = 10
CODE: Final = "float16"  # two bytes a number: enough for what a code means, too little to hide a picture in
VAE_CURVE = ("loss", "mse", "kl")
GAN_CURVE = ("loss", "generator_loss", "discriminator_loss")
WEIGHTS = 200_000_000
PLOTTED = 600  # codes in the plane
PER_CLASS = 10  # samples of a class in a picture
KL_POINTS = (200, 20)  # means and log variances for which the divergence is asked
IMAGES: Final[Mapping[str, Any]] = {
    "low": -1e-6,
    "high": 1 + 1e-6,
    "hint": "Pixels lie between 0 and 1: end the network that draws them with a sigmoid.",
}

INPUT = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
BUILD_VAE = Builder(
    "build_vae",
    "The two halves of a variational autoencoder.",
    (
        INPUT,
        Argument("latent_size", "int", "how many numbers the code of an image has"),
        Argument("hidden_layers", "int", "how many layers lie between the image and the code, at least 1"),
    ),
    "a pair (encoder, decoder) of Keras models, not compiled: the encoder maps images (batch, *input_shape) to two"
    " outputs, the mean and the natural logarithm of the variance of the code, both (batch, latent_size); the decoder"
    " maps codes to images with pixels in [0, 1]",
)
BUILD_GAN = Builder(
    "build_gan",
    "The two players of an adversarial network, conditional where there are classes.",
    (
        INPUT,
        Argument("noise_size", "int", "how many standard normal numbers an image is made from"),
        Argument("num_classes", "int", "how many classes a label, one-hot, tells apart; 0 for no labels"),
    ),
    "a pair (generator, discriminator) of Keras models, not compiled: the generator takes [noise (batch, noise_size),"
    " labels (batch, num_classes)] and returns images (batch, *input_shape) with pixels in [0, 1]; the discriminator"
    " takes [images, labels] and returns logits (batch, 1), large for real images of that label; where num_classes is 0"
    " they take noise alone and images alone",
)
KL = Builder(
    "kl_divergence",
    "How far the code of an image is from standard normal: the term that the loss of the VAE adds.",
    (
        Argument("z_mean", "tensor (batch, latent_size)", "means of the code"),
        Argument("z_log_var", "tensor (batch, latent_size)", "natural logarithms of its variances"),
    ),
    "KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example: a tensor (batch,), made with keras.ops",
)


def vae(name: str, text: str, latent: int, layers: int, kl: bool = True) -> Variant:
    suffix = "" if kl else ", without the KL term"
    return Variant(name, f"{text}{suffix}", BUILD_VAE.name, {"latent_size": latent, "hidden_layers": layers})


VARIANTS = (
    Variant("real", "test images themselves", given=True),
    vae("vae_20", "VAE, code of 20", 20, 2),
    vae("vae_20_no_kl", "VAE, code of 20", 20, 2, kl=False),
    vae("vae_20_deep", "VAE, code of 20, one more layer", 20, 3),
    vae("vae_2", "VAE, code of 2", 2, 2),
    vae("vae_2_deep", "VAE, code of 2, one more layer", 2, 3),
    Variant("cgan_10", "conditional GAN, noise of 10", BUILD_GAN.name, {"noise_size": 10, "num_classes": CLASSES}),
    Variant("gan_10", "GAN without labels, noise of 10", BUILD_GAN.name, {"noise_size": 10, "num_classes": 0}),
    Variant("gan_1", "GAN without labels, noise of 1", BUILD_GAN.name, {"noise_size": 1, "num_classes": 0}),
)
VAES = tuple(v.name for v in VARIANTS if v.builder == BUILD_VAE.name)
GANS = tuple(v.name for v in VARIANTS if v.builder == BUILD_GAN.name)
CONDITIONAL = tuple(v.name for v in VARIANTS if v.arguments.get("num_classes"))
CHECKED = "vae_20"  # where the student's divergence is compared with the closed form
NARROW = ("vae_20_no_kl", "vae_2", "vae_2_deep", "gan_1")  # samples come out alike here: no sign of a mistake

RATES = {"vae_learning_rate": 0.003, "gan_learning_rate": 0.002}
PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="digits",
        epochs=20,
        batch_size=64,
        limits=Limits(wall_s=200, cpu_s=100, memory_mb=3_000),
        settings={"train": 3_500, "val": 0, "test": 1_500, "made": 2_000, "kl_weight": 0.5, **RATES},
    ),
    "full": Profile(
        name="full",
        dataset="mnist",
        epochs=30,
        batch_size=128,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        settings={"val": 0, "made": 10_000, "kl_weight": 0.75, **RATES},
    ),
}

MEASURES = (
    Measure("inception_score", "Inception Score of the samples under a frozen classifier", "higher"),
    Measure("sound_score", "Inception Score as far as samples are neither alike nor training images", "higher"),
    Measure("class_balance", "how evenly the samples fall on the ten classes", "higher"),
    Measure("diversity", "distance between samples of a class, over that of real digits", "higher"),
    Measure("novelty", "distance of samples to the nearest training image, over that of unseen digits", "higher"),
    Measure("test_mse", "mean squared error per pixel on test images", "lower", variants=VAES),
    Measure("test_mae", "mean absolute error per pixel on test images", "lower", variants=VAES),
    Measure("kl_error", "distance of kl_divergence from the closed form, relative", "lower", variants=(CHECKED,)),
    Measure("label_agreement", "share of samples that show the digit asked for", "higher", variants=CONDITIONAL),
)

# Their classifiers were others, and the classifier sets the scale of an Inception Score.
OTHER = "under another classifier"
PUBLISHED = (
    Published("vae_20.test_mse", 0.0120, "course report A", note="size of the code not stated"),
    Published("vae_20.inception_score", 7.29, "course report A", note=OTHER),
    Published("vae_20_no_kl.test_mse", 0.0110, "course report A", note="size of the code not stated"),
    Published("vae_20_no_kl.inception_score", 5.95, "course report A", note=OTHER),
    Published("cgan_10.inception_score", 8.13, "course report A", note=OTHER),
    Published("vae_20.test_mse", 0.0122, "course report C", note="size of the code not stated"),
    Published("vae_20.inception_score", 7.20, "course report C", note=OTHER),
    Published("vae_20_no_kl.test_mse", 0.0106, "course report C", note="size of the code not stated"),
    Published("vae_20_no_kl.inception_score", 5.91, "course report C", note=OTHER),
    Published("cgan_10.inception_score", 8.22, "course report C", note=OTHER),
    Published("vae_2.inception_score", 4.42, "course report B", note=OTHER),
    Published("vae_2.test_mae", 0.101, "course report B"),
    Published("vae_20.inception_score", 5.88, "course report B", note=OTHER),
    Published("vae_20.test_mae", 0.041, "course report B"),
    Published("vae_2_deep.inception_score", 6.23, "course report B", note=OTHER),
    Published("vae_2_deep.test_mae", 0.091, "course report B"),
    Published("vae_20_deep.inception_score", 6.84, "course report B", note=OTHER),
    Published("vae_20_deep.test_mae", 0.043, "course report B"),
    Published("gan_1.inception_score", 2.43, "course report B", note=OTHER),
    Published("gan_10.inception_score", 8.33, "course report B", note=OTHER),
)
MEAN_IMAGE = {"quick": 0.0676, "full": 0.0675}
NAIVE = tuple(
    Naive(f"{v}.{measure}", answer, profile, value, origin)
    for profile in PROFILES
    for v in (*VAES, *GANS)
    for measure, answer, value, origin in (
        ("inception_score", "one picture", 1.0, "by definition"),
        ("sound_score", "ten digits learnt by heart", 1.0, "by definition"),
        ("test_mse", "the mean training image", MEAN_IMAGE[profile], "the profile's own data"),
        ("label_agreement", "any digit", 1 / CLASSES, "ten classes, asked for equally often"),
    )
    if (measure != "test_mse" or v in VAES) and (measure != "label_agreement" or v in CONDITIONAL)
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Add what images are made from: `noise_…` of every size, the classes `asked` one-hot, and points for the KL term.

    `c_train` are the training labels one-hot, which a conditional network is given.
    """
    rng, one_hot = np.random.default_rng(20), np.eye(CLASSES, dtype=np.float32)
    arrays = dict(dataset.arrays)
    made = profile.settings["made"]
    for size in sorted({noise_size(v) for v in VARIANTS if not v.given}):
        arrays[f"noise_{size}"] = rng.standard_normal((made, size), dtype=np.float32)
    arrays["asked"] = one_hot[np.arange(made) % CLASSES]
    arrays["c_train"] = one_hot[arrays["y_train"]]
    arrays["z_mean"] = rng.normal(0, 1.5, KL_POINTS).astype(np.float32)
    arrays["z_log_var"] = rng.uniform(-4, 2, KL_POINTS).astype(np.float32)
    return TaskData(dataset, arrays, hidden=frozenset({"y_train", "y_val", "y_test"}))


def noise_size(variant: Variant) -> int:
    """Return how many numbers an image is made from."""
    return int(variant.arguments["latent_size" if variant.name in VAES else "noise_size"])


def call(profile: Profile, variant: Variant) -> Call:
    del profile
    size, arguments = (noise_size(variant),), {"input_shape": SHAPE, **variant.arguments}
    if variant.name in VAES:
        halves = ModelSpec("encoder", SHAPE, (size, size)), ModelSpec("decoder", size, SHAPE)
        return Call(variant.builder, arguments, halves, functions=(KL,))
    takes = [(first, (CLASSES,)) if variant.name in CONDITIONAL else first for first in (size, SHAPE)]
    return Call(
        variant.builder,
        arguments,
        (ModelSpec("generator", takes[0], SHAPE), ModelSpec("discriminator", takes[1], (1,))),
    )


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    return (vae_steps if variant.name in VAES else gan_steps)(profile, variant, data)


def vae_steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    module, limits, size = "harness.training.variational", profile.limits, noise_size(variant)
    tests, made = len(data.arrays["x_test"]), len(data.arrays["asked"])
    settings = {
        "epochs": profile.epochs,
        "batch_size": profile.batch_size,
        "columns": VAE_CURVE,
        "learning_rate": profile.settings["vae_learning_rate"],
        "kl_weight": 0.0 if variant.name.endswith("no_kl") else profile.settings["kl_weight"],
    }
    diverge = Step(
        name="divergence",
        run=f"{module}:diverge",
        inputs=("z_mean", "z_log_var"),
        outputs=(ArrayOutput("kl", KL_POINTS[:1]),),
        limits=limits,
    )
    weights = tuple(BytesOutput(f"{half}_weights", WEIGHTS) for half in ("encoder", "decoder"))
    train = Step("train", f"{module}:train", ("x_train",), (*weights, *trained(profile, VAE_CURVE)), limits, settings)
    code = ArrayOutput("code_test", (tests, size), CODE, low=-6e4, high=6e4, hint="Keep the means small.")
    encode = Step(
        "encode", f"{module}:encode", ("encoder_weights", "x_test"), (code,), limits, settings={}, hidden=True
    )
    decode, generate = (
        Step(
            name=name,
            run=f"{module}:decode",
            inputs=("decoder_weights", codes),
            outputs=(ArrayOutput(images, (count, *SHAPE), **IMAGES),),
            limits=limits,
            settings={"codes": codes, "images": images},
            hidden=True,
        )
        for name, codes, images, count in (
            ("decode", "code_test", "rebuilt_test", tests),
            ("generate", f"noise_{size}", "made", made),
        )
    )
    return (*((diverge,) if variant.name == CHECKED else ()), train, encode, decode, generate)


def gan_steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    module, limits, size = "harness.training.adversarial", profile.limits, noise_size(variant)
    settings = {
        "epochs": profile.epochs,
        "batch_size": profile.batch_size,
        "columns": GAN_CURVE,
        "learning_rate": profile.settings["gan_learning_rate"],
        "noise_size": size,
        "labels": variant.name in CONDITIONAL,
    }
    weights = BytesOutput("generator_weights", WEIGHTS)
    train = Step(
        "train", f"{module}:train", ("x_train", "c_train"), (weights, *trained(profile, GAN_CURVE)), limits, settings
    )
    generate = Step(
        name="generate",
        run=f"{module}:generate",
        inputs=("generator_weights", f"noise_{size}", "asked"),
        outputs=(ArrayOutput("made", (len(data.arrays["asked"]), *SHAPE), **IMAGES),),
        limits=limits,
        settings={"noise": f"noise_{size}", "labels": variant.name in CONDITIONAL},
        hidden=True,
    )
    return train, generate


def trained(profile: Profile, columns: tuple[str, ...]) -> tuple[ArrayOutput, ...]:
    """Return what every training tells beside its weights."""
    curve = ArrayOutput("curve", (profile.epochs, len(columns)), "float64", finite=False)
    return curve, ArrayOutput("facts", (2,), "float64")


def score(run: VariantRun) -> Scored:
    truth, outputs, variant = run.data.arrays, run.outputs, run.variant
    measures: dict[str, Score] = {}
    evidence: dict[str, NDArray[Any]] = {}
    signs: dict[str, float] = {}
    if "kl" in outputs:
        measures["kl_error"] = kl_error(outputs["kl"], truth["z_mean"], truth["z_log_var"])
    if "rebuilt_test" in outputs:
        measures["test_mse"] = mse(outputs["rebuilt_test"], truth["x_test"])
        measures["test_mae"] = mae(outputs["rebuilt_test"], truth["x_test"])
        evidence |= rebuilt(outputs, truth)
    if variant.given or "made" in outputs:
        images = truth["x_test"] if variant.given else outputs["made"]
        samples, labels = of_samples(images, truth)
        measures |= samples
        evidence["samples"] = by_class(images, labels)
        if variant.name in CONDITIONAL:
            asked = truth["asked"].argmax(axis=1)
            measures["label_agreement"] = agreement(labels, asked)
            evidence["samples"] = by_class(images, asked)
        if not variant.given and variant.name not in NARROW:
            signs = sample_signs(images, truth["x_train"])
    return Scored(measures, evidence, signs)


def of_samples(images: NDArray[Any], truth: Mapping[str, NDArray[Any]]) -> tuple[dict[str, Score], NDArray[Any]]:
    """Return what is measured of samples alone, and the classes that the classifier sees in them."""
    classifier = digits_classifier()
    logits = classify(classifier.weights, images)
    labels = logits.argmax(axis=1)
    real = truth["x_test"]
    real_labels = classify(classifier.weights, real).argmax(axis=1)
    measures = {
        "inception_score": inception_score(logits, classifier.name),
        "class_balance": class_balance(labels, CLASSES),
        "diversity": diversity(images, labels, real, real_labels, CLASSES),
        "novelty": novelty(images, real, truth["x_train"]),
    }
    names = ("inception_score", "diversity", "novelty")
    return {**measures, "sound_score": sound_score(*(measures[n] for n in names))}, labels


def rebuilt(outputs: Mapping[str, NDArray[Any]], truth: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return one test digit of each class with what became of it, and where codes of test digits lie."""
    shown = [int(np.argmax(truth["y_test"] == label)) for label in range(CLASSES)]
    return {
        "images": truth["x_test"][shown],
        "rebuilt": outputs["rebuilt_test"][shown],
        "plane": outputs["code_test"][:PLOTTED, :2].astype(np.float32),
        "labels": truth["y_test"][:PLOTTED],
    }


def by_class(images: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.float16]:
    """Return the first ten images of each class, (10, 10, 28, 28, 1); black where there are no more."""
    grid = np.zeros((CLASSES, PER_CLASS, *SHAPE), np.float16)
    for label in range(CLASSES):
        found = images[labels == label][:PER_CLASS]
        grid[label, : len(found)] = np.clip(found, 0, 1)
    return grid


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = []
    for kind, names in (("VAEs", VAES), ("GANs", GANS)):  # their losses have other parts
        if panels := {name: r.curve for name, r in runs.items() if r.curve and name in names}:
            text = "Loss and its parts per epoch of training, for every variant."
            found.append(Figure("curves", f"Learning curves of the {kind}", text, {"panels": panels}))
    samples = {name: r.evidence["samples"] for name, r in runs.items() if "samples" in r.evidence}
    if samples:
        text = "One sample of each class: the class asked for of cgan_10, what the classifier sees for the others."
        found.append(Figure("images", "Samples", text, {"rows": {name: s[:, 0] for name, s in samples.items()}}))
    for name in ("cgan_10", "vae_20_deep"):
        if name in samples:
            text = f"Ten samples of each class from {name}."
            rows = {str(label): row for label, row in enumerate(samples[name])}
            found.append(Figure("images", f"Samples of {name} by class", text, {"rows": rows}))
    if redrawn := {name: r.evidence["rebuilt"] for name, r in runs.items() if "rebuilt" in r.evidence}:
        original = next(r.evidence["images"] for r in runs.values() if "images" in r.evidence)
        text = "One test digit of each class, and how each variant rebuilds it from the mean of its code."
        found.append(Figure("images", "Rebuilt digits", text, {"rows": {"original": original, **redrawn}}))
    for name in ("vae_2", "vae_2_deep"):
        if name in runs and "plane" in runs[name].evidence:
            data = {
                "points": runs[name].evidence["plane"],
                "labels": runs[name].evidence["labels"],
                "classes": [str(label) for label in range(CLASSES)],
            }
            text = f"Means of the codes of test digits under {name}, coloured by class."
            found.append(Figure("scatter", f"Latent plane of {name}", text, data))
            break
    return tuple(found)


TASK = Task(
    name="image_generation",
    version=1,
    title="Image generation",
    summary="Make new digits, with a variational autoencoder and with adversarial networks. You give the"
    " networks and the divergence that keeps a code near standard normal; losses, alternation and schedule are the"
    " harness's. Samples are judged by a frozen classifier, and by how varied and how new they are.",
    builders=(BUILD_VAE, BUILD_GAN, KL),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    published=PUBLISHED,
    naive=NAIVE,
)
