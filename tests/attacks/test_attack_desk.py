"""Somebody on the same machine or network who wants to come in at the marking desk, or to keep graders out of it."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server

from harness.serve import limits, opening, run
from harness.serve.app import gatekeeping
from harness.serve.gate import Gate

HOST = "http://127.0.0.1:8000"


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def desk(gate: Gate) -> Flask:
    """An application behind the gate that says where one is inside."""
    app = Flask("desk")
    gatekeeping(app, SimpleNamespace(gate=gate))  # type: ignore[arg-type]
    app.add_url_rule("/", "inside", lambda: "inside", methods=["GET", "POST"])
    return app


def get(client: FlaskClient, path: str) -> Any:
    return client.get(path, base_url=HOST)


def test_a_token_that_was_seen_over_a_shoulder_is_worth_nothing(desk: Flask, gate: Gate) -> None:
    """It stands in a terminal, in its scrollback, and in a browser's history."""
    grader, thief = desk.test_client(), desk.test_client()
    address = f"/?token={gate.tokens.valid}"
    assert get(grader, address).status_code == 200
    answer = get(thief, address)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert (
        answer.text
        == "Expected a new address, received one that was used; open the last one `harness serve` printed.\n"
    )
    assert get(thief, "/").status_code == 403
    assert get(grader, "/").text == "inside"
    assert get(grader, address).headers["Location"] == "/", "who is in already goes on"
    assert get(thief, f"/?token={gate.pass_}").status_code == 403, "a cookie is no token"
    assert gate.tokens.valid not in address


def test_the_next_grader_comes_in_by_the_next_token(desk: Flask, gate: Gate) -> None:
    for _ in range(3):
        client = desk.test_client()
        assert get(client, f"/?token={gate.tokens.valid}").status_code == 200
        assert get(client, "/").text == "inside"


def test_of_two_at_once_one_comes_in(gate: Gate) -> None:
    token = gate.tokens.valid
    with ThreadPoolExecutor(8) as threads:
        turns = [turn.name for turn in threads.map(gate.tokens.use, [token] * 50)]
    assert sorted(set(turns)) == ["TAKEN", "USED"] and turns.count("TAKEN") == 1


def test_the_token_stands_on_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser is a program like any other, and everybody may read what it was started with."""
    opened = threading.Event()
    asked: list[str] = []

    def browser(url: str) -> None:
        asked.append(url)
        opened.set()

    monkeypatch.setattr(opening.webbrowser, "open", browser)
    address = run.addresses("127.0.0.1", 8000, "hunter2")[0]
    with opening.opened_in_browser(address, tmp_path):
        assert opened.wait(60)
        (page,) = tmp_path.iterdir()
        assert asked == [page.as_uri()] and "hunter2" not in asked[0]
        assert page.stat().st_mode & 0o777 == 0o600
        assert "url=http://127.0.0.1:8000/?token=hunter2" in page.read_text()
    assert not list(tmp_path.iterdir())


def test_whoever_starts_the_browser_does_it_by_that_page() -> None:
    """So that no second way is made beside it."""
    rooms = Path(run.__file__).parent
    assert [path.name for path in rooms.glob("*.py") if "webbrowser" in path.read_text()] == ["opening.py"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a clock for connections that stands still until it is set."""
    made = SimpleNamespace(now=0.0)
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


@pytest.fixture
def port(desk: Flask, gate: Gate, clock: Any) -> Iterator[int]:
    """The port of a server with the limits of `harness serve`."""
    server = run.limited(create_server(desk, host="127.0.0.1", port=0, **limits.SETTINGS), gate)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(server.close)
    server.asyncore.close_all(server._map)
    thread.join()


HEAD = "POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n"


def ended(connection: socket.socket) -> bytes:
    """Return what the server says before it ends the connection; it does end it."""
    connection.settimeout(60)
    said = b""
    try:
        while piece := connection.recv(4096):
            said += piece
    except ConnectionResetError:
        pass
    return said


def test_a_request_that_is_never_finished_ends(port: int, clock: Any) -> None:
    """A byte now and then would hold a connection for ever, and a hundred of them everybody else off."""
    with socket.create_connection(("127.0.0.1", port)) as slow, socket.create_connection(("127.0.0.1", port)) as quick:
        slow.sendall(HEAD.encode())
        quick.sendall(HEAD.encode() + b"Content-Length: 0\r\n\r\n")
        quick.settimeout(60)
        assert quick.recv(4096).split()[1] == b"403", "the slow one's first bytes are there too"
        clock.now += limits.WHOLE_S + 1
        slow.sendall(b"X-Drop: 1\r\n")
        assert ended(slow) == b""


LARGE = {
    "length": f"Content-Length: {limits.STRANGERS_BYTES + 1}\r\n\r\n",
    "no length": "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    "a guess": f"Content-Length: {limits.STRANGERS_BYTES + 1}\r\nCookie: harness-00000000=guess; x\r\n\r\n",
}


@pytest.mark.parametrize("head", LARGE.values(), ids=list(LARGE))
def test_a_stranger_sends_no_large_form(port: int, head: str) -> None:
    """Bodies are read before anybody is asked for a token."""
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall((HEAD + head).encode())
        assert ended(stranger) == b""


def test_a_grader_sends_no_endless_form(port: int, gate: Gate) -> None:
    cookie = f"Cookie: {gate.cookie}={gate.pass_}\r\n"
    with socket.create_connection(("127.0.0.1", port)) as grader:
        grader.sendall((HEAD + cookie + f"Content-Length: {limits.MOST_BYTES + 1}\r\n\r\n").encode())
        assert ended(grader).split()[1] == b"413"
    with socket.create_connection(("127.0.0.1", port)) as grader:
        body = b"x" * (limits.STRANGERS_BYTES + 1)
        grader.sendall((HEAD + cookie + f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
        assert b"form of this server" in ended(grader), "read as a whole, and refused for what it is"


def test_headers_have_an_end(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall((HEAD + "X: " + "x" * (limits.HEADER_BYTES + 100)).encode())
        assert ended(stranger).split()[1] == b"431"


def test_connections_are_counted() -> None:
    assert 0 < limits.SETTINGS["connection_limit"] <= 100
    assert limits.SETTINGS["channel_timeout"] <= 60
