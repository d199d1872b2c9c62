"""What was measured comes back as it was, also from several threads and to a second process."""

import math
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from records.made import measurement

from harness.errors import ResultsError
from harness.records.models import Fault
from harness.records.store import SCHEMA_VERSION, Records, sole_run
from harness.scoring.score import Score


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "out")


def test_a_measurement_comes_back_as_it_was(records: Records) -> None:
    fault = Fault(owner="student", kind="limit", step="train", message="caf\u00e9 \u4e2d <b>", limit="cpu")
    added = records.add(measurement(fault=fault, not_run="so"), {}, "")
    assert added == measurement(fault=fault, not_run="so")
    assert records.find(["k1"]) == {"k1": added}


def test_every_bit_of_a_number_comes_back_and_so_do_nan_and_infinity(records: Records) -> None:
    curve = {"loss": [math.pi, math.nan, math.inf, -math.inf, 5e-324, 1e308], "val_loss": []}
    measures = {"a": Score(value=math.nan, signature="s"), "b": Score(value=-0.0, signature="s")}
    records.add(measurement(curve=curve, measures=measures), {}, "")
    found = records.find(["k1"])["k1"]
    assert np.array(found.curve["loss"]).tobytes() == np.array(curve["loss"]).tobytes()
    assert found.curve["val_loss"] == []
    assert math.isnan(found.measures["a"].value)
    assert math.copysign(1, found.measures["b"].value) == -1


def test_arrays_and_log_are_kept_beside_it(records: Records) -> None:
    arrays = {"counts": np.arange(9).reshape(3, 3), "images": np.random.default_rng(0).random((2, 4, 4, 1))}
    added = records.add(measurement(), arrays, "caf\u00e9\nline two")
    kept = records.evidence(records.find(["k1"])["k1"])
    assert added.evidence == "k1.npz"
    assert set(kept) == set(arrays)
    for name, array in arrays.items():
        assert kept[name].dtype == array.dtype and np.array_equal(kept[name], array)
    assert (records.folder / "logs" / "k1.txt").read_text(encoding="utf-8") == "caf\u00e9\nline two"


def test_without_arrays_there_is_no_file(records: Records) -> None:
    added = records.add(measurement(), {}, "")
    assert added.evidence == "" and records.evidence(added) == {}
    assert not list((records.folder / "evidence").iterdir()) and not list((records.folder / "logs").iterdir())


def test_a_second_measurement_under_a_key_replaces_the_first(records: Records) -> None:
    records.add(measurement(), {"a": np.zeros(2)}, "old")
    records.add(measurement(parameters=99), {"a": np.ones(3)}, "new")
    found = records.find(["k1"])
    assert len(found) == 1 and found["k1"].parameters == 99
    assert records.evidence(found["k1"])["a"].tolist() == [1, 1, 1]


def test_only_what_is_asked_for_and_there_is_found(records: Records) -> None:
    for i in range(5):
        records.add(measurement(f"k{i}"), {}, "")
    assert set(records.find(["k1", "k3", "k3", "no such key", "' OR 1=1 --"])) == {"k1", "k3"}
    assert records.find([]) == {}


def test_more_keys_than_one_query_takes(records: Records) -> None:
    for i in range(7):
        records.add(measurement(f"k{i * 300}"), {}, "")
    assert len(records.find(f"k{i}" for i in range(2_000))) == 7


def test_documents_are_kept_by_name(records: Records) -> None:
    assert records.document("plan") is None
    records.put_document("plan", "first")
    records.put_document("plan", "second \u4e2d")
    assert records.document("plan") == "second \u4e2d"


def test_drawn_figures_are_kept(records: Records) -> None:
    assert records.drawn("abc") is None
    records.keep_drawn("abc", [{"title": "caf\u00e9", "svg": "<svg/>"}])
    assert records.drawn("abc") == [{"title": "caf\u00e9", "svg": "<svg/>"}]


def test_a_closed_folder_opens_again_with_all_it_held(tmp_path: Path) -> None:
    first = Records(tmp_path)
    first.add(measurement(), {"a": np.zeros(1)}, "log")
    first.close()
    again = Records(tmp_path, create=False)
    assert again.evidence(again.find(["k1"])["k1"])["a"].tolist() == [0]


def test_the_journal_is_a_write_ahead_log_and_the_version_is_written(records: Records) -> None:
    with sqlite3.connect(records.folder / "records.sqlite") as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_threads_can_add_at_once(records: Records) -> None:
    def add(first: int) -> None:
        for i in range(first, first + 20):
            records.add(measurement(f"k{i}"), {"a": np.full(3, i)}, "log")

    threads = [threading.Thread(target=add, args=(n * 20,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = records.find(f"k{i}" for i in range(80))
    assert len(found) == 80
    assert all(records.evidence(m)["a"][0] == int(m.key[1:]) for m in found.values())


COUNT = """
import sys
from pathlib import Path
from harness.records.store import Records
records = Records(Path(sys.argv[1]), create=False)
for _ in sys.stdin:
    print(len(records.find([f"k{i}" for i in range(1_000)])), flush=True)
"""


def test_a_second_process_reads_while_the_first_writes(tmp_path: Path) -> None:
    records = Records(tmp_path)
    command = [sys.executable, "-c", COUNT, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin and reader.stdout
        seen = []
        for i in range(5):
            for j in range(10):
                records.add(measurement(f"k{i * 10 + j}"), {}, "")
            reader.stdin.write("\n")
            reader.stdin.flush()
            seen.append(int(reader.stdout.readline()))
        reader.stdin.close()
    assert seen == [10, 20, 30, 40, 50]


def test_reading_waits_for_nobody_in_the_middle_of_a_write(records: Records) -> None:
    records.add(measurement(), {}, "")
    writer = sqlite3.connect(records.folder / "records.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM measurements")
    assert set(records.find(["k1"])) == {"k1"}
    writer.execute("ROLLBACK")


def test_a_missing_folder_is_refused_when_it_should_be_there(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"Expected a result folder of `harness grade`, received .*none"):
        Records(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_folder_is_for_one_run_at_a_time(tmp_path: Path) -> None:
    again = pytest.raises(ResultsError, match="Expected to be the only run into")
    with sole_run(tmp_path / "out"), again, sole_run(tmp_path / "out"):
        pass
    with sole_run(tmp_path / "out"):
        pass
