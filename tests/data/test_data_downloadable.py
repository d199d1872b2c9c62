"""A wrong npz file is told by what is wrong with it; a download is whole or not there."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.data import downloadable, sets
from harness.data.base import Sizes
from harness.data.download import download
from harness.data.downloadable import Downloadable, checked
from harness.data.folders import folders
from harness.data.key import PRACTICE
from harness.data.sets.cifar100 import DATASET as CIFAR100
from harness.data.sets.mnist import DATASET as MNIST
from harness.errors import DataError


def good(n: int = 20) -> dict[str, Any]:
    x = (np.arange(n * 784) % 256).astype(np.uint8).reshape(n, 28, 28)
    y = np.arange(n, dtype=np.uint8) % 10
    return {"x_train": x, "y_train": y, "x_test": x[:10], "y_test": y[:10]}


def saved(folder: Path, **changes: Any) -> Path:
    path = folder / "mnist.npz"
    np.savez(path, **{key: value for key, value in (good() | changes).items() if value is not None})
    return path


def test_a_good_file_gives_plain_labels(tmp_path: Path) -> None:
    raw = checked(saved(tmp_path, y_test=good()["y_test"].reshape(-1, 1)), MNIST)
    assert (raw["y_test"].dtype, raw["y_test"].shape) == (np.int64, (10,))
    assert raw["x_train"].dtype == np.uint8


WRONG = {
    "missing": ({"y_test": None}, "lacks y_test, expected x_train, y_train, x_test, y_test"),
    "float images": (
        {"x_train": good()["x_train"] / 255},
        "expected x_train as uint8 in 0..255, received float64",
    ),
    "scaled images": ({"x_test": np.ones((10, 28, 28), np.uint8)}, "received at most 1"),
    "flat images": (
        {"x_train": good()["x_train"].reshape(20, 784)},
        r"shape (n, 28, 28), received (20, 784)",
    ),
    "another set": ({"x_test": np.full((10, 32, 32, 3), 9, np.uint8)}, "is it MNIST?"),
    "no images": ({"x_test": np.zeros((0, 28, 28), np.uint8)}, "received (0, 28, 28)"),
    "one label short": ({"y_train": good()["y_train"][1:]}, "expected y_train as 20 integers"),
    "one-hot labels": ({"y_train": np.eye(10, dtype=np.uint8)[good()["y_train"]]}, "of shape (20, 10)"),
    "float labels": ({"y_test": np.zeros(10)}, "received float64"),
    "label 10": ({"y_test": np.arange(1, 11)}, "expected labels 0..9 in y_test, received 1..10"),
    "label -1": ({"y_test": np.arange(-1, 9)}, "received -1..8"),
    "pickled": ({"y_test": np.array([None] * 10, dtype=object)}, "cannot be read as an npz file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, case: str) -> None:
    changes, said = WRONG[case]
    path = saved(tmp_path, **changes)
    with pytest.raises(DataError) as caught:
        checked(path, MNIST)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_labels_go_as_far_as_the_classes(tmp_path: Path) -> None:
    """A set of a hundred classes has labels up to 99."""
    x = np.full((200, 32, 32, 3), 9, np.uint8)
    stored = {"x_train": x, "y_train": np.arange(200) % 100, "x_test": x, "y_test": np.arange(200) % 100}
    np.savez(tmp_path / "cifar100.npz", **stored)
    loaded = CIFAR100.load(folders(tmp_path), Sizes(val=100), PRACTICE)
    assert loaded.sizes == {"train": 100, "val": 100, "test": 100}
    assert (loaded.classes[0], loaded.classes[99]) == ("apple", "worm")
    np.savez(tmp_path / "cifar100.npz", **{**stored, "y_test": np.arange(200) % 100 + 1})
    with pytest.raises(DataError, match=r"expected labels 0\.\.99 in y_test, received 1\.\.100"):
        CIFAR100.load(folders(tmp_path), Sizes(), PRACTICE)


def test_every_downloadable_set_has_as_many_names_as_classes_and_one_file() -> None:
    found = {name: loader for name in sets.names() if isinstance(loader := sets.find(name), Downloadable)}
    assert {name: len(set(loader.classes)) for name, loader in found.items()} == {
        "mnist": 10,
        "cifar10": 10,
        "cifar100": 100,
    }
    assert all(loader.name == name and loader.file == f"{name}.npz" for name, loader in found.items())


def _single_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("<html>404</html>"),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:500] + b"\0\1" * 50 + path.read_bytes()[600:]),
        lambda path: (path.unlink(), path.mkdir()),
        _single_array,
    ],
)
def test_what_is_no_npz_file_at_all(tmp_path: Path, spoil: Any) -> None:
    path = saved(tmp_path)
    spoil(path)
    with pytest.raises(DataError, match=r"cannot be read|single array"):
        checked(path, MNIST)


FAKE_KERAS = """
import numpy as np, os, socket, sys
def load_data():
    print("progress")
    {body}
    x = np.full((20, 28, 28), 200, np.uint8)
    y = np.arange(20, dtype=np.uint8) % 10
    return (x, y), (x, y)
"""


@pytest.fixture
def fake_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a module named keras before the real one in the downloading process."""

    def put(body: str) -> None:
        package = tmp_path / "fake" / "keras" / "datasets"
        package.mkdir(parents=True)
        (package.parent / "__init__.py").touch()
        (package / "__init__.py").touch()
        (package / "mnist.py").write_text(FAKE_KERAS.format(body=body))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))

    monkeypatch.setattr(downloadable, "cache_folder", lambda: tmp_path / "cache")
    return put


def test_a_download_is_kept_and_used_again(tmp_path: Path, fake_keras: Any, capfd: Any) -> None:
    fake_keras("assert socket.getdefaulttimeout()")
    raw, origin = MNIST.read(())
    assert len(raw["x_train"]) == 20
    assert origin.endswith("as downloaded by Keras")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "progress\n"), "stdout is for results, progress is for stderr"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mnist.npz"]
    MNIST.read(())
    assert capfd.readouterr().err == "", "the second time nothing is downloaded"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise Exception('URL fetch failure:\\nno network')", "URL fetch failure: no network"),
        ("raise KeyError", "KeyError"),
        ("os._exit(9)", "the download ended with exit code 9"),
    ],
)
def test_without_a_network_the_way_out_is_named(tmp_path: Path, fake_keras: Any, body: str, reason: str) -> None:
    fake_keras(body)
    with pytest.raises(DataError) as caught:
        MNIST.read(())
    message = str(caught.value)
    assert f"could not be downloaded ({reason})" in message
    assert "put mnist.npz" in message
    assert "--data-dir or HARNESS_DATA" in message
    assert list((tmp_path / "cache").iterdir()) == [], "nothing half-written stays"
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match=f"into the data folder {tmp_path / 'data'}"):
        MNIST.read(folders(tmp_path / "data"))


def test_a_keras_in_the_working_folder_is_not_imported(
    tmp_path: Path, fake_keras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The working folder may be the class folder, with a student's keras.py in it."""
    fake_keras("pass")
    (tmp_path / "keras.py").write_text("raise SystemExit(7)")
    (tmp_path / "numpy.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    download("mnist", tmp_path / "cache" / "mnist.npz")
    assert (tmp_path / "cache" / "mnist.npz").is_file()


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="the cache cannot be written"):
        download("mnist", tmp_path / "file" / "mnist.npz")


def test_importing_data_and_intake_loads_nothing_heavy() -> None:
    """`harness --help` and the grading process stay quick and free of a backend."""
    code = (
        "import sys, harness.data.load, harness.data.download, harness.intake.gather\n"
        "print(sorted({'keras', 'tensorflow', 'sklearn', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
