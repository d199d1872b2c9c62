"""Pages that are only read: the class, cards alone and side by side, the history, and the files of the class."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Response, abort, redirect, request, url_for

from harness.grading.results import StudentResult
from harness.records.models import HandMark, MarkedPlace, Status
from harness.report.class_page.progress import Live
from harness.report.files import results_json
from harness.report.grades import BOM, grades_csv
from harness.report.pages import POLICY, class_values, logs_in, render_leaderboard
from harness.report.words.moments import date
from harness.report.words.scripts import TABLES, script
from harness.report.words.text import points
from harness.serve.desk import Sight, next_open
from harness.serve.headers import NOTHING, framed
from harness.serve.room import Room, html, name_of
from harness.workflow.live import EVERY_S
from harness.workflow.publish import LIST

PAGE = 200  # changes on one page of the history
STILL_S = 600  # results so far that are older than this are those of a run that was ended


@dataclass(frozen=True)
class Change:
    """One line of the history. `slug` is empty for one who has left the class."""

    at: str
    grader: str
    student: str
    slug: str
    criterion: str
    before: str
    after: str
    comment: str
    reason: str


class Reading:
    """Views of what is there."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def class_page(self) -> Response:
        """Return the class page with the bar on top; a page that says so while nothing has been graded."""
        sight = self.room.desk.look()
        if sight is None:
            return self.room.page("waiting.html", bar=None)
        graded = self.room.desk.graded
        values = class_values(
            sight.result,
            theme=graded.theme,
            live=live(sight, time.time()),
            has_log=logs_in(graded.out),
            leaderboard=not sight.so_far,
        )
        marked = request.args.get("marked", "")
        text = self.room.templates.get_template("serve/class.html").render(
            **values, bar=self.room.bar(sight), first_open=next_open(sight, ""), marked=name_of(marked, sight)
        )
        return html(text, framed(str(values["policy"])))

    def of_class_page(self, name: str) -> Response:
        """Lead from where the class page links to a card to the page on which it is marked."""
        card = name.removesuffix(".html")
        slug = self.sight().submissions.get(card, card)
        self.find(slug)
        return redirect(url_for("student", slug=slug), 303)  # type: ignore[return-value]

    def card(self, slug: str) -> Response:
        """Return a card to be shown in a frame: with everything on it, or as its student sees it."""
        student, sight = self.find(slug), self.sight()
        everything = request.args.get("as") != "student"
        text = self.room.desk.graded.card(sight.result, student, revealed=everything or sight.result.revealed)
        return html(text, framed(f"{POLICY}; sandbox", "'self'"))

    def compare(self) -> Response:
        sight = self.sight()
        left, right = (request.args.get(side, "") for side in ("left", "right"))
        for slug in filter(None, (left, right)):
            self.find(slug)
        return self.room.page("compare.html", bar=self.room.bar(sight), sight=sight, left=left, right=right)

    def history(self) -> Response:
        sight = self.sight()
        slug = request.args.get("student") or None
        changes = list(reversed(changed(self.room.desk.graded.marks.history(slug), sight)))
        number = max(1, request.args.get("page", 1, int))
        return self.room.page(
            "history.html",
            bar=self.room.bar(sight),
            sight=sight,
            changes=changes[(number - 1) * PAGE : number * PAGE],
            n=len(changes),
            number=number,
            pages=max(1, -(-len(changes) // PAGE)),
            of=slug,
            publications=[] if slug else list(reversed(self.room.desk.graded.publications.all())),
            date=date,
        )

    def to_next_open(self) -> Response:
        sight = self.sight()
        after = request.args.get("after", "")
        slug = next_open(sight, after) or (after if after in sight.open else None)
        return redirect(url_for("student", slug=slug) if slug else url_for("class_page"), 303)  # type: ignore[return-value]

    def leaderboard(self) -> Response:
        text = render_leaderboard(self.sight().result, theme=self.room.desk.graded.theme)
        return html(text, framed(f"{POLICY}; script-src '{script(TABLES)[1]}'"))

    def grades(self) -> Response:
        return download(BOM + grades_csv(self.sight().result), "text/csv", "grades.csv")

    def results(self) -> Response:
        return download(results_json(self.sight().result), "application/json", "results.json")

    def listing(self) -> Response:
        """Return which published card is whose, as it was last written."""
        path = self.room.desk.graded.out / LIST
        if not path.is_file():
            abort(404, "Nothing has been published from this class yet.")
        return download(path.read_text(encoding="utf-8"), "text/csv", LIST)

    def log(self, name: str) -> Response:
        """Return what a step printed, as nothing but text; only records of this class have one."""
        key = next((k for k in self.sight().keys if k and f"{k}.txt" == name), None)
        path = self.room.desk.graded.records.folder / "logs" / f"{key}.txt"
        if key is None or not key.isalnum() or not path.is_file():
            abort(404, "Expected the log of a step of this class; nothing was printed there, or it was never run.")
        answer = Response(path.read_bytes(), mimetype="text/plain")
        answer.headers["Content-Security-Policy"] = NOTHING
        return answer

    def ask_grader(self) -> Response:
        return self.room.page("grader.html", bar=None, grader=self.room.grader() or self.room.login)

    def sight(self) -> Sight:
        sight = self.room.desk.look()
        if sight is None:
            abort(404, "Nothing has been graded yet; wait for the first results and reload.")
        return sight

    def find(self, slug: str) -> StudentResult:
        """Return a student's results by the slug in an address, which is looked up and never made a path."""
        found = self.sight().students.get(slug)
        if found is None:
            abort(404, "Expected the name of a card of this class; choose a student on the class page.")
        return found


def live(sight: Sight, now: float) -> Live | None:
    """Return that grading goes on, as far as the age of the newest results tells; `now` in seconds since 1970."""
    written = sight.stamp[3] / 1e9  # of the results so far
    if not sight.so_far or now - written > STILL_S:
        return None
    graded = {s.slug for s in sight.result.students if s.status is not Status.NOT_RUN}
    at = datetime.fromtimestamp(written, UTC).isoformat(timespec="seconds")
    return Live(written=at, every_s=EVERY_S, cards=frozenset(graded))


def changed(history: list[HandMark], sight: Sight) -> list[Change]:
    """Return the history in words, every change with what stood before it."""
    texts = {(s.slug, t.task, c.id): c.text for s in sight.result.students for t in s.tasks for c in t.criteria}
    before: dict[MarkedPlace, HandMark] = {}
    lines = []
    for mark in history:
        place = (mark.slug, mark.task, mark.criterion)
        last = before.get(place)
        lines.append(
            Change(
                at=date(mark.at),
                grader=mark.grader,
                student=name_of(mark.slug, sight),
                slug=mark.slug if mark.slug in sight.students else "",
                criterion=texts.get(place, f"{mark.task}: {mark.criterion}"),
                before=points(last.points) if last else "–",
                after=points(mark.points),
                comment=mark.comment if last is None or last.comment != mark.comment else "",
                reason=mark.reason,
            )
        )
        before[place] = mark
    return lines


def download(text: str, kind: str, name: str) -> Response:
    answer = Response(text.encode("utf-8", "replace"), mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={quote(name)}"
    answer.headers["Content-Security-Policy"] = NOTHING
    return answer
