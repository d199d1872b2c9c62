"""The harness as a wheel, packed from where it is installed, without what students are not to read.

Source: PEP 427. Reference models stay out, and so do hidden criteria of the shipped rubrics.
"""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import yaml

from harness import __version__, shipped
from harness.course.handout import visible
from harness.errors import UsageError
from harness.grading.rubric import load_rubric
from harness.task import Task
from harness.tasks import find, names

DISTRIBUTION = "coursework-harness"
FILE = f"coursework_harness-{__version__}-py3-none-any.whl"
DATED = (1980, 1, 1, 0, 0, 0)  # so that the same harness makes the same wheel
LEFT_OUT = {"__pycache__", "shipped_files"}
_INFO = f"coursework_harness-{__version__}.dist-info"
_WHEEL = "Wheel-Version: 1.0\nGenerator: coursework-harness\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_ENTRY = "[console_scripts]\nharness = harness.cli:main\n\n[pytest11]\ncoursework-harness = harness.pytest_plugin\n"


def own_wheel() -> bytes:
    """Return the wheel."""
    files = {**dict(_package()), **dict(_rooms()), **dict(_about())}
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{_INFO}/RECORD"] = "\n".join([*lines, f"{_INFO}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def requirements(backend: str) -> str:
    """Return the harness's own requirements, pinned to what is installed here; of backends only the one in use."""
    asked = metadata.requires(DISTRIBUTION) or []
    plain = {found[0] for text in asked if "extra ==" not in text and (found := re.match(r"[\w.-]+", text))}
    wanted = sorted((plain - {"tensorflow"}) | {backend})
    return "".join(f"{name}=={_installed(name)}\n" for name in wanted)


def _installed(name: str) -> str:
    """Return the version that is installed here. Raises UsageError for what is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        raise UsageError(f"Expected {name} to be installed here, found none; its version is to be pinned.") from None


def _package() -> Iterator[tuple[str, bytes]]:
    for path in sorted(shipped.PACKAGE.rglob("*")):
        inside = path.relative_to(shipped.PACKAGE)
        if path.is_file() and not LEFT_OUT & {*inside.parts} and path.suffix != ".pyc":
            yield f"harness/{inside.as_posix()}", path.read_bytes()


def _rooms() -> Iterator[tuple[str, bytes]]:
    """Yield templates, baselines and rubrics as they lie in an installed package."""
    places: list[Path] = [*shipped.folder("student_template").glob("*.py")]
    places += shipped.folder("reference_models/baselines").glob("*.json")
    for path in sorted(places):
        room = "student_template" if path.suffix == ".py" else "reference_models/baselines"
        yield f"harness/shipped_files/{room}/{path.name}", path.read_bytes()
    for name in names():
        path = shipped.folder("rubrics") / f"{name}.yaml"
        if path.is_file():
            yield f"harness/shipped_files/rubrics/{name}.yaml", rubric_text(path, find(name), hidden=False)


def rubric_text(path: Path, task: Task, *, hidden: bool) -> bytes:
    """Return a rubric as it is, or without its hidden criteria where these are to stay `hidden`."""
    rubric = load_rubric(path, task)
    if hidden or not any(c.hidden for c in rubric.criteria):
        return path.read_bytes()
    return yaml.safe_dump(visible(rubric), sort_keys=False, allow_unicode=True, width=110).encode()


def _about() -> Iterator[tuple[str, bytes]]:
    text = metadata.distribution(DISTRIBUTION).read_text("METADATA") or ""
    yield f"{_INFO}/METADATA", text.encode()
    yield f"{_INFO}/WHEEL", _WHEEL.encode()
    yield f"{_INFO}/entry_points.txt", _ENTRY.encode()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
