"""Small clocks, 32 by 32 pixels, dark on light and all photographed from nearly the same place."""

from harness.data.base import Sizes
from harness.data.clocks import clocks
from harness.data.loader import Invented

DATASET = Invented(clocks("clocks_32", 32, Sizes(train=5_000, val=300, test=1_000), spread=0.25, light=0.0))
