"""A grader's browser, as far as the server can tell: it keeps cookies, fills in forms and follows redirects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from harness.serve.gate import Gate

HOST = "127.0.0.1:8000"
SAME = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}


class FormReader(HTMLParser):
    """The fields of the page's forms, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        kind = of.get("type", "text")
        if tag == "textarea":
            self._text = of["name"]
            self.fields[self._text] = ""
        elif tag == "input" and (kind not in ("checkbox", "radio") or "checked" in of):
            self.fields[of["name"]] = of.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._text] = self.fields[self._text].removeprefix("\n")
            self._text = ""


@dataclass
class Visitor:
    """One grader at one browser. `page` is the last answer."""

    app: Flask
    gate: Gate
    grader: str = "Grace"
    host: str = HOST
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=f"http://{self.host}", headers=headers)

    def enter(self) -> "Visitor":
        """Open the printed address and give a name."""
        assert self.get(f"/?token={self.gate.tokens.valid}").status_code == 200
        if self.grader:
            assert self.send("/grader", {"grader": self.grader}, page="/grader").status_code == 303
        return self

    def form(self, path: str) -> dict[str, str]:
        """Return the fields of the page at a path."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return FormReader(answer.text).fields

    def send(
        self,
        path: str,
        changes: Mapping[str, str],
        *,
        page: str = "",
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = SAME,
    ) -> TestResponse:
        """Send the form of a page, `page` or the one at `path`, with some fields filled in."""
        sent = {**(self.form(page or path) if fields is None else fields), **changes}
        return self.client.post(path, base_url=f"http://{self.host}", data=sent, headers=dict(headers))

    def mark(self, slug: str, criterion: str, points: str, **more: str) -> TestResponse:
        """Mark one criterion on a student's page, as it is now."""
        changes = {f"points/toy/{criterion}": points, "then": "stay"}
        changes |= {f"{name}/toy/{criterion}": text for name, text in more.items()}
        return self.send(f"/students/{slug}", changes)
