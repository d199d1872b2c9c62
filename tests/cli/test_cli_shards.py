"""Shards at the command line: parts of a class, put together again, and one sentence where that cannot be."""

import json
import shutil
from pathlib import Path

import pytest
import toy
from cli.conftest import Harness
from cli.test_cli_downloads import CANVAS
from platforms.made import zipped
from workflow.classes import FakeSandbox

SHARD = ("grade", "class", "--rubrics", "rubrics", "--device", "cpu", "--shard")


def a_class(folder: Path) -> None:
    toy.write_class(folder / "class", {"ann": toy.GOOD, "bob": toy.GOOD + "\n# Bob\n", "cy": toy.UNTRAINABLE})


def test_a_class_is_graded_in_parts(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    a_class(tmp_path)
    first = harness(*SHARD, "1/2", "--out", "S1")
    assert first.exit_code == 0, first.stderr
    assert "Shard 1/2 of class: 2 of its submissions in a task are measured" in first.stdout
    assert "`harness merge DIR... --out results`" in first.stdout
    second = harness(*SHARD, "2/2", "--out", "S2", "--json")
    assert json.loads(second.stdout) == {"shard": 2, "of": 2, "submissions": 1, "open": []}
    done = harness("merge", "S1", "S2", "--rubrics", "rubrics", "--json")
    assert done.exit_code == 1, "points for the report are still open"
    assert [s["name"] for s in json.loads(done.stdout)["students"]] == ["ann", "bob", "cy"]
    assert harness("regrade", "results", "--rubrics", "rubrics", "--json").exit_code == 1
    assert (tmp_path / "results" / "index.html").is_file()


def test_a_missing_shard_is_one_sentence(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    a_class(tmp_path)
    harness(*SHARD, "1/2", "--out", "S1")
    refused = harness("merge", "S1", "--rubrics", "rubrics")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert "2/2 is missing" in refused.stderr
    assert harness("merge", "S1", "S7").exit_code == 2
    assert harness(*SHARD, "1/2", "--out", "S1", "--replace").exit_code == 2


def test_rules_of_the_class_count_in_parts_too(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    a_class(tmp_path)
    (tmp_path / "class.yaml").write_text("time_zone: UTC\nexcused: [{student: bob, reason: ill}]\n")
    for number in (1, 2):
        assert harness(*SHARD, f"{number}/2", "--out", f"parts/{number}").exit_code == 0
    done = harness("merge", "parts/1", "parts/2", "--rubrics", "rubrics", "--json", "--out", "whole")
    assert json.loads(done.stdout)["ruled"]
    assert (tmp_path / "whole" / "class.json").is_file()
    for number in (1, 2):
        assert not (tmp_path / "parts" / str(number) / "index.html").exists(), "a part has no page"
    (tmp_path / "class.yaml").rename(tmp_path / "elsewhere.yaml")
    refused = harness("merge", "parts/1", "parts/2", "--rubrics", "rubrics", "--out", "again")
    assert "name it with --class FILE" in refused.stderr
    named = ("merge", "parts/1", "parts/2", "--rubrics", "rubrics", "--out", "again", "--class", "elsewhere.yaml")
    assert harness(*named, "--json").exit_code == 1


def test_results_on_a_network_file_system_are_refused_and_shards_there_are_read(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_class(tmp_path)
    harness(*SHARD, "1/1", "--out", "local/S1")
    shutil.copytree("local/S1", "share/S1")
    shutil.copytree("local/S1", "share/results")
    monkeypatch.setattr("harness.records.network.network_type", lambda path, _: "nfs4" if "share" in str(path) else "")
    for command in (
        (*SHARD, "1/1", "--out", "share/S2"),
        (*SHARD[:-1], "--out", "share/whole"),
        ("merge", "share/S1", "--out", "share/whole"),
        ("regrade", "share/results"),
        ("publish", "share/results", "--out", "cards"),
    ):
        refused = harness(*command)
        assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1), command
        assert "lies on a network file system (nfs4)" in refused.stderr
    assert {p.name for p in (tmp_path / "share").iterdir()} == {"S1", "results"}, "nothing was written"
    assert harness("merge", "share/S1", "--rubrics", "rubrics", "--json").exit_code == 1
    shutil.copytree("results", "share/copy")
    read = harness("results", "share/copy", "--table", "marks")
    assert (read.exit_code, read.stderr) == (0, ""), "what only reads goes on"


def test_a_download_in_parts_keeps_who_handed_in_what(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    (tmp_path / "canvas.zip").write_bytes(zipped(CANVAS))
    parts = ("grade", "canvas.zip", "--rubrics", "rubrics", "--device", "cpu")
    for number in (1, 2):
        assert harness(*parts, "--shard", f"{number}/2", "--out", f"S{number}").exit_code == 0
    assert harness("merge", "S1", "S2", "--rubrics", "rubrics", "--out", "merged").exit_code in (0, 1)
    assert harness(*parts, "--key", "S1/records/key", "--out", "whole").exit_code in (0, 1)
    assert (tmp_path / "merged" / "handed_in.json").read_text() == (tmp_path / "whole" / "handed_in.json").read_text()
    kept = [sorted(p.name for p in (tmp_path / at / "records" / "reports").iterdir()) for at in ("merged", "whole")]
    assert kept[0] == kept[1] == ["roemax.zip"]
