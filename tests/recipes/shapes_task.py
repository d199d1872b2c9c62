"""Task shapes: a course's own autoencoder of small coloured shapes."""

from harness.recipes.autoencoder import Autoencoder, Bottleneck, Training, autoencoder_builder
from harness.task import Argument, Limits, Profile, Sizes

LIMITS = Limits(wall_s=60, cpu_s=30, memory_mb=2_000)

TASK = Autoencoder(
    "shapes",
    "Small shapes",
    "Squeeze a picture of a shape into a code of two or four numbers and rebuild it, once with a narrow network and"
    " once with a wide one. PCA with as many components is the linear answer to beat.",
    builders=(autoencoder_builder(Argument("units", "int", "units of the hidden layer")),),
    variants=(
        Bottleneck("narrow", "eight units, code of 2", arguments={"units": 8}, size=2),
        Bottleneck("wide", "64 units, code of 2", arguments={"units": 64}, size=2),
        Bottleneck("longer", "64 units, code of 4", arguments={"units": 64}, size=4),
    ),
    profiles=(
        Profile("quick", "shapes", 5, 16, LIMITS, sizes=Sizes(train=40, test=20), settings=Training(0.01, rebuilt=30)),
        Profile("full", "shapes", 20, 16, LIMITS),
    ),
).task()
