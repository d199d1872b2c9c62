"""The server as a process: killed while it writes, started twice on one folder, and ended by Ctrl-C."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
import toy
from serve.visitor import FormReader

from harness.course.found import Course
from harness.records.hand_marks import HandMarks, read_newest

SCRIPT = Path(__file__).parent / "serve_toy.py"
ANN = "/students/ann-example"


@dataclass
class Served:
    """A running server, and a grader at it."""

    process: subprocess.Popen[str]
    port: int
    cookie: str

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def form(self) -> dict[str, str]:
        return FormReader(self.ask("GET", ANN)[1]).fields

    def mark(self, points: float, **more: str) -> int:
        """Mark ann's report on the page as it is now; return the status."""
        changes = {"points/toy/report": f"{points:g}", **{f"{k}/toy/report": v for k, v in more.items()}}
        return self.ask("POST", ANN, {**self.form(), **changes})[0]


Start = Callable[..., Served]


@pytest.fixture
def start(out: Path) -> Iterator[Start]:
    """Return a function that starts a server on the class and goes in."""
    running: list[subprocess.Popen[str]] = []

    def started(port: int = 0) -> Served:
        command = [sys.executable, str(SCRIPT), str(out), str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        running.append(process)
        assert process.stdout
        found = None
        while found is None:
            line = process.stdout.readline()
            assert line, "the server ended"
            found = re.search(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)", line)
        served = Served(process, int(found[1]), "")
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=300)
        connection.request("GET", f"/?token={found[2]}")
        answer = connection.getresponse()
        served.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        return served

    yield started
    for process in running:
        process.kill()
        process.communicate()


def test_a_mark_told_as_saved_survives_being_killed(start: Start, out: Path) -> None:
    """Killed at once after the answer, and with requests under way; every mark answered is there afterwards."""
    first = start()
    assert first.mark(7, comment="Kept.") == 303
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    again = start()
    fields = again.form()
    assert (fields["points/toy/report"], fields["comment/toy/report"]) == ("7", "Kept.")
    answered = []

    def grade_on() -> None:
        try:
            for n in range(500):
                if again.mark(n % 20, reason=f"change {n}") == 303:
                    answered.append(f"change {n}")
        except (OSError, http.client.HTTPException, KeyError):
            return

    grader = threading.Thread(target=grade_on)
    grader.start()
    while len(answered) < 10:
        assert grader.is_alive()
    again.process.send_signal(signal.SIGKILL)
    grader.join()
    marks = HandMarks(out)
    reasons = {m.reason for m in marks.history()}
    marks.close()
    assert len(answered) >= 10 and set(answered) <= reasons
    third = start()
    assert third.ask("GET", "/history")[0] == 200


def test_two_servers_on_one_folder_lose_no_change(start: Start, out: Path) -> None:
    servers = [start(), start()]
    assert servers[0].port != servers[1].port
    saved: list[list[str]] = [[], []]

    def grade_on(which: int) -> None:
        for n in range(15):
            if servers[which].mark(n + which / 2, reason=f"{which}/{n}", comment=f"{which}/{n}") == 303:
                saved[which].append(f"{which}/{n}")

    threads = [threading.Thread(target=grade_on, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    marks = HandMarks(out)
    history = [m.comment for m in marks.history()]
    marks.close()
    assert sorted(history) == sorted(saved[0] + saved[1]), "each saved change once, and no other"
    assert [s.form()["comment/toy/report"] for s in servers] == [history[-1]] * 2


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM]])
def test_ctrl_c_ends_it_and_the_reports_hold_every_mark(start: Start, out: Path, signals: list[signal.Signals]) -> None:
    served = start()
    assert served.mark(12.5) == 303
    for number in signals:
        served.process.send_signal(number)
        time.sleep(0.02)  # or the system would make one of two; what is written in the end takes longer
    said, _ = served.process.communicate(timeout=300)
    assert served.process.returncode == 0
    assert "hold every mark" in said and "Traceback" not in said
    assert ",92.5,100," in (out / "grades.csv").read_text()
    assert read_newest(out)


def test_a_taken_port_is_told_and_another_one_found(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        served = start(port)
        assert served.port != port
        assert served.ask("GET", ANN)[0] == 200


def test_an_address_of_another_machine_is_refused_in_a_sentence(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from harness.cli import app

    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=toy.REGISTRY))
    for host in ("192.0.2.1", "no-such-host.invalid"):
        done = CliRunner().invoke(app, ["serve", str(out), "--host", host, "--no-open"])
        assert done.exit_code == 2
        assert "Expected --host to be an address of this machine" in done.output


def test_results_that_cannot_be_read_are_told_before_anything_is_opened(out: Path) -> None:
    (out / "results.json").write_text("{")
    done = subprocess.run([sys.executable, str(SCRIPT), str(out), "0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and not done.stderr
    assert done.stdout.startswith("Expected the results of a class in ") and done.stdout.count("\n") == 1
