"""Small clocks, 32 by 32 pixels."""

from harness.data.base import Sizes
from harness.data.clocks import clocks
from harness.data.loader import Invented

DATASET = Invented(clocks("clocks_32", 32, Sizes(train=1_500, val=300, test=1_000)))
