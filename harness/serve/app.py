"""The web application: which address leads to which page, and what every request must show first."""

from flask import Flask, Response, abort, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from harness.errors import HarnessError
from harness.serve.forms import one_line
from harness.serve.gate import Gate
from harness.serve.handing_out import HandingOut
from harness.serve.headers import finish
from harness.serve.limits import MOST_BYTES
from harness.serve.reading import Reading
from harness.serve.room import Room, html
from harness.serve.saving import Marking
from harness.serve.tokens import Turn
from harness.serve.work import Work

ENTRY = "default-src 'none'; base-uri 'none'; form-action 'none'"
LEADS_ON = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Marking</title>'
    '<p><a href="/">To the class</a>'
)


def create_app(room: Room) -> Flask:
    """Return the application that serves one class to those who pass the gate."""
    app = Flask("harness.serve", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_BYTES, MAX_FORM_MEMORY_SIZE=MOST_BYTES)
    gatekeeping(app, room)
    addresses(app, room)
    return app


def gatekeeping(app: Flask, room: Room) -> None:
    gate = room.gate

    @app.before_request
    def check() -> Response | None:
        if not gate.knows_host(request.headers.get("Host")):
            abort(403, "Expected the address that `harness serve` printed, received another host name; open that one.")
        inside = gate.is_pass(request.cookies.get(gate.cookie))
        if request.method == "GET" and "token" in request.args:
            return redirect("/", 303) if inside else admit(gate, request.args["token"])  # type: ignore[return-value]
        if not inside:
            abort(403, "Expected the token of `harness serve`; open the address that it printed, with all of it.")
        if request.method not in ("GET", "HEAD"):
            if not gate.same_origin(request.headers):
                abort(403, "Expected a form of this server, received one from elsewhere; nothing was changed.")
            if not gate.is_form_token(request.form.get("form_token")):
                abort(403, "Expected a form of this run of `harness serve`; go back, reload, and enter it again.")
        return None

    app.after_request(finish)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return plain(error.description or error.name, error.code or 500)

    @app.errorhandler(HarnessError)
    def told(error: HarnessError) -> Response:
        return plain(str(error), 503)


def admit(gate: Gate, token: str) -> Response:
    """Give a browser its cookie for a token that was not used before.

    The page that leads on is one of this server: browsers keep a strict cookie to themselves where a file has sent them
    here.
    """
    turn = gate.tokens.use(token)
    if turn is Turn.USED:
        abort(403, "Expected a new address, received one that was used; open the last one `harness serve` printed.")
    if turn is Turn.UNKNOWN:
        abort(403, "Expected the token of `harness serve`; open the address that it printed, with all of it.")
    answer = html(LEADS_ON, f"{ENTRY}; frame-ancestors 'none'")
    answer.set_cookie(gate.cookie, gate.pass_, httponly=True, samesite="Strict", path="/")
    return answer


def plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")


def addresses(app: Flask, room: Room) -> None:
    reading = Reading(room)
    marking, handing_out, work = Marking(room), HandingOut(room, reading), Work(room, reading)

    def greet() -> Response:
        name = one_line(request.form.get("grader", ""))
        if not name:
            return redirect(url_for("ask_grader"), 303)  # type: ignore[return-value]
        return room.greet(redirect(url_for("class_page"), 303), name)  # type: ignore[arg-type]

    for path, endpoint, view in (
        ("/", "class_page", reading.class_page),
        ("/cards/<name>", "of_class_page", reading.of_class_page),
        ("/students/<slug>", "student", marking.show),
        ("/students/<slug>/card", "card", reading.card),
        ("/students/<slug>/work", "work", work.show),
        ("/students/<slug>/reports/<int:number>", "report", work.report),
        ("/compare", "compare", reading.compare),
        ("/history", "history", reading.history),
        ("/next-open", "next_open", reading.to_next_open),
        ("/publish", "publishing", handing_out.show),
        ("/grader", "ask_grader", reading.ask_grader),
        ("/leaderboard.html", "leaderboard", reading.leaderboard),
        ("/grades.csv", "grades", reading.grades),
        ("/results.json", "results", reading.results),
        ("/published.csv", "listing", reading.listing),
        ("/records/logs/<name>", "log", reading.log),
    ):
        app.add_url_rule(path, endpoint, view, methods=["GET"])
    app.add_url_rule("/students/<slug>", "save", marking.save, methods=["POST"])
    app.add_url_rule("/publish", "publish", handing_out.publish, methods=["POST"])
    app.add_url_rule("/grader", "greet", greet, methods=["POST"])
