"""A student's function that blends codes, asked in the sandbox: its codes are handed back, what is none is told."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from sandbox.students import LIMITS, RunStudent

from harness.recipes.blending import BLEND
from harness.task import ArrayOutput, Step

CODES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
PAIRS = np.array([[0, 2], [1, 3]])
WEIGHTS = (1.0, 0.25, 0.0)
SETTINGS = {"weights": WEIGHTS, "codes": "codes", "pairs": "pairs", "blended": "blended"}
SOURCE = """
from keras import ops

def blend(code_a, code_b, weight):
    {body}
"""


def asked(run: RunStudent, body: str, folder: Path) -> tuple[np.ndarray | None, str]:
    """Return what was blended, or the sentence of the fault."""
    call = {"builder": "build_vae", "functions": [asdict(BLEND)]}
    step = Step(
        name="blend",
        run="harness.training.blending:blend",
        inputs=("codes", "pairs"),
        outputs=(ArrayOutput("blended", (6, 3)),),
        limits=LIMITS,
        settings={**SETTINGS, "call": call},
    )
    paths = {name: folder / f"{name}.npy" for name in step.inputs}
    for path, array in zip(paths.values(), (CODES, PAIRS), strict=True):
        np.save(path, array)
    outcome = run(SOURCE.format(body=body), step, inputs=paths)
    return (None, outcome.fault.message) if outcome.fault else (outcome.arrays["blended"], "")


@pytest.mark.parametrize(
    "body",
    [
        "return weight * code_a + (1 - weight) * code_b",
        "return weight * ops.convert_to_tensor(code_a) + (1 - weight) * ops.convert_to_tensor(code_b)",
        "code_a *= weight; code_b *= 1 - weight; return code_a + code_b",
    ],
)
def test_codes_are_blended_with_every_weight_in_order(run_student: RunStudent, tmp_path: Path, body: str) -> None:
    blended, fault = asked(run_student, body, tmp_path)
    assert blended is not None, fault
    a, b = CODES[PAIRS[:, 0]], CODES[PAIRS[:, 1]]
    np.testing.assert_allclose(blended, np.concatenate([a, 0.25 * a + 0.75 * b, b]), rtol=1e-5)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return code_a[:, :2]", "one code for each pair, (2, 3), received (2, 2)"),
        ("return code_a / 0", "finite numbers with weight 1, received others"),
        ("return code_a.astype(str)", "finite numbers"),
        ("return code_a + weights", "weights"),
    ],
)
def test_what_is_no_code_is_told_in_one_sentence(run_student: RunStudent, tmp_path: Path, body: str, told: str) -> None:
    blended, fault = asked(run_student, body, tmp_path)
    assert blended is None and told in fault
