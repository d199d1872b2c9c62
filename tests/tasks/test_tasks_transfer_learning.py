"""What a builder is given in each mode, what is measured of the backbone, and what is told of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from diagnosis.made import PROVENANCE
from tasks.recorded import recorded, task_data

from harness.data.key import PRACTICE
from harness.data.weights import CAFFE, with_file
from harness.diagnosis import findings
from harness.errors import DataError
from harness.records.models import Measurement
from harness.scoring.score import Score
from harness.task import Call, Recorded, TaskData, VariantRun
from harness.tasks import find
from harness.workflow.context import load_profile

TASK = find("transfer_learning")
QUICK = TASK.profiles["quick"]
MODES = ("scratch", "frozen", "fine_tuned")
REAL = [name for name in TASK.profiles if name != "quick"]


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load_profile(QUICK, None), QUICK)


def call(data: TaskData, mode: str, profile: str = "quick") -> Call:
    return TASK.call(TASK.profiles[profile], TASK.variant(mode), data)


def test_only_digits_that_the_backbone_never_saw_are_taken(data: TaskData) -> None:
    assert data.dataset.classes == tuple("56789")
    for part, n in (("train", 50), ("val", 100), ("test", 1_000)):
        assert np.bincount(data.arrays[f"y_{part}"]).tolist() == [n / 5] * 5
    assert "y_test" in data.hidden


def test_only_where_it_starts_from_random_weights_the_backbone_comes_without_its_file(data: TaskData) -> None:
    for mode in MODES:
        given = call(data, mode).models["backbone"]
        assert given.settings["pretrained"] == (mode != "scratch") == bool(given.inputs)
        assert call(data, mode).arguments["mode"] == mode
        compare = next(s for s in TASK.steps(QUICK, TASK.variant(mode), data) if s.name == "compare")
        assert not compare.beside, "nothing of the submission may be at hand"


def test_the_contract_says_what_inputs_the_backbone_wants(data: TaskData) -> None:
    arguments = call(data, "frozen").arguments
    assert (arguments["mean"], arguments["std"]) == ((33 / 255,), (1 / 255,))
    photographs = task_data("transfer_learning", "full")
    further = {"backbone": with_file("resnet50", b"", CAFFE, "nothing", PRACTICE)}
    caffe = replace(photographs, dataset=replace(photographs.dataset, further=further))
    made = call(caffe, "frozen", "resnet50")
    assert made.arguments["mean"][0] > made.arguments["mean"][2], "red first"
    assert made.models["backbone"].settings["reverse"], "weights that take blue first are turned"
    assert not call(photographs, "frozen", "full").models["backbone"].settings["reverse"]


@pytest.mark.parametrize("name", REAL)
def test_each_real_profile_names_its_network_and_side(name: str) -> None:
    given = call(task_data("transfer_learning", "full"), "frozen", name).models["backbone"].settings
    assert given["application"].lower() == TASK.profiles[name].further["backbone"].dataset
    assert given["shape"] == ((224, 224, 3) if name.endswith("224") else (64, 64, 3))


def test_a_profile_whose_weights_are_missing_says_which_file_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"weights of VGG16 .* put vgg16_notop.weights.h5 .* or .* into the data folder"
    ):
        load_profile(TASK.profiles["full"], tmp_path)


def compared(data: TaskData, mode: str, **numbers: float) -> VariantRun:
    outputs = {name: np.array([value]) for name, value in numbers.items()}
    return VariantRun(QUICK, TASK.variant(mode), data, outputs)


ASIS = {"backbone_kept": 1.0, "averages_kept": 1.0, "backbone_trained": 0.0, "backbone_shift": 0.0}


def test_each_mode_is_measured_by_what_it_asks_for(data: TaskData) -> None:
    for mode in MODES:
        scored = TASK.score(compared(data, mode, **ASIS, trained_parameters=5.0))
        asked = {"frozen": {"backbone_kept"}, "fine_tuned": {"backbone_trained", "backbone_shift"}}
        assert set(scored.measures) == asked.get(mode, {"backbone_trained"}) | {"trained_parameters"}
        assert bool(scored.signs) == (mode != "scratch")


@pytest.mark.parametrize(
    ("mode", "numbers", "said"),
    [
        (
            "frozen",
            {"backbone_kept": 0.2, "averages_kept": 0.0, "backbone_trained": 1.0, "backbone_shift": 0.1},
            "not frozen",
        ),
        ("frozen", {"backbone_kept": 0.98, "averages_kept": 0.0}, "goes on learning in a frozen backbone"),
        ("frozen", {"backbone_kept": 0.0, "averages_kept": 0.0, "backbone_shift": 1.0}, "not in the model"),
        ("fine_tuned", {"backbone_kept": 0.0, "backbone_trained": 1.0, "backbone_shift": 0.9}, "wiped out"),
        ("fine_tuned", {}, "does not learn"),
        ("frozen", {}, ""),
        ("fine_tuned", {"backbone_kept": 0.01, "backbone_trained": 1.0, "backbone_shift": 0.1}, ""),
    ],
)
def test_what_went_wrong_with_the_backbone_is_told(
    data: TaskData, mode: str, numbers: dict[str, float], said: str
) -> None:
    scored = TASK.score(compared(data, mode, **{**ASIS, **numbers}, trained_parameters=5.0))
    measurement = Measurement.model_validate(
        {
            **{"task": TASK.name, "version": TASK.version, "variant": mode, "seed": 1, "profile": "quick"},
            **{"key": "k", "source": "s", "provenance": PROVENANCE, "signs": dict(scored.signs)},
            **{"fault": None, "curve": {}, "parameters": 5, "usage": {}},
            "measures": {name: Score(s.value, s.signature) for name, s in scored.measures.items()},
        }
    )
    found = [finding.title for finding in findings(TASK, [measurement])]
    assert (said in found[0]) if said else not found


def test_a_table_shows_what_became_of_the_backbone() -> None:
    table = TASK.figures(recorded("transfer_learning"))[-1]
    assert set(table.data["rows"]) == set(MODES)
    shown = TASK.figures({"frozen": Recorded("frozen", {"backbone_kept": 1.0, "trained_parameters": 37_253}, {}, {})})
    assert shown[-1].data["rows"] == {
        "frozen": {"unchanged": "100.0%", "kernels trained": "–", "moved by": "–", "parameters trained": "37,253"}
    }
