"""What a builder is given in each mode, what is measured of the backbone, and what is told of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from diagnosis.made import PROVENANCE
from numpy.typing import NDArray
from tasks.recorded import recorded, task_data

from harness.data.key import PRACTICE
from harness.data.pointed import ALWAYS_LEFT, WIDTH, pointed
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
RNG = np.random.default_rng(0)
MODES = ("scratch", "frozen", "fine_tuned")
REAL = [name for name in TASK.profiles if name != "quick"]


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load_profile(QUICK, None), QUICK)


def call(data: TaskData, mode: str, profile: str = "quick") -> Call:
    return TASK.call(TASK.profiles[profile], TASK.variant(mode), data)


def test_only_digits_that_the_backbone_never_saw_are_taken(data: TaskData) -> None:
    assert data.dataset.classes == tuple("56789")
    for part, n in (("train", 480), ("val", 100), ("test", 1_000)):
        assert data.arrays[f"x_{part}"].shape == (n, 28, 2 * 28 + WIDTH, 1)
        assert np.bincount(data.arrays[f"y_{part}"]).tolist() == pytest.approx([n / 5] * 5, abs=3)
    assert "y_test" in data.hidden


@pytest.fixture(scope="module")
def shown() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images of plain grey, a grey a class, of which two are shown each time."""
    greys = np.linspace(0.2, 1, 5, dtype=np.float32)
    return pointed(np.full((5, 28, 28, 1), 1, np.float32) * greys[:, None, None, None], np.arange(5), 200, RNG)


def points_right(strip: NDArray[np.float32]) -> bool:
    """Say whether the tip, half-way down what is drawn, lies further to the right than the ends of the arms."""
    rows, columns = np.flatnonzero(strip.sum(axis=1)), np.arange(WIDTH)
    tip, ends = strip[(rows[0] + rows[-1]) // 2], strip[[rows[0], rows[-1]]].sum(axis=0)
    return bool(np.average(columns, weights=tip) > np.average(columns, weights=ends))


def test_the_class_is_that_of_the_digit_which_the_arrow_points_at(
    shown: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    x, y = shown
    sides = np.stack([x[:, 0, 0, 0], x[:, 0, -1, 0]], axis=1)
    to_right = np.array([points_right(strip) for strip in x[:, :, 28 : 28 + WIDTH, 0]])
    meant = np.where(to_right, sides[:, 1], sides[:, 0])
    assert np.round((meant - 0.2) / 0.2).astype(int).tolist() == y.tolist()
    assert to_right.mean() == 0.5


def test_reading_one_side_alone_is_what_a_head_without_non_linearity_comes_to(
    shown: tuple[NDArray[np.float32], NDArray[np.int64]],
) -> None:
    x, y = shown
    left = np.round((x[:, 0, 0, 0] - 0.2) / 0.2)
    assert np.mean(left == y) == pytest.approx(ALWAYS_LEFT, abs=0.08)


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
