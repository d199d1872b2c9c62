"""Colour for grey photographs: a U-Net on the absolute error, and against a discriminator as well."""

from harness.recipes.colouring import DISCRIMINATOR, GENERATOR, Colouring, Colours, Training
from harness.recipes.known import published
from harness.task import Limits, Profile, Sizes

VARIANTS = (
    Colouring("mae", "U-Net trained on the mean absolute error", GENERATOR.name),
    Colouring("cgan", "the same against a discriminator, absolute error beside it", DISCRIMINATOR.name, against=True),
)
PROFILES = (
    Profile(
        "quick",
        "photographs",
        epochs=15,
        batch_size=32,
        limits=Limits(wall_s=480, cpu_s=240, memory_mb=3_000),
        sizes=Sizes(train=1_400, val=0, test=323),
        settings=Training(pooled=2),
    ),
    Profile(
        "full",
        "cifar10",
        epochs=30,
        batch_size=128,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=16_000),
        sizes=Sizes(val=0),
        settings=Training(mae_rate=0.003, gan_rate=0.001),
    ),
)
A, B, C = (f"course report {letter}" for letter in "ABC")
PUBLISHED = (
    *published(A, "test_mae", mae=0.0449, cgan=0.0458),
    *published(B, "test_mae", mae=0.045, cgan=0.046),
    *published(C, "test_mae", mae=0.0449, cgan=0.0458),
)

TASK = Colours(
    "colorization",
    "Colorization",
    "Colour grey pictures. You give a U-Net and a discriminator; the harness makes the grey pictures, trains the U-Net"
    " on the mean absolute error and, anew, as the generator of a conditional GAN. The absolute error is least for dull"
    " colours wherever several are likely; the discriminator asks for vivid ones. Measured are error and vividness, and"
    " whether hue is right and luminance is kept.",
    builders=(GENERATOR, DISCRIMINATOR),
    variants=VARIANTS,
    profiles=PROFILES,
    published=PUBLISHED,
).task()
