"""Small faces, 24 by 24 pixels."""

from harness.data.base import Sizes
from harness.data.faces import faces
from harness.data.loader import Invented

DATASET = Invented(faces("faces_24", 24, Sizes(train=2_500, val=0, test=500)))
