"""The machine that a measurement names: without the model of the GPU nobody could tell two GPUs apart."""

from pathlib import Path

import pytest

from harness.workflow import machine
from harness.workflow.protection import Protection


def driver(folder: Path, **devices: str) -> Path:
    for name, model in devices.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "information").write_text(f"Model: \t\t {model}\nIRQ:   \t\t 16\nBus Type: \t PCIe\n")
    return folder


def test_the_driver_names_the_gpu(tmp_path: Path) -> None:
    assert machine.gpu_model(driver(tmp_path, b="NVIDIA B", a="NVIDIA A: 80 GB")) == "NVIDIA A: 80 GB"


def test_without_driver_files_and_tool_it_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.gpu_model(tmp_path) == "unknown GPU"


def test_otherwise_the_tool_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho NVIDIA H100\necho NVIDIA A100\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.gpu_model(tmp_path) == "NVIDIA H100"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert machine.gpu_model(tmp_path) == "unknown GPU"


def test_results_name_the_gpu_and_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    monkeypatch.setattr(machine, "gpu_model", lambda: "NVIDIA H200")
    monkeypatch.setattr(machine, "cpu_model", lambda: "some processor")
    named = {d: machine.choose("tensorflow", d, Protection(trusted=True)).machine for d in ("cpu", "gpu")}
    assert named == {"cpu": "some processor, one core a step", "gpu": "NVIDIA H200, some processor"}


def test_a_containers_quota_counts_as_cores(tmp_path: Path) -> None:
    quota, whole = tmp_path / "cpu.max", machine.cores(tmp_path / "nothing")
    for text, expected in (
        ("max 100000", whole),
        ("100000 100000", 1),
        ("20000 100000", 1),
        ("99900000 100000", whole),
    ):
        quota.write_text(text)
        assert machine.cores(quota) == expected
