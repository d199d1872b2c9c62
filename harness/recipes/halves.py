"""The halves of an autoencoder, run apart: images to codes, and codes or noise to images."""

from collections.abc import Mapping
from typing import Final

from harness.recipes.steps import mapping_step
from harness.task import ArrayOutput, Limits, Shape, Step

CODE: Final = "float16"  # two bytes a number: enough for what a code means, too little to hide a picture in
LARGEST: Final = 6e4  # a 16-bit float ends at 65,504
ROUNDING: Final = 1e-6  # a sigmoid may leave [0, 1] by as much
SIGMOID: Final = "Pixels lie between 0 and 1: end the network that draws them with a sigmoid."


def encoding(rows: Mapping[str, int], size: int, hint: str, limits: Limits) -> Step:
    """Return the step that encodes the images `x_PART` as `code_PART` (n, size); `rows` maps PART to n."""
    outputs = tuple(
        ArrayOutput(f"code_{part}", (n, size), CODE, low=-LARGEST, high=LARGEST, hint=hint) for part, n in rows.items()
    )
    taken = {f"code_{part}": f"x_{part}" for part in rows}
    return mapping_step("encode", "encoder_weights", taken, outputs, limits)


def decoding(
    taken: Mapping[str, str], rows: Mapping[str, int], shape: Shape, limits: Limits, name: str = "decode"
) -> Step:
    """Return the step that draws images of a shape from the codes in `taken`; `rows` says how many of each output."""
    return mapping_step(name, "decoder_weights", taken, drawn(rows, shape), limits, 1)


def drawn(rows: Mapping[str, int], shape: Shape) -> tuple[ArrayOutput, ...]:
    """Return the images that a network draws, by name as many as `rows` says, with pixels in [0, 1]."""
    return tuple(
        ArrayOutput(name, (n, *shape), low=-ROUNDING, high=1 + ROUNDING, hint=SIGMOID) for name, n in rows.items()
    )
