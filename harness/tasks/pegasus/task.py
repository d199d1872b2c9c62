"""A horse with wings: two classes blended in the code of an autoencoder and of a variational autoencoder."""

from harness.recipes.blend_steps import Blending
from harness.recipes.blending import Blended
from harness.recipes.known import published
from harness.task import Limits, Profile, Sizes

QUICK = Profile(
    "quick",
    "digits",
    epochs=30,
    batch_size=64,
    limits=Limits(wall_s=300, cpu_s=150, memory_mb=3_000),
    sizes=Sizes(train=3_500, val=0, test=1_500),
    settings=Blending("3", "8", code_size=8, kl_weight=0.5),
)
FULL = Profile(
    "full",
    "cifar10",
    epochs=40,
    batch_size=64,
    limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
    sizes=Sizes(val=0),
    settings=Blending("horse", "airplane", code_size=32, kl_weight=0.1, classifier="patches"),
)
# Report D shows pictures of its blends and gives no figures: these are of other reports' VAEs, made to generate digits.
DIGITS = "all ten digits of MNIST, in 60,000 images; size of the code not stated"
PUBLISHED = (
    *published("VAEs of course report A", "test_mse", DIGITS, "quick", vae=0.0120),
    *published("VAEs of course report C", "test_mse", DIGITS, "quick", vae=0.0122),
)

TASK = Blended(
    "pegasus",
    "Pegasus: blends in the code",
    "Make one picture of two: a horse with wings, or on the quick profile a digit that is half a 3 and half an 8. You"
    " give an autoencoder, a variational autoencoder and its divergence, and the function that makes one code of two."
    " The harness trains both, blends codes of test images with several weights and draws the blends. A frozen"
    " classifier says how surely it sees both classes; what any overlay of the two pictures explains does not count.",
    profiles=(QUICK, FULL),
    published=PUBLISHED,
).task()
