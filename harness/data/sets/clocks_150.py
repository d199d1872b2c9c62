"""18,000 clocks of 150 by 150 pixels, as many as a course drew of that size."""

from harness.data.base import Sizes
from harness.data.clocks import clocks
from harness.data.loader import Invented

DATASET = Invented(clocks("clocks_150", 150, Sizes(train=14_000, val=1_000, test=3_000)))
