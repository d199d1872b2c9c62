"""Hidden data are found in what a step may read, in whatever form they lie there."""

import gzip
import os
import pickle
import py_compile
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.data.key import REHEARSAL
from harness.data.sets.digits import digits
from harness.search.files import compiled_from, files_in, without_compiled
from harness.search.known import Wanted, known_by
from harness.search.through import look_through

RNG = np.random.default_rng(5)
WORDS = ["network", "layer", "weight", "gradient", "object", "returns", "value", "class", "index", "method", "state"]
TEXT = " ".join(RNG.choice(WORDS, 4_000)).replace("layer weight", "Layer, weight.\n")
IMAGES = digits()[0][::100]
SERIES = np.array([112 + 3 * i + int(20 * np.sin(i / 2)) for i in range(120)])


def asked() -> list[Wanted]:
    points = np.frombuffer(TEXT.lower().encode("utf-32-le"), "<u4").astype(np.uint32)
    images = IMAGES[..., None].astype(np.float32) / np.float32(255)
    arrays = (
        {"x_test": points},
        {"x_train": images[:30], "x_test": images[30:]},
        {"x_train": np.arange(120), "y_train": SERIES},
    )
    return [known_by(name, of).wanted() for name, of in zip(("text", "images", "series"), arrays, strict=True)]


ASKED = asked()


def held(folder: Path) -> dict[str, tuple[str, ...]]:
    found = look_through([*files_in([str(folder)], ())], ASKED)
    return {Path(file.path).name: names for file, names in found if names}


def table(values: np.ndarray) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in values.reshape(len(values), -1).tolist()).encode()


FORMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "plain.txt": (lambda p: p.write_text(TEXT), "text"),
    "literal.py": (lambda p: p.write_text(f"topics = {TEXT!r}\n"), "text"),
    "wide.txt": (lambda p: p.write_bytes(TEXT.encode("utf-16")), "text"),
    "packed.txt.gz": (lambda p: p.write_bytes(gzip.compress(TEXT.encode())), "text"),
    "digits.csv": (lambda p: p.write_bytes(table(IMAGES)), "images"),
    "digits.csv.gz": (lambda p: p.write_bytes(gzip.compress(table(IMAGES))), "images"),
    "spaced.txt": (lambda p: p.write_bytes(table(IMAGES).replace(b",", b"  ")), "images"),
    "digits.npy": (lambda p: np.save(p, IMAGES), "images"),
    "scaled.npy": (lambda p: np.save(p, IMAGES.astype(np.float32) / np.float32(255)), "images"),
    "double.npy": (lambda p: np.save(p, IMAGES.astype(np.float64)), "images"),
    "digits.npz": (lambda p: np.savez_compressed(p, x=IMAGES), "images"),
    "digits.pkl": (lambda p: p.write_bytes(pickle.dumps(IMAGES)), "images"),
    "series.csv": (lambda p: p.write_text("month,n\n" + "\n".join(map(str, SERIES))), "series"),
    "series.npy": (lambda p: np.save(p, SERIES.astype(np.float64)), "series"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_copy_is_found_in_the_form_it_is_shipped_in(tmp_path: Path, name: str) -> None:
    write, what = FORMS[name]
    write(tmp_path / name)
    assert held(tmp_path) == {name: (what,)}


def test_a_copy_is_found_in_compiled_code(tmp_path: Path) -> None:
    source = tmp_path / "topics.py"
    source.write_text(f"topics = {TEXT!r}\n")
    py_compile.compile(str(source), cfile=str(tmp_path / "topics.cpython-311.pyc"), doraise=True)
    source.unlink()
    assert held(tmp_path) == {"topics.cpython-311.pyc": ("text",)}


def test_a_copy_is_found_in_archives_and_in_archives_in_those(tmp_path: Path) -> None:
    inner = tmp_path / "inner.npz"
    np.savez_compressed(inner, x=IMAGES)
    with zipfile.ZipFile(tmp_path / "some.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "pkg/data/inner.npz")
    with tarfile.open(tmp_path / "some.tar.bz2", "w:bz2") as tar:
        tar.add(inner, "data/inner.npz")
    inner.unlink()
    assert held(tmp_path) == {"some.whl": ("images",), "some.tar.bz2": ("images",)}


def test_other_data_of_the_same_kind_are_not_taken_for_it(tmp_path: Path) -> None:
    np.save(tmp_path / "others.npy", digits()[0][1::97])
    (tmp_path / "others.txt").write_text(" ".join(RNG.choice(WORDS, 4_000)))
    (tmp_path / "others.csv").write_text("\n".join(str(7 * i) for i in range(2_000)))
    (tmp_path / "empty.npy").write_bytes(b"\0" * 100_000)
    assert held(tmp_path) == {}


def test_what_is_damaged_or_locked_ends_the_look_and_no_more(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "half.npz", x=IMAGES)
    whole = (tmp_path / "half.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "half.gz").write_bytes(gzip.compress(os.urandom(50_000))[:20_000])
    assert held(tmp_path) == {}


def test_what_is_closed_already_and_links_are_passed_over(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    (shut / "plain.txt").write_text(TEXT)
    (tmp_path / "link.txt").symlink_to(shut / "plain.txt")
    assert not [*files_in([str(tmp_path)], [str(shut)])]


def test_a_file_that_changes_is_another_one(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text("nothing in it " * 1_000)
    (before,) = files_in([str(tmp_path)], ())
    assert [*files_in([str(tmp_path)], ())] == [before]
    (tmp_path / "plain.txt").write_text("something else" * 1_000)  # as many bytes
    os.utime(tmp_path / "plain.txt", ns=(before.changed_ns, before.changed_ns))
    (after,) = files_in([str(tmp_path)], ())
    assert after.mark != before.mark


def test_a_file_with_several_paths_is_found_at_each(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(TEXT)
    (tmp_path / "same.txt").hardlink_to(tmp_path / "plain.txt")
    assert set(held(tmp_path)) == {"plain.txt", "same.txt"}


def test_byte_code_is_looked_at_only_where_its_source_is_missing_or_newer(tmp_path: Path) -> None:
    compiled = []
    for name in ("beside", "lone", "newer"):
        source = tmp_path / f"{name}.py"
        source.write_text(f"topics = {TEXT!r}\n")
        compiled.append(py_compile.compile(str(source), doraise=True))
    (tmp_path / "lone.py").unlink()
    os.utime(tmp_path / "newer.py", ns=(2**62, 2**62))
    left = {Path(file.path).name for file in without_compiled([*files_in([str(tmp_path)], ())])}
    assert left == {"beside.py", "newer.py", *(Path(path).name for path in compiled[1:])}
    assert compiled_from(str(tmp_path / "beside.py")) == compiled[:1]


@pytest.mark.parametrize("head", [b"\x7fELF", b"\xca\xfe\xba\xbe", b"\x89PNG"])
def test_native_code_and_pictures_are_passed_over(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "some").write_bytes(head + IMAGES.tobytes())
    (tmp_path / "other").write_bytes(b"abcd" + IMAGES.tobytes())
    assert held(tmp_path) == {"other": ("images",)}


def test_what_the_kernel_makes_up_is_no_file() -> None:
    assert not [*files_in(["/proc/self", "/sys/devices"], ())]


def test_a_phrase_of_a_text_is_no_copy_of_it(tmp_path: Path) -> None:
    (tmp_path / "quotes.txt").write_text(TEXT[:600] + " ".join(RNG.choice(WORDS, 4_000)))
    assert held(tmp_path) == {}


def test_a_copy_in_the_midst_of_a_long_file_is_found(tmp_path: Path) -> None:
    others = " ".join(RNG.choice(WORDS, 30_000))
    (tmp_path / "book.txt").write_text(others[:90_000] + TEXT + others[90_000:])
    assert held(tmp_path) == {"book.txt": ("text",)}


def test_places_of_a_series_are_not_looked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "places.npy", np.arange(1_000))
    assert held(tmp_path) == {}


def test_a_set_as_stored_is_known_by_the_same_whoever_draws_from_it() -> None:
    from harness.data.base import Sizes
    from harness.data.key import PRACTICE
    from harness.data.load import load

    first, second = (known_by("topics", load("topics", (), Sizes(), key).arrays) for key in (PRACTICE, REHEARSAL))
    assert [len(runs) for runs in first.wanted().runs.values()]
    assert first.wanted().least.keys() == second.wanted().least.keys()
