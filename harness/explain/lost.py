"""Names that a library of today does not have, by the paths that are looked up in the tables of this room."""

import re
from collections.abc import Mapping

LOST = (
    re.compile(r"No module named '([\w.]++)'"),
    re.compile(r"cannot import name '(?P<name>\w++)' from '(?P<module>[\w.]++)'"),
    re.compile(r"module '(?P<module>[\w.]++)' has no attribute '(?P<name>\w++)'"),
)
NO_ATTRIBUTE = re.compile(r"'(\w++)' object has no attribute '(\w++)'")
SAME = (("tensorflow._api.v2.", "tensorflow."), ("tensorflow.keras", "keras"), ("keras.src.", "keras."))


def lost_path(text: str) -> str:
    """Return the dotted path of a module or name that an exception says is not there, or nothing."""
    for pattern in LOST:
        if found := pattern.search(text):
            groups = found.groupdict()
            return one_spelling(f"{groups['module']}.{groups['name']}" if groups else found[1])
    return ""


def one_spelling(path: str) -> str:
    """Return a path as the tables have it: `keras` for `tf.keras`, and no inner modules."""
    for start, instead in SAME:
        if path.startswith(start):
            path = instead + path.removeprefix(start)
    return path


def lost_attribute(text: str) -> tuple[str, str]:
    """Return the class and the attribute that an exception says it lacks, or nothing of either."""
    found = NO_ATTRIBUTE.search(text)
    return (found[1], found[2]) if found else ("", "")


def nearest(path: str, table: Mapping[str, str]) -> tuple[str, str]:
    """Return the longest start of a dotted path that a table has, with what it says of it; nothing if none."""
    while path:
        if path in table:
            return path, table[path]
        path = path.rpartition(".")[0]
    return "", ""
