"""How much data a source holds: what an instructor looks at to find trained weights in it."""

import pytest

from harness.intake.literals import NOTED_BYTES, Size, data_bytes
from harness.intake.submission import Submission


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("", 0),
        ("x = y + z\n", 0),
        ("x = True or None\n", 0),
        ("units = 64\n", 8),
        ("rate = 0.001\n", 8),
        ("name = 'relu'\n", 4),
        ("name = 'ä'\n", 2),
        ("w = b'\\x00\\x01\\x02'\n", 3),
        ("w = [1, 2, 3]\n", 24),
        ("w = 0x" + "ff" * 1_000 + "\n", 1_000),
        ("f'{x} of {y}'\n", 4),
        ("x = y  # four\n", 6),
        ('"""What it is."""\n', 11),
    ],
)
def test_literals_and_comments_are_counted_in_bytes(source: str, data: int) -> None:
    assert data_bytes("work.py", source.encode()) == data


def test_a_file_that_is_not_python_counts_as_data() -> None:
    files = {"work.py": b"x = 1\n", "weights.py": b"\xff\xfe" * 50}
    assert Submission("ann", "ann", files).size("work", ()) == Size(106, 108)


def test_only_remarkably_much_data_is_noted() -> None:
    assert Size(50_000, NOTED_BYTES - 1).note("autoencoder") == ""
    assert "holds 64 kB of literals" in Size(90_000, 64_000).note("autoencoder")
