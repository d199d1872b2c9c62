"""Nothing that may be handed in stops intake: always a submission, or a fault in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from intake.fuzz import write_submission

from harness.intake.exports import Exports
from harness.intake.gather import gather
from harness.intake.submission import Submission

KNOWN = ("autoencoder", "network_training")
EXPORTS = {"autoencoder": Exports(frozenset({"build_model"})), "network_training": Exports(frozenset({"f"}))}
CLASS = 250


def check(found: Submission) -> None:
    """Hold that a submission can be planned, and that all that is said of it is one clean sentence each."""
    said = list(found.notes)
    for fault in (found.fault, *(found.syntax_fault(task, KNOWN) for task in KNOWN)):
        if fault:
            assert fault.owner == "student", fault.message
            said.append(fault.message)
    for sentence in said:
        assert sentence.strip() == sentence
        assert sentence.isprintable(), "no control character, and no line break"
        assert len(sentence) < 1_000
        assert "Traceback" not in sentence
        assert sentence.endswith((".", "?", "!")), sentence
    for task in KNOWN:
        assert len(found.source_hash(task, KNOWN)) == 64
        assert found.size(task, KNOWN).data >= 0
        found.as_task(task, KNOWN)
    assert set(found.facts) == set(found.files)
    assert not any(".." in path.split("/") or path.startswith("/") for path in found.files)


def class_of(folder: Path, seed: int, count: int) -> list[Submission]:
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for number in range(count):
        write_submission(rng, folder, f"s{number:04}")
    return gather(folder, KNOWN, exports=EXPORTS)


def test_a_small_class_of_hostile_submissions_is_read(tmp_path: Path) -> None:
    found = class_of(tmp_path / "class", 0, 60)
    assert len(found) == 60
    for submission in found:
        check(submission)


@pytest.mark.slow
@pytest.mark.preflight
@pytest.mark.parametrize("seed", range(1, 13))
def test_classes_of_hostile_submissions_are_read(tmp_path: Path, seed: int) -> None:
    found = class_of(tmp_path / "class", seed, CLASS)
    assert len(found) == CLASS
    for submission in found:
        check(submission)
