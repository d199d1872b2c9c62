"""Who is let in, and what a page may do: a token, a name of this machine, forms of this server, and nothing else."""

import re

import pytest
from serve.conftest import HIDDEN, HOSTILE
from serve.visitor import HOST, SAME, Visitor

from harness.serve.app import create_app
from harness.serve.gate import Gate
from harness.serve.room import Room

PAGES = ("/", "/students/ann-example", "/students/ann-example/card", "/compare", "/history", "/publish", "/grader")


@pytest.fixture
def stranger(room: Room) -> Visitor:
    """Somebody who reached the port and knows nothing."""
    return Visitor(create_app(room), room.gate)


def test_without_the_token_every_address_says_one_sentence(stranger: Visitor) -> None:
    paths = {re.sub("<[^>]+>", "ann-example", rule.rule) for rule in stranger.app.url_map.iter_rules()}
    assert len(paths) > 10
    for path in (*paths, "/nothing-there"):
        for answer in (stranger.get(path), stranger.get(f"{path}?token=guess"), stranger.send(path, {}, fields={})):
            assert answer.status_code in (403, 405)
            assert answer.status_code == 405 or answer.text.count(".") == 1
            assert "Ann" not in answer.text
            assert "Set-Cookie" not in answer.headers


def test_the_printed_address_lets_in_and_leaves_no_token_behind(stranger: Visitor) -> None:
    token = stranger.gate.tokens.valid
    answer = stranger.get(f"/?token={token}")
    assert answer.status_code == 200 and 'content="0;url=/"' in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert token not in cookie and token not in answer.text
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Domain" not in cookie
    assert "Ann Example" in stranger.get("/").text


def test_a_token_never_leads_elsewhere(stranger: Visitor) -> None:
    answer = stranger.get(f"//evil.example/?token={stranger.gate.tokens.valid}")
    assert answer.headers.get("Location", "/") == "/"
    assert "evil" not in answer.text


def test_another_run_of_the_server_has_another_token(visitor: Visitor, room: Room) -> None:
    other = Gate()
    assert other.tokens.valid != room.gate.tokens.valid and other.cookie != room.gate.cookie
    assert len(room.gate.tokens.valid) >= 40 and len(room.gate.pass_) >= 40


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "a@127.0.0.1", "", "[", "127.0.0.1/x"]
)
def test_a_name_pointed_at_this_machine_is_refused(visitor: Visitor, host: str) -> None:
    answer = visitor.get("/", Host=host)
    assert answer.status_code == 403 and "Ann" not in answer.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:9000", "[::1]:8000", "LOCALHOST"])
def test_names_of_this_machine_and_tunnels_are_not(visitor: Visitor, host: str) -> None:
    assert visitor.gate.knows_host(host)


def test_bound_to_every_address_only_names_are_refused() -> None:
    gate = Gate("0.0.0.0")
    assert gate.knows_host("192.168.1.7:8000") and gate.knows_host("[fe80::1]:8000") and gate.knows_host("localhost")
    assert not gate.knows_host("evil.example") and not gate.knows_host("192.168.1.7.evil.example")


ELSEWHERE = [
    {},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:9999", "Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1:9999"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_from_elsewhere_changes_nothing(visitor: Visitor, room: Room, headers: dict[str, str]) -> None:
    changes = {"points/toy/report": "20"}
    answer = visitor.send("/students/ann-example", changes, headers=headers)
    assert answer.status_code == 403 and answer.text.count(".") == 1
    assert room.desk.graded.marks.last() == 0


@pytest.mark.parametrize("token", [None, "", "0" * 64])
@pytest.mark.parametrize("path", ["/students/ann-example", "/publish", "/grader"])
def test_a_form_without_its_token_changes_nothing(visitor: Visitor, room: Room, path: str, token: str | None) -> None:
    fields = {"points/toy/report": "20", "force": "yes", "grader": "Eve"} | (
        {} if token is None else {"form_token": token}
    )
    answer = visitor.send(path, {}, fields=fields)
    assert answer.status_code == 403
    assert room.desk.graded.marks.last() == 0 and not room.folder.exists()


def test_a_browser_that_tells_only_its_origin_is_believed(visitor: Visitor, room: Room) -> None:
    answer = visitor.send("/students/ann-example", {"points/toy/report": "20"}, headers={"Origin": SAME["Origin"]})
    assert answer.status_code == 303 and room.desk.graded.marks.last() == 1


@pytest.mark.parametrize("path", [*PAGES, "/grades.csv", "/results.json", "/nothing-there"])
def test_every_answer_is_closed(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "base-uri 'none'" in policy
    assert "unsafe-eval" not in policy and "http" not in policy and "*" not in policy
    scripts = re.findall(r"script-src ([^;]*)", policy)
    assert all(re.fullmatch(r"'sha256-[^']+'", s.strip()) for s in scripts), "by hash only"
    framed = path.endswith("/card")
    assert ("frame-ancestors 'self'" if framed else "frame-ancestors 'none'") in policy


def test_the_policy_in_a_page_is_that_of_its_header(visitor: Visitor) -> None:
    for path in PAGES:
        answer = visitor.get(path)
        inside = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)
        assert inside
        assert answer.headers["Content-Security-Policy"].startswith(inside[1].replace("&#39;", "'"))


def test_forms_are_sent_with_their_origin(visitor: Visitor) -> None:
    """Under `no-referrer`, browsers send `Origin: null`, and every mark would be refused."""
    assert '<meta name="referrer" content="same-origin">' in visitor.get("/students/ann-example").text


@pytest.mark.parametrize(
    "path",
    [
        "/students/..%2f..%2fetc%2fpasswd",
        "/students/%2e%2e",
        "/cards/..%2fresults.json",
        "/records/logs/..%2frecords.sqlite",
        "/records/logs/..%2f..%2fmarking.sqlite.txt",
        "/records/logs/.txt",
        "/records/records.sqlite",
        "/marking.sqlite",
        "/students/ann-example/../../marking.sqlite",
        "/students/nobody/card",
        "/compare?left=..%2fx",
    ],
)
def test_no_path_is_made_of_what_is_asked_for(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert b"SQLite" not in answer.data and b"root:" not in answer.data


def test_a_log_is_nothing_but_text(visitor: Visitor, room: Room) -> None:
    sight = room.desk.look()
    assert sight
    key = next(iter(m.key for t in sight.students["ann-example"].tasks for m in t.measurements))
    (room.desk.graded.records.folder / "logs" / f"{key}.txt").write_text("<script>alert(1)</script>")
    (room.desk.graded.records.folder / "logs" / "stranger.txt").write_text("not of this class")
    answer = visitor.get(f"/records/logs/{key}.txt")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert visitor.get("/records/logs/stranger.txt").status_code == 404


def test_hostile_names_stay_text_on_every_page(visitor: Visitor, room: Room) -> None:
    sight = room.desk.look()
    assert sight
    slug = next(s for s, student in sight.students.items() if "script" in student.name)
    assert sight.students[slug].name == HOSTILE.replace("/", "∕")
    visitor.mark(slug, "report", "5", comment="</textarea><script>alert(2)</script>")
    for path in ("/", f"/students/{slug}", f"/students/{slug}/card", f"/compare?left={slug}", "/history", "/publish"):
        page = re.sub(r'<script type="application/json".*?</script>', "", visitor.get(path).text, flags=re.DOTALL)
        assert "<script>alert" not in page and '" onload=x' not in page, path
        assert "&lt;script&gt;alert" in page, path


def test_a_form_that_is_too_large_is_refused(visitor: Visitor, room: Room) -> None:
    answer = visitor.send("/students/ann-example", {"comment/toy/report": "x" * 5_000_000})
    assert answer.status_code == 413
    assert room.desk.graded.marks.last() == 0


def test_a_card_in_a_frame_can_run_nothing(visitor: Visitor) -> None:
    page = visitor.get("/students/ann-example").text
    assert re.search(r"<iframe sandbox src=", page)
    assert "; sandbox;" in visitor.get("/students/ann-example/card").headers["Content-Security-Policy"]


def test_a_grader_sees_hidden_criteria_and_can_look_as_the_student(visitor: Visitor) -> None:
    assert HIDDEN in visitor.get("/students/ann-example").text
    assert HIDDEN in visitor.get("/students/ann-example/card").text
    assert HIDDEN not in visitor.get("/students/ann-example/card?as=student").text
