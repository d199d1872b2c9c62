"""A small network that learnt the digits 0 to 4 of MNIST, without its top; `tools/train_digits_backbone.py` made it.

Its inputs are pixels in 0..255 less 33, about the mean of a digit: of pixels in [0, 1] that is
(pixel - 33/255) / (1/255).
"""

from importlib.resources import files

from harness.data.weights import Scaling, ShippedWeights

FILE = "digits_backbone.npz"
SHA256 = "b2dda1e134f7b71ec5b298889e6190bce206ee52511bbb749bfcc3bb3100224b"
SCALING = Scaling((33 / 255,), (1 / 255,))
ORIGIN = "three convolutions, trained on the digits 0 to 4 of MNIST's training part"


def stored() -> bytes:
    return files("harness.data").joinpath(FILE).read_bytes()


DATASET = ShippedWeights("digits_backbone", ORIGIN, stored, SHA256, SCALING)
