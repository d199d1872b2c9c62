"""A class over many workers: simulated, made up, and measured. It takes the toy task and its class from the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
