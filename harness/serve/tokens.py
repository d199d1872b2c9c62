"""The secrets in printed addresses: each lets one browser in, and a new one takes its place."""

import hmac
import secrets
from collections.abc import Callable
from enum import Enum
from threading import Lock


class Turn(Enum):
    """What became of a token that was shown."""

    TAKEN = "it let this browser in"
    USED = "it has let another browser in before"
    UNKNOWN = "it is none of this server's"


class Tokens:
    """`told` is called with the next token whenever one was used."""

    def __init__(self, told: Callable[[str], None] = lambda _: None) -> None:
        self._told, self._lock, self._used = told, Lock(), list[str]()
        self._valid = secrets.token_urlsafe(32)

    @property
    def valid(self) -> str:
        """The token that lets the next browser in."""
        return self._valid

    def use(self, given: str) -> Turn:
        """Try a token that somebody shows; of two who show the same at once, one gets in."""
        with self._lock:
            if any(same(given, used) for used in self._used):
                return Turn.USED
            if not same(given, self._valid):
                return Turn.UNKNOWN
            self._used.append(self._valid)
            self._valid = secrets.token_urlsafe(32)
        self._told(self._valid)
        return Turn.TAKEN


def same(given: str | None, secret: str) -> bool:
    """Compare in a time that tells nothing; what no character stands for never matches."""
    return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())
