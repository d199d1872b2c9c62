"""`harness baseline --table` and `--compare`: what is known of the references, without training anything."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grading.invented import baseline
from typer.testing import Result

from harness import shipped
from harness.grading.baselines import save_baseline
from harness.tasks import find, names

Harness = Callable[..., Result]

OLD = {"conv.test_mse": [0.010, 0.011, 0.012, 0.011], "pca.test_mse": [0.03, 0.03, 0.03, 0.03]}
SAME = {"conv.test_mse": [0.011, 0.010, 0.011, 0.012], "pca.test_mse": [0.03, 0.03, 0.03, 0.03]}
RUBRICS = shipped.folder("rubrics")
WORSE = {"conv.test_mse": [0.020, 0.021, 0.022, 0.021], "pca.test_mse": [0.03, 0.03, 0.03, 0.03]}


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is trained")

    monkeypatch.setattr("harness.workflow.baseline.measure_references", refuse)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shipped baselines, with one of the autoencoder in it."""
    monkeypatch.setattr("harness.shipped.folder", lambda name: tmp_path / name)
    folder = tmp_path / "reference_models" / "baselines"
    save_baseline(baseline(OLD), folder)
    return folder


def write(name: str, values: dict[str, list[float]], **changes: Any) -> str:
    """Write a baseline into the folder in which the command runs; return its name."""
    Path(name).write_text(baseline(values, **changes).model_dump_json())
    return name


def words(done: Result) -> str:
    return " ".join(done.stdout.split())


def one_line(done: Result) -> str:
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.output
    return done.stderr


def test_the_table_shows_reference_published_and_naive(harness: Harness, shelf: Path) -> None:
    done = harness("baseline", "--table")
    assert done.exit_code == 0
    assert "Autoencoders (autoencoder, quick): on cpu (some processor), 4 seeds, 2025-01-01" in done.stdout
    assert "conv.test_mse lower 0.01100 ± 0.00082 – 0.03 PCA, 10 components" in words(done)
    assert "pca.test_mse lower 0.03 ± 0 –" in words(done)
    assert "conv.test_mse lower not measured 0.0068 course report A 0.0261 PCA, 10 components" in words(done)
    assert "(network_training, quick): not measured" in words(done)
    assert "0.84 course report A" in done.stdout and "0.65 course report C" in done.stdout
    assert "0.4 a linear classifier" in words(done)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), [(n, p) for n in names() for p in find(n).profiles]),
        (("--profile", "full"), [(n, "full") for n in names()]),
        (("--task", "autoencoder", "--profile", "quick"), [("autoencoder", "quick")]),
    ],
)
def test_the_table_as_json(
    harness: Harness, shelf: Path, options: tuple[str, ...], shown: list[tuple[str, str]]
) -> None:
    tables = json.loads(harness("baseline", "--table", "--json", *options).stdout)
    assert [(t["task"], t["profile"]) for t in tables] == shown
    for table in tables:
        assert table["measured"] is ((table["task"], table["profile"]) == ("autoencoder", "quick"))
        rows = {r["measure"]: r for r in table["rows"]}
        if table["measured"]:
            row = rows["conv.test_mse"]
            assert (row["mean"], row["seeds"], row["naive"][0]["value"]) == (pytest.approx(0.011), 4, 0.03)
            assert rows["dense.test_mse"]["mean"] is None, "asked for and not there"
        elif table["task"] == "network_training" and table["profile"] == "quick":
            known = [n["source"] for n in rows["none.test_accuracy"]["naive"]]
            assert known == ["chance"], "what is measured beside the reference comes with its baseline"


def test_the_table_by_device(harness: Harness, shelf: Path) -> None:
    save_baseline(baseline(WORSE, device="gpu"), shelf)
    asked = ("baseline", "--table", "--json", "--task", "autoencoder", "--profile", "quick")
    devices = {
        d: [t["device"] for t in json.loads(harness(*asked, "--device", d).stdout)] for d in ("auto", "cpu", "gpu")
    }
    assert devices == {"auto": ["cpu", "gpu"], "cpu": ["cpu"], "gpu": ["gpu"]}


def test_what_another_backend_measured_is_shown_where_the_default_one_measured_nothing(
    harness: Harness, shelf: Path
) -> None:
    save_baseline(baseline(WORSE, device="gpu"), shelf / "jax")
    save_baseline(baseline(WORSE), shelf / "jax")
    asked = ("baseline", "--table", "--json", "--task", "autoencoder", "--profile", "quick")
    tables = json.loads(harness(*asked).stdout)
    assert [t["device"] for t in tables] == ["cpu", "gpu"]


def test_the_shipped_baselines_can_be_shown(harness: Harness) -> None:
    done = harness("baseline", "--table", "--json")
    measured = {(t["task"], t["profile"], t["device"]) for t in json.loads(done.stdout) if t["measured"]}
    files = (shipped.folder("reference_models") / "baselines").glob("*.json")
    assert measured == {tuple(p.name.removesuffix(".json").split(".")) for p in files}


@pytest.mark.parametrize(("values", "code"), [(SAME, 0), (OLD, 0), (WORSE, 1)], ids=["seeds only", "equal", "worse"])
def test_a_file_against_the_shipped_one(
    harness: Harness, shelf: Path, values: dict[str, list[float]], code: int
) -> None:
    done = harness("baseline", "--compare", write("new.json", values, libraries={"keras": "9.9"}))
    assert done.exit_code == code, done.output
    assert "first:" in done.stdout and "autoencoder.quick.cpu.json (cpu, some processor, 4 seeds, 2025-01-01)" in words(
        done
    )
    assert "Welch's t-test (two-sided), Holm's correction over measures" in done.stdout
    assert "keras 3.10.0 9.9" in words(done)
    said = "conv.test_mse is 0.01 higher in the second (0.021 against 0.011), more than seeds explain"
    assert (said in words(done)) is bool(code)
    assert ("No measure differs" in done.stdout) is not bool(code)


def test_equal_values_are_said_to_be_and_shifts_that_would_be_seen(harness: Harness, shelf: Path) -> None:
    done = harness("baseline", "--compare", write("new.json", OLD))
    assert "All 2 measures are equal to the last bit under every seed." in words(done)
    assert "bit-equal" in done.stdout and "find in 80% of cases" in words(done)
    part = harness("baseline", "--compare", write("other.json", SAME))
    assert "1 of 2 measures is equal to the last bit under every seed. No measure differs" in words(part)


def test_what_is_graded_is_compared_first(harness: Harness, shelf: Path) -> None:
    shutil.copytree(RUBRICS, shelf.parent.parent / "rubrics")
    found = json.loads(harness("baseline", "--compare", write("new.json", WORSE), "--json").stdout)
    assert [c["measure"] for c in found["criteria"]] == ["conv-reconstruction"]
    assert found["criteria"][0]["differs"] and found["criteria"][0]["smallest_shift"] > 0


def test_two_files(harness: Harness, shelf: Path) -> None:
    asked = ("baseline", "--compare", write("a.json", WORSE), write("b.json", SAME, device="gpu"), "--json")
    done = harness(*asked)
    assert (done.exit_code, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["files"] == ["a.json", "b.json"]
    assert found["differs"] is True
    by_name = {d["measure"]: d for d in found["measures"]}
    assert by_name["conv.test_mse"]["difference"] == pytest.approx(-0.01)
    assert by_name["conv.test_mse"]["p_holm"] < 0.05
    assert by_name["pca.test_mse"]["p_value"] is None
    assert [c["name"] for c in found["changes"]] == ["device"]


def test_other_data_are_said_to_explain_a_difference(harness: Harness, shelf: Path) -> None:
    done = harness("baseline", "--compare", write("new.json", SAME, data_sha256="1" * 64))
    assert "The data differ" in done.stdout


def test_the_counterpart_is_of_the_same_device_or_the_one_asked_for(harness: Harness, shelf: Path) -> None:
    save_baseline(baseline(WORSE, device="gpu"), shelf)
    new = write("new.json", WORSE, device="gpu")
    assert harness("baseline", "--compare", new).exit_code == 0, "the GPU's own"
    assert harness("baseline", "--compare", new, "--device", "cpu").exit_code == 1
    shipped_one = shelf / "autoencoder.quick.cpu.json"
    assert harness("baseline", "--compare", shipped_one).exit_code == 1, "not with itself, but with the GPU's"


def test_hostile_words_in_a_file_reach_the_terminal_as_text(harness: Harness, shelf: Path) -> None:
    done = harness("baseline", "--compare", write("new.json", SAME, machine="[red]evil[/] \x1b[31m"))
    assert done.exit_code == 0
    assert "[red]evil[/]" in done.stdout
    assert "\x1b[31m" not in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--table", "--task", "autoencode"), "Did you mean 'autoencoder'?"),
        (("--table", "--profile", "qick"), "Did you mean 'quick'?"),
        (("--table", "--device", "tpu"), "'tpu'"),
        (("--compare", "none.json"), "found none"),
        (("--compare", "bad.json"), "damaged"),
        (("--compare", "."), "cannot be read"),
        (("--compare", "other.json"), "name a second file"),
        (("--compare", "unknown.json"), "There is no task 'unknown'"),
        (("--compare", "other.json", "new.json"), "received autoencoder@1 full and autoencoder@1 quick"),
        (("--compare", "signed.json"), "measured in one way"),
        (("--compare", "new.json", "--device", "gpu"), "on gpu"),
        (("--compare", "new.json", "--device", "tpu"), "'tpu'"),
        (("--table", "--compare", "new.json"), "one of them"),
        (("autoencoder",), "--compare"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line(harness: Harness, shelf: Path, arguments: tuple[str, ...], said: str) -> None:
    write("new.json", SAME)
    write("other.json", SAME, profile="full")
    write("unknown.json", SAME, task="unknown")
    write("signed.json", SAME, signature="s|v:2")
    Path("bad.json").write_text("{}")
    assert said in one_line(harness("baseline", *arguments))


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_was_written_is_said(harness: Harness, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]) -> None:
    written = [Path("a.quick.cpu.json"), Path("b.quick.cpu.json")]
    monkeypatch.setattr("harness.workflow.baseline.measure_references", lambda *_: written)
    done = harness("baseline", *options)
    said = json.loads(done.stdout)["written"] if options else done.stdout.splitlines()
    assert said == [str(path) for path in written]
