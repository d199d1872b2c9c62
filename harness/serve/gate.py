"""Who may come in: the holder of the token, by a name of this machine, from a page of this server."""

import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.serve.tokens import Tokens, same

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

WILDCARDS = ("", "0.0.0.0", "::")  # noqa: S104 - told apart, not bound
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Gate:
    """`host` is what the server is bound to, `tokens` the secrets in printed addresses, `pass_` that of a cookie.

    The cookie's name holds a part of a hash: cookies are shared by all ports of a machine, and two classes may be open
    at once.
    """

    host: str = "127.0.0.1"
    tokens: Tokens = field(default_factory=Tokens)
    pass_: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def cookie(self) -> str:
        return f"harness-{hashlib.sha256(self.pass_.encode()).hexdigest()[:8]}"

    @property
    def grader_cookie(self) -> str:
        return f"{self.cookie}-grader"

    @property
    def form_token(self) -> str:
        """Return what every form of this server carries, and no other page can know."""
        return hmac.digest(self._secret, b"form", "sha256").hex()

    def is_pass(self, given: str | None) -> bool:
        return same(given, self.pass_)

    def is_form_token(self, given: str | None) -> bool:
        return same(given, self.form_token)

    def knows_host(self, header: str | None) -> bool:
        """Say whether a Host header names this machine, so that another site's name cannot be pointed at it.

        The port may differ, as it does through a tunnel. Bound to every address, any address in digits will do: it
        is names that can be pointed elsewhere.
        """
        name = host_name(header)
        if name is None:
            return False
        if self.host in WILDCARDS:
            return name in LOOPBACK | own_names() or is_address(name)
        return name == self.host.lower() or (is_loopback(self.host) and name in LOOPBACK)

    def same_origin(self, headers: "Headers | Mapping[str, str]") -> bool:
        """Say whether a browser sent a form from a page of this server; one that tells nothing is not believed."""
        site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
        if site is None and origin is None:
            return False
        if site is not None and site != "same-origin":
            return False
        return origin is None or origin in (f"http://{headers.get('Host')}", f"https://{headers.get('Host')}")


def host_name(header: str | None) -> str | None:
    """Return the name or address in a Host header, in lower case; None if it is no such thing."""
    try:
        parts = urlsplit(f"//{header or ''}")
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    return host.lower() == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local", name.partition(".")[0]})
