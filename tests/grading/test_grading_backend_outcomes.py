"""The table of criteria that come out otherwise under another backend names those alone."""

from pathlib import Path

from backend_outcomes import rows

from harness import shipped
from harness.grading.baselines import find_baselines
from harness.tasks import find

GRADED, CRITERION = "window_18.skill_classical", "longer-18"


def test_a_criterion_that_comes_out_otherwise_is_named_with_its_shares(tmp_path: Path) -> None:
    task, path = find("rnn_regression"), tmp_path / "other.json"
    (same,) = find_baselines(shipped.folder("reference_models") / "baselines", task, "quick").values()
    path.write_text(same.model_dump_json())
    (row,) = rows(path)
    assert row.endswith("| none | | |")
    worse = same.measures[GRADED].model_copy(update={"values": [-9.0] * len(same.seeds)})
    path.write_text(same.model_copy(update={"measures": {**same.measures, GRADED: worse}}).model_dump_json())
    (row,) = rows(path)
    assert f"`{CRITERION}`" in row
    assert row.endswith("| 0% |")
