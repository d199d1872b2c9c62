"""What --workers takes, and which addresses are refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.errors import UsageError
from harness.workers import asked
from harness.workers.admission import Admission
from harness.workers.asked import Asked, parse_workers
from harness.workers.connection import Connection, Joined
from harness.workers.registration import Registration


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("local:4", Asked(local=4)),
        ("tcp://127.0.0.1:8786", Asked(address="tcp://127.0.0.1:8786")),
        ("tcp://localhost:8786", Asked(address="tcp://localhost:8786")),
        ("tcp://[::1]:8786", Asked(address="tcp://[::1]:8786")),
        ("tls://head.cluster.edu:8786", Asked(address="tls://head.cluster.edu:8786")),
    ],
)
def test_workers_here_and_encrypted_ones_elsewhere_are_taken(text: str, found: Asked) -> None:
    assert parse_workers(text) == found


@pytest.mark.parametrize("text", ["local:0", "local:5000", "local", "four", "http://host:80", "tls://host", ""])
def test_what_is_no_place_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match=r"Expected --workers"):
        parse_workers(text)


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.5:8786", "tcp://head.cluster.edu:8786", "tcp://127.0.0.1.evil.org:8786", "tcp://0.0.0.0:1"],
)
def test_others_could_run_code_without_tls(address: str, tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"address": address}))
    for text in (address, str(file)):
        with pytest.raises(UsageError, match="anybody on that network could run code as you"):
            parse_workers(text)


def test_an_address_here_that_leads_to_workers_elsewhere_is_refused_too() -> None:
    """A tunnel ends on this machine; behind it anybody could listen."""
    registration = Registration(cast(Connection, None), cast(Admission, None), print)
    with pytest.raises(UsageError, match="anybody on that network"):
        registration.joined(Joined("tcp://10.0.0.7:40001"))


def test_the_file_of_a_scheduler_names_its_address(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(json.dumps({"type": "Scheduler", "address": "tls://10.0.0.5:8786", "workers": {}}))
    assert parse_workers(str(file)) == Asked(address="tls://10.0.0.5:8786")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"address": 5}'])
def test_another_file_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "scheduler.json"
    with pytest.raises(UsageError, match="cannot be read"):
        parse_workers(str(file))
    file.write_text(content)
    with pytest.raises(UsageError, match=r"scheduler\.json"):
        parse_workers(str(file))


def test_without_the_engine_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'coursework-harness\[cluster\]'"):
        parse_workers("local:2")


def test_shards_and_workers_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    asked = ["grade", str(tmp_path / "class"), "--shard", "1/2", "--workers", "local:2", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2
    assert "Expected --shard or --workers, received both" in done.output


def test_a_variable_that_is_not_set_is_no_reason_to_grade_here(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    done = CliRunner().invoke(app, ["grade", str(tmp_path / "class"), "--workers", "", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2 and "Expected --workers to be local:4" in done.output


def test_help_loads_no_engine() -> None:
    code = "import sys, harness.cli, harness.workers.asked; assert 'distributed' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "--workers" in CliRunner().invoke(app, ["grade", "--help"]).output
