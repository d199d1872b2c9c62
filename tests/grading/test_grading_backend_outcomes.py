"""The table of criteria that come out otherwise under another backend names those alone."""

import re
from pathlib import Path

from backend_outcomes import row, shipped_baselines, table

from harness import shipped
from harness.grading.baselines import find_baselines
from harness.tasks import find, names

GRADED, CRITERION = "window_18.skill_classical", "longer-18"


def test_a_criterion_that_comes_out_otherwise_is_named_with_its_shares(tmp_path: Path) -> None:
    task, path = find("rnn_regression"), tmp_path / "other.json"
    (same,) = find_baselines(shipped.folder("reference_models") / "baselines", task, "quick").values()
    path.write_text(same.model_dump_json())
    assert "| 6 of 6 | none |" in row(path)
    worse = same.measures[GRADED].model_copy(update={"values": [-9.0] * len(same.seeds)})
    path.write_text(same.model_copy(update={"measures": {**same.measures, GRADED: worse}}).model_dump_json())
    found = re.search(rf"\| 5 of 6 \| `{CRITERION}`: (\d+)%, 0% \|", row(path))
    assert found and int(found[1]) > 50


def test_the_table_of_the_docs_is_the_one_of_the_shipped_baselines() -> None:
    paths = sorted((shipped_baselines() / "jax").glob("*.quick.cpu.json"))
    docs = Path(__file__).parents[2] / "docs" / "backends.md"
    assert len(paths) == len(names())
    assert table(paths) in docs.read_text(encoding="utf-8"), "`python tools/backend_outcomes.py jax` prints the new one"
