"""What every answer says to the browser: load nothing, be framed by nobody, keep nothing."""

import base64
import functools
import hashlib
from importlib.resources import files

from flask import Response
from markupsafe import Markup

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with `no-referrer` browsers would send the Origin of a form as `null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'none'"


@functools.cache
def script() -> tuple[Markup, str]:
    """Return the script of the marking pages and what the content security policy calls it."""
    text = files("harness.serve").joinpath("templates/serve/keys.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704 - our own file


def page_policy() -> str:
    """Return the policy of a page with forms and cards in frames."""
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '{script()[1]}'; frame-src 'self';"
        " base-uri 'none'; form-action 'self'"
    )


def framed(policy: str, ancestors: str = "'none'") -> str:
    """Return a page's policy with what only a header may say: who may show it in a frame."""
    return f"{policy}; frame-ancestors {ancestors}"


def finish(answer: Response) -> Response:
    """Put the headers on an answer that every answer has; one without a policy may do nothing at all."""
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    policy = answer.headers.setdefault("Content-Security-Policy", NOTHING)
    answer.headers.setdefault("X-Frame-Options", "SAMEORIGIN" if "frame-ancestors 'self'" in policy else "DENY")
    return answer
