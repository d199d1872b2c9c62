"""How much a source holds and what it reaches for: what an instructor looks at to find trained weights in it."""

import base64
import random
from pathlib import Path

import pytest
from intake import pictures
from intake.pieces import PIECES
from intake.tutorials import TUTORIALS

import harness
from harness.intake.gather import gather
from harness.intake.literals import NOTED_BYTES, Size, data_bytes
from harness.intake.submission import Submission

ROOT = Path(harness.__file__).parents[1]
ALL = {**PIECES, **TUTORIALS, **pictures.PIECES, **pictures.TUTORIALS}


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
    assert Submission("ann", "ann", files).size("work", ()).data == 108


def test_only_a_remarkably_large_source_is_noted() -> None:
    assert Size(50_000, 40_000, NOTED_BYTES - 1).note("autoencoder") == ""
    assert "takes 64 kB when compressed" in Size(90_000, 0, 64_000).note("autoencoder")


def hidden(number: str) -> dict[str, bytes]:
    """Return a source that hides 65 kB of weights in one of the ways tried."""
    weights = random.Random(7).randbytes(65_000)
    pairs = [weights[i : i + 2] for i in range(0, len(weights), 2)]
    letters = "".join(chr(0x4E00 + (int.from_bytes(pair, "big") >> 2)) for pair in pairs)
    words = [f"p{weights[i : i + 20].hex()}" for i in range(0, len(weights), 20)]
    match number:
        case "literal":
            source = f"w = {base64.b85encode(weights)!r}\n"
        case "parameters":
            source = f"def f({', '.join(words)}):\n    pass\n"
        case "attributes":
            source = "".join(f"x.{word}\n" for word in words)
        case "tuples":
            source = f"w = {tuple(tuple(weights[i : i + 50]) for i in range(0, len(weights), 50))!r}\n"
        case "letters":
            source = f"w = {letters!r}\n"
        case "identifiers":
            source = "".join(f"x = v{letters[i : i + 60]}\n" for i in range(0, len(letters), 60))
        case "comments":
            source = "".join(f"# {word}\n" for word in words)
        case "spaces":
            bits = "".join(f"{byte:08b}" for byte in weights)
            blank = bits.replace("0", " ").replace("1", "\t")
            source = "".join(f"x = {blank[i : i + 1_000]}1\n" for i in range(0, len(blank), 1_000))
        case _:
            parts = [f"w = {base64.b85encode(weights[i : i + 6_500])!r}\n" for i in range(0, len(weights), 6_500)]
            return {"work.py": b"", **{f"part{i}.py": part.encode() for i, part in enumerate(parts)}}
    return {"work.py": source.encode()}


@pytest.mark.parametrize(
    "form",
    ["literal", "parameters", "attributes", "tuples", "letters", "identifiers", "comments", "spaces", "many files"],
)
def test_weights_are_remarked_whatever_form_they_have(form: str) -> None:
    (said,) = Submission("ann", "ann", hidden(form)).remarks("work", ())
    assert "when compressed" in said


@pytest.mark.parametrize("name", ["weights.npz", "weights.keras", "weights.h5", "work.weights.h5"])
def test_weights_beside_the_code_are_told_and_never_reach_a_builder(tmp_path: Path, name: str) -> None:
    (tmp_path / "work.py").write_text("def build():\n    pass\n")
    (tmp_path / name).write_bytes(b"\0" * 65_000)
    (found,) = gather(tmp_path, ["work"])
    assert list(found.files) == ["work.py"]
    assert any(name in note for note in found.notes)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys\nx = sys._getframe(2)\n", "the frames of its callers (_getframe) (line 2)"),
        ("import inspect\nx = inspect.currentframe().f_back\n", "currentframe"),
        ("try:\n    f()\nexcept E as e:\n    e.__traceback__.tb_frame\n", "tb_frame"),
        ("x = (i for i in y).gi_frame\n", "gi_frame"),
        ("x = getattr(sys, '_getframe')\n", "_getframe"),
        ("from sys import _getframe as f\n", "_getframe"),
        ("import harness.data\n", "the module harness.data"),
        ("from ctypes import CDLL\n", "the module ctypes"),
        ("x = __import__('ctypes')\n", "the module ctypes"),
        ("import gc\nx = gc.get_objects()\n", "objects of others (get_objects)"),
        ("class M(keras.Model):\n    def predict(self, x):\n        return x\n", "a predict of its own in class M"),
        ("class M(keras.Model):\n    fit = other\n", "a fit of its own in class M"),
        (
            "class M(keras.Model):\n    def get_weights(self):\n        return noise\n",
            "a get_weights of its own in class M",
        ),
        ("model.predict_on_batch = f\n", "an assignment to predict_on_batch"),
        ("keras.Model.train_step = f\n", "an assignment to train_step"),
        ("setattr(model, 'fit', f)\n", "an assignment to fit"),
    ],
)
def test_what_no_builder_needs_is_remarked_with_its_line(source: str, said: str) -> None:
    (told,) = Submission("ann", "ann", {"work.py": source.encode()}).remarks("work", ())
    assert said in told


@pytest.mark.parametrize(
    "source",
    [
        "import gc\ngc.collect()\n",
        "class Gan(keras.Model):\n    def train_step(self, data):\n        return {}\n",
        "class Vae(keras.Model):\n    def test_step(self, data):\n        return {}\n",
        "class Means:\n    def fit(self, x):\n        return self\n",
        "import inspect\nx = inspect.signature(f)\n",
        "model.fit(x, y)\nz = model.predict(x)\n",
    ],
)
def test_honest_ways_are_not_remarked(source: str) -> None:
    assert not Submission("ann", "ann", {"work.py": source.encode()}).remarks("work", ())


def honest() -> list[Path]:
    rooms = ("examples", "reference_models", "student_template", "tests/flawed", "tests/designs")
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("path", honest(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_of_this_repository_is_remarked(path: Path) -> None:
    assert not Submission("ann", "ann", {"work.py": path.read_bytes()}).remarks("work", ())


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_notebook_in_the_manner_of_tutorials_is_remarked(name: str) -> None:
    piece = ALL[name]
    source = "\n".join(line for cell in piece.cells for line in cell.split("\n") if line.strip()[:1] not in ("%", "!"))
    assert not Submission("ann", "ann", {"work.py": source.encode()}).remarks("work", ())
