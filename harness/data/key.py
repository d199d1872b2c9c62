"""The key of an examination: what the draws of a class follow from, so that nobody can make them beforehand."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from harness.errors import UsageError

DIGITS: Final = 32  # hexadecimal, 128 bits


@dataclass(frozen=True)
class Key:
    """A secret of 32 hexadecimal digits. Whoever has it draws the same splits, texts, seeds and questions again.

    Under `practice`, which is for everybody, test examples come from another part of the data than under any other key:
    what was chosen by trying there is chosen by nothing that will be asked.
    """

    value: str
    practice: bool = False

    def __post_init__(self) -> None:
        if len(self.value) != DIGITS or set(self.value) - set("0123456789abcdef"):
            raise UsageError(
                f"Expected a key of {DIGITS} digits 0-9 and a-f, received one of {len(self.value)} characters; copy the"
                " whole line that `harness key` prints."
            )

    def number(self, *labels: str | int) -> int:
        """Return what is drawn for `labels`, in 0..2**32 - 1: the same for the same, unforeseeable without the key.

        Source: BLAKE2b as a keyed function (RFC 7693, section 2.9).
        """
        said = repr(labels).encode()
        return int.from_bytes(hashlib.blake2b(said, key=bytes.fromhex(self.value), digest_size=4).digest())

    def under(self, *labels: str | int) -> "Key":
        """Return another key that follows from this one."""
        said = repr(labels).encode()
        return Key(hashlib.blake2b(said, key=bytes.fromhex(self.value), digest_size=DIGITS // 2).hexdigest())

    @property
    def mark(self) -> str:
        """Return what may be shown of a key: it tells two apart and gives none away."""
        return hashlib.blake2b(b"mark", key=bytes.fromhex(self.value), digest_size=6).hexdigest()


def new_key() -> Key:
    return Key(secrets.token_hex(DIGITS // 2))


REHEARSAL: Final = Key("5eed" * 8)  # of references and flawed work, so that whoever measures them finds the same
PRACTICE: Final = Key("0" * DIGITS, practice=True)
