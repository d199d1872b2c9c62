"""Names that students chose, made safe to show (`clean`) and to use as file names (`unique_slugs`)."""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

MAX_NAME = 100
MAX_SLUG = 40
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
SKIPPED = {"__MACOSX", "__pycache__"}


def clean(text: str, limit: int = MAX_NAME) -> str:
    """Return `text` on one line without characters of Unicode category C, at most `limit` characters long.

    Category C holds control characters, the bidi controls that reorder what is read, and undecodable bytes.
    The result may still hold HTML: escape it where it is shown.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:limit].strip()
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(c for c in composed if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join(kept.split())[:limit].strip()


def spelled(name: str) -> str:
    """Return the name of a file as UTF-8 spells it, whatever the locale of whoever runs this."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def slugify(name: str) -> str:
    """Return a name of [a-z0-9-] for files; never empty and never a device name of Windows."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:MAX_SLUG].strip("-")
    if not slug:
        return f"student-{digest(name)[:8]}"
    return f"student-{slug}" if slug in RESERVED else slug


def unique_slugs(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return one slug per name, distinct as long as the `keys` (names of files) are distinct.

    All names that share a slug get a part of their key's hash. None of them keeps the plain slug, so that a
    late hand-in cannot take over the report card of another student.
    """
    plain = [slugify(name) for name in names]
    slugs = list(plain)
    for length in (6, 16, 64):
        counts = Counter(slugs)
        slugs = [
            slug if counts[slug] == 1 else f"{base}-{digest(key)[:length]}"
            for slug, base, key in zip(slugs, plain, keys, strict=True)
        ]
    return slugs


def is_skipped(path: str) -> bool:
    """Return whether a relative POSIX path belongs to the litter of tools: dotfiles, caches, `__MACOSX`."""
    return any(part in SKIPPED or part.startswith(".") for part in PurePosixPath(path).parts)


def is_odd(path: str, max_length: int) -> bool:
    """Return whether a relative POSIX path could mislead a reader or another file system."""
    return len(path) > max_length or any(c in '\\:*?"<>|' or unicodedata.category(c).startswith("C") for c in path)


def some(names: Sequence[str]) -> str:
    """Return up to three names, and how many more there are."""
    shown = ", ".join(clean(name, 60) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def digest(text: str) -> str:
    """Return the SHA-256 (hex) of a name."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
