"""Files of a report: written whole or not at all, and results that read back as they were."""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from harness.errors import ResultsError
from harness.files import beside, not_written
from harness.grading.passing import judged_class
from harness.grading.results import ClassResult
from harness.records.models import Status, as_json

_DECIDED_BY_VALUE = (Status.PASSED, Status.FAILED)  # so a value that is missing was not a number
_SEAL = b'{"digest":"%s",'
_SEALED = re.compile(rb'\{"digest":"([0-9a-f]{64})",')
_NOBODY = '"students":[]'  # in no text: there quotes are escaped
PIECE = 1_000_000  # bytes
SCHEMA_VERSION = ClassResult.model_fields["schema_version"].default


def write_if_changed(path: Path, text: str) -> bool:
    """Write `text` as UTF-8 by way of a file beside `path`; return False where it was there already.

    Raises ResultsError where the folder cannot be written.
    """
    return replace_if_changed(path, text.encode("utf-8", "replace"))


def replace_if_changed(path: Path, content: bytes) -> bool:
    """Write bytes as `write_if_changed` writes text."""
    with replacing(path) as new:
        if path.is_file() and _holds(path, content):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        new.replace(path)
    return True


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write what is to take the place of a file; none of it stays. OSError becomes ResultsError."""
    temporary = beside(path)
    try:
        yield temporary
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):  # gone where the write succeeded
            temporary.unlink()


def _holds(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def results_json(result: ClassResult) -> str:
    """Return the class as strict JSON; values that are not finite become null."""
    return "".join(results_pieces(result))


def results_pieces(result: ClassResult) -> Iterator[str]:
    """Yield what `results_json` returns, student after student: a large class is hundreds of megabytes of text."""
    before, after = _strict(result.model_copy(update={"students": []})).split(_NOBODY, 1)
    yield f"{before}{_NOBODY[:-1]}"
    for i, student in enumerate(result.students):
        yield f"{',' if i else ''}{_strict(student)}"
    yield f"]{after}\n"


def _strict(model: BaseModel) -> str:
    text = as_json(model)
    if "NaN" not in text and "Infinity" not in text:  # the usual case, and much faster than reading it back
        return text
    whole = json.loads(text, parse_constant=lambda _: None)
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def write_results(path: Path, result: ClassResult) -> None:
    """Write a class as `results_json` gives it, with a digest in front that tells damage. Raises ResultsError."""
    with replacing(path) as new:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_sealed(new, results_pieces(result))
        if not path.is_file() or not _alike(path, new):
            new.replace(path)


def _write_sealed(path: Path, pieces: Iterable[str]) -> None:
    """Write JSON piece by piece; the digest, which is known in the end, is put where its place was kept."""
    made = hashlib.sha256(b"{")
    with path.open("wb") as file:
        file.write(_SEAL % (b"0" * 64))
        for i, piece in enumerate(pieces):
            data = piece.encode("utf-8", "replace")[0 if i else 1 :]  # the seal has the first brace
            made.update(data)
            file.write(data)
        file.seek(0)
        file.write(_SEAL % made.hexdigest().encode())


def _alike(one: Path, other: Path) -> bool:
    """Say whether two files hold the same bytes, read a piece at a time."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        return all(a == b for a, b in zip(*(iter(partial(f.read, PIECE), b"") for f in (first, second)), strict=True))


def _unsealed(path: Path, text: bytes) -> bytes:
    """Return the text that `write_results` put a digest in front of; text without one, of older harnesses, as it is.

    Raises ResultsError where the two do not fit.
    """
    found = _SEALED.match(text)
    if not found:
        return text
    inner = b"{" + text[found.end() :]
    if hashlib.sha256(inner).hexdigest().encode() != found[1]:
        raise ResultsError(
            f"Expected the results of a class in {path} as they were written, received changed or damaged ones;"
            " `harness regrade` makes them anew from the records."
        )
    return inner


def read_results(path: Path) -> ClassResult:
    """Return the class that `write_results` wrote; null where a number must stand comes back as NaN.

    Raises ResultsError for a file that is missing, broken, changed, or written by a newer harness.
    """
    try:
        data = json.loads(_unsealed(path, path.read_bytes()).decode("utf-8"))
    except OSError as error:
        raise ResultsError(f"Expected results in {path}, received {error.strerror}; grade the class first.") from error
    except (ValueError, RecursionError) as error:
        raise _broken(path, "text that is not JSON") from error
    _check_version(path, data)
    if "published" in data:  # as harness 0.1.0 called it
        data.setdefault("revealed", data.pop("published"))
    try:
        if data["schema_version"] == 1:
            return judged_class(_validated(_with_judgements(_with_nan(data))))
        return _validated(_with_nan(data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the top"
        raise _broken(path, f"{first['msg'].lower()} at {where}") from error
    except (AttributeError, TypeError, KeyError) as error:
        raise _broken(path, "a list where a record should be, or the reverse") from error


def _validated(data: dict[str, Any]) -> ClassResult:
    """Return the class; where a number must stand and there is none, it was none that JSON can write."""
    try:
        return ClassResult.model_validate(data)
    except ValidationError as error:
        places = [e["loc"] for e in error.errors() if e["input"] is None and e["type"].startswith("float")]
        if not places:
            raise
    for *above, last in places:
        inner: Any = data
        for step in above:
            inner = inner[step]
        inner[last] = math.nan
    return ClassResult.model_validate(data)


def _broken(path: Path, received: str) -> ResultsError:
    return ResultsError(
        f"Expected the results of a class in {path}, received {received}; `harness regrade` makes them anew from the"
        " records."
    )


def _check_version(path: Path, data: Any) -> None:
    version = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _broken(path, "no schema version")
    if version > SCHEMA_VERSION:
        raise ResultsError(
            f"Expected results of schema version {SCHEMA_VERSION} or older in {path}, received {version}; "
            "install the newer harness that wrote them."
        )


def _with_judgements(data: dict[str, Any]) -> dict[str, Any]:
    """Put in, in place, what results of version 1 did not say; they are judged when they are read."""
    for student in data["students"]:
        student.setdefault("judgement", {"status": Status.NOT_RUN.value, "passed": None})
    return {**data, "schema_version": SCHEMA_VERSION}


def _with_nan(data: dict[str, Any]) -> dict[str, Any]:
    """Put NaN back, in place, where the models require a number."""
    for student in (*data["students"], *filter(None, [data.get("reference")])):
        for task in student["tasks"]:
            for criterion in task["criteria"]:
                _restore_values(criterion)
            for measurement in task["measurements"]:
                for value in measurement["measures"].values():
                    value["value"] = _number(value["value"])
                for column, values in measurement["curve"].items():
                    measurement["curve"][column] = [_number(v) for v in values]
    return data


def _restore_values(criterion: dict[str, Any]) -> None:
    criterion["values"] = [_number(v) for v in criterion["values"]]
    if criterion["status"] in _DECIDED_BY_VALUE and not criterion["manual"]:
        criterion["value"] = _number(criterion["value"])


def _number(value: Any) -> Any:
    return math.nan if value is None else value
