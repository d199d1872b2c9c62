"""What every page of the server has at hand: the class, the gate, and how a page is made."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, unquote

from flask import Response, request, url_for
from jinja2 import ChoiceLoader, Environment, PackageLoader

from harness import __version__
from harness.grading.astray import astray
from harness.report.themes.engine import environment
from harness.report.themes.theme import Theme
from harness.report.words.text import short_name
from harness.serve.desk import Desk, MarkingProgress, Sight, progress
from harness.serve.forms import one_line
from harness.serve.gate import Gate, is_loopback
from harness.serve.headers import framed, page_policy, script
from harness.serve.reporter import Reporter
from harness.serve.wording import bdi, wording
from harness.workflow.publish import FOLDER


@dataclass(frozen=True)
class Bar:
    """What stands on top of every page."""

    title: str
    progress: MarkingProgress
    grader: str
    trouble: str
    strangers: int
    astray: list[str]


@dataclass(frozen=True)
class Room:
    """`login` is who marks unless the grader gives a name; `hand_out` the folder for cards."""

    desk: Desk
    gate: Gate
    reporter: Reporter
    login: str = ""
    asks: bool = False
    hand_out: Path | None = None

    @property
    def templates(self) -> Environment:
        return templates(self.desk.graded.theme)

    @property
    def folder(self) -> Path:
        return self.hand_out or self.desk.graded.out / FOLDER

    def grader(self) -> str:
        """Return the name of who sent this request; empty if it has still to be asked."""
        given = one_line(unquote(request.cookies.get(self.gate.grader_cookie, "")))
        return given or ("" if self.asks else self.login)

    def greet(self, answer: Response, name: str) -> Response:
        """Let a grader's name be remembered by the browser."""
        answer.set_cookie(self.gate.grader_cookie, quote(name), httponly=True, samesite="Strict", path="/")
        return answer

    def bar(self, sight: Sight) -> Bar:
        strangers = {mark.slug for mark in sight.marks.values()} - sight.students.keys()
        names = {slug: name_of(slug, sight) for slug in sight.students}
        lost = [a.told(names) for a in astray(sight.result, sight.marks) if a.kind != "person"]
        return Bar(sight.result.title, progress(sight), self.grader(), self.reporter.trouble, len(strangers), lost)

    def page(self, name: str, *, status: int = 200, **values: object) -> Response:
        """Return a page of the marking desk."""
        policy = page_policy()
        text = self.templates.get_template(f"serve/{name}").render(
            policy=policy,
            harness=__version__,
            script=script()[0],
            form_token=self.gate.form_token,
            name_of=name_of,
            **values,
        )
        return html(text, framed(policy), status)


@lru_cache(maxsize=8)
def templates(theme: Theme) -> Environment:
    """Return the templates of these pages and, beneath them, those of the theme."""
    made = environment(theme)
    own = made.overlay(loader=ChoiceLoader([PackageLoader("harness.serve"), made.loader]))  # type: ignore[list-item]
    own.globals = {**made.globals, **wording(theme), "bdi": bdi, "url_for": url_for}
    return own


def name_of(slug: str, sight: Sight) -> str:
    """Return a student's name on one line; the slug of one who has left the class."""
    student = sight.students.get(slug)
    return short_name(student.name, slug) if student else slug


def html(text: str, policy: str, status: int = 200) -> Response:
    answer = Response(text.encode("utf-8", "replace"), status, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = policy
    return answer


def must_ask(host: str, grader: str) -> bool:
    """Say whether graders give their names: where others than who started the server may come in."""
    return not grader and not is_loopback(host)
