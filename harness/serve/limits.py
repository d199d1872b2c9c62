"""What somebody may send before anything is known of them: so much, in so long, over so many connections."""

import time
from typing import Any

from waitress.channel import HTTPChannel

from harness.serve.gate import Gate

MOST_BYTES = 4_000_000  # of a form: every criterion of a student with a long comment
STRANGERS_BYTES = 65_536  # of a form from a browser that has not come in; it is refused in any case
HEADER_BYTES = 32_768
WHOLE_S = 30.0  # from the first byte of a request to its last
SETTINGS = {
    "max_request_body_size": MOST_BYTES,
    "max_request_header_size": HEADER_BYTES,
    "channel_timeout": 60,  # seconds in which nothing is sent
    "cleanup_interval": 10,
    "connection_limit": 100,
}


def channel(gate: Gate) -> type[HTTPChannel]:
    """Return the class of this server's connections: they end where a request is too slow, or too large for a stranger.

    Waitress looks for silence only, so that a byte now and then would hold a connection for ever.
    """

    class Limited(HTTPChannel):  # type: ignore[misc]
        began = 0.0

        def received(self, data: bytes) -> bool:
            if self.request is None:
                self.began = time.monotonic()
            going_on = bool(super().received(data))
            late = self.request is not None and time.monotonic() - self.began > WHOLE_S
            if late or too_large(self.request, gate):
                self.will_close = True
                return False
            return going_on

    return Limited


def too_large(request: Any, gate: Gate) -> bool:
    """Say whether a request that is still to come in whole is larger than a stranger's may be."""
    if request is None or not request.headers_finished:
        return False
    said = request.content_length > STRANGERS_BYTES or request.chunked
    return said and not gate.is_pass(cookie(request.headers.get("COOKIE", ""), gate.cookie))


def cookie(header: str, name: str) -> str | None:
    """Return the value of a cookie in a Cookie header."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for key, _, value in pairs if key == name), None)
