"""The key of a class: made when it is first graded, kept beside its records, and never changed afterwards."""

import os
from pathlib import Path

from harness.data.key import DIGITS, Key, new_key
from harness.errors import ResultsError, UsageError
from harness.files import atomic, not_written
from harness.records.store import sole_run
from harness.workflow.plan import ClassPlan

FILE = "key"  # in the folder of the records
LONGEST = 10_000  # bytes of a file with a key and remarks about it
WHAT_FOR = (
    "this key draws the class's splits, texts, questions and seeds; `harness grade … --key FILE`, with a file that"
    " holds it, repeats the examination or shares it with another machine. Whoever has it can prepare for whatever is"
    " still handed in, so keep it to yourself."
)
OWNER, GROUP_TOO = 0o600, 0o660


def class_key(out: Path, asked: Key | None, before: ClassPlan | None = None) -> Key:
    """Return the key that a class is graded under: the one kept in `out`, else `asked`, else a new one; it is kept.

    Raises UsageError where another key is asked for than what was graded under `before`, because marks under two keys
    do not compare, and ResultsError where that key is gone or not to be read.
    """
    used = {p.key for p in before.provenance.values() if p.key} if before else set[str]()
    known = asked is not None and asked.mark in used
    if asked is not None and known and (out / "records" / FILE).exists():
        return asked  # whoever has the key need not be able to read it here
    kept = kept_key(out)
    if (kept and asked not in (None, kept)) or (asked and used and not known):
        raise UsageError(
            f"Expected the key that the class in {out} was graded under, received another, and marks under two keys do"
            " not compare; leave --key out, or grade into another folder with --out."
        )
    if kept is None and used and asked is None:
        raise ResultsError(
            f"Expected the key of the class in {out / 'records' / FILE}, found none; put it back with --key FILE, or"
            " grade into another folder with --out."
        )
    return kept or _first(out, asked or new_key())


def _first(out: Path, key: Key) -> Key:
    """Keep the first key of a class, unless another run has just done so; return the one that is kept."""
    with sole_run(out):
        kept = kept_key(out)
        if kept is None:
            write_key(out / "records" / FILE, key)
        return kept or key


def kept_key(out: Path) -> Key | None:
    """Return the key of the class graded into `out`, None if it has none. Raises ResultsError if it cannot be read."""
    path = out / "records" / FILE
    try:
        return _parsed(path.read_bytes()) if path.exists() else None
    except PermissionError as error:
        raise ResultsError(
            f"Could not read the key of the class, {path}, which belongs to whoever graded it first; ask them for a"
            " file that `harness key --out FILE` writes, and name it with --key."
        ) from error
    except (OSError, UsageError) as error:
        raise ResultsError(
            f"Expected the key of a class in {path}, received something else; put it back with a copy of that file."
        ) from error


def asked_key(out: Path | None, *, new: bool) -> Key:
    """Return a new key, or that of the class in `out`, by default `results`. Raises UsageError, ResultsError."""
    if new and out:
        raise UsageError(f"Expected a result folder or --new, received both: '{out}' has the key it has.")
    if new:
        return new_key()
    key = kept_key(out or Path("results"))
    if key is None:
        raise ResultsError(
            f"Expected a result folder of a class with a key, received {out or 'results'}, which has none;"
            " `harness grade` makes one, and so does `harness key --new`."
        )
    return key


def read_key(path: Path) -> Key:
    """Return the key in a file of the user's: one line, beside which there may be lines that begin with #.

    Raises UsageError, which never repeats a key.
    """
    if len(path.name) == DIGITS and not set(path.name) - set("0123456789abcdef"):
        raise UsageError(
            "Expected --key to name a file that holds the key, received a key, which others on this machine can read on"
            " the command line; write it into a file, or take another with `harness key --new --out FILE`."
        )
    try:
        with path.open("rb") as file:
            return _parsed(file.read(LONGEST + 1))
    except OSError as error:
        raise UsageError(
            f"Expected --key to name a file that holds the key, received '{path}' ({error.strerror});"
            " `harness key --out FILE` writes one."
        ) from error


def _parsed(content: bytes) -> Key:
    if len(content) > LONGEST:
        raise UsageError("Expected a file that holds a key on one line, received a long one; `harness key` prints it.")
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise UsageError(
            f"Expected a file that holds a key on one line, received {len(found)} lines; `harness key` prints it."
        )
    return Key(found[0])


def write_key(path: Path, key: Key) -> None:
    """Write a new file that only its owner can read, and the group where that may write into the folder.

    Raises UsageError where there is such a file already, ResultsError if it cannot be written.
    """
    try:
        if path.exists():
            raise UsageError(f"Expected no file {path}, found one; a key is never written over, so name another.")
        path.parent.mkdir(parents=True, exist_ok=True)
        shared = path.parent.stat().st_mode & 0o020
        with atomic(path, OWNER) as file:
            os.fchmod(file.fileno(), GROUP_TOO if shared else OWNER)
            file.write(f"{key.value}\n".encode("ascii"))
    except OSError as error:
        raise not_written(path, error) from error
