"""The key of a class: made when it is first graded, kept with its records, and never changed afterwards."""

from harness.data.key import Key, new_key
from harness.errors import UsageError
from harness.records.store import Records

DOCUMENT = "key"


def class_key(records: Records, asked: Key | None) -> Key:
    """Return the key that a class is graded under: the one kept, else `asked`, else a new one; it is kept from now on.

    Raises UsageError where another key is asked for than the one kept, because marks under two keys do not compare.
    """
    kept = kept_key(records)
    if kept is None:
        key = asked or new_key()
        records.put_document(DOCUMENT, key.value)
        return key
    if asked not in (None, kept):
        raise UsageError(
            "This folder holds a class that was graded under another key, and marks under two keys do not compare;"
            " leave --key out, or grade into another folder with --out."
        )
    return kept


def kept_key(records: Records) -> Key | None:
    """Return the key of the class in a result folder, None if it has none."""
    body = records.document(DOCUMENT)
    return Key(body) if body else None
