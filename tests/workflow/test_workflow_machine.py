"""The machine that a measurement names: without the model of the GPU nobody could tell two GPUs apart."""

from pathlib import Path

import pytest

from harness.workflow import cpu_quota, gpus, machine
from harness.workflow.protection import Protection


def driver(folder: Path, **devices: str) -> Path:
    for name, model in devices.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "information").write_text(f"Model: \t\t {model}\nIRQ:   \t\t 16\nBus Type: \t PCIe\n")
    return folder


def test_the_driver_names_the_gpu(tmp_path: Path) -> None:
    assert gpus.model(tmp_path, driver(tmp_path, b="NVIDIA B", a="NVIDIA A: 80 GB")) == "NVIDIA A: 80 GB"


def test_without_driver_files_and_tool_it_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus.model(tmp_path, tmp_path) == "unknown GPU"


def test_otherwise_the_tool_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho NVIDIA H100\necho NVIDIA A100\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus.model(tmp_path, tmp_path) == "NVIDIA H100"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert gpus.model(tmp_path, tmp_path) == "unknown GPU"


def test_results_name_the_gpu_and_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_gpu", lambda: True)
    monkeypatch.setattr(gpus, "model", lambda: "NVIDIA H200")
    monkeypatch.setattr(machine, "cpu_model", lambda: "some processor")
    named = {d: machine.choose("tensorflow", d, Protection(trusted=True)).machine for d in ("cpu", "gpu")}
    assert named == {"cpu": "some processor, one core a step", "gpu": "NVIDIA H200, some processor"}


def group(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(f"{text}\n")
    return folder


def mine(folder: Path, *lines: str) -> Path:
    (folder / "mine").write_text("\n".join(lines) + "\n")
    return folder / "mine"


@pytest.mark.parametrize(
    ("text", "cores"), [("max 100000", None), ("150000 100000", 1.5), ("20000 100000", 0.2), ("odd", None), ("", None)]
)
def test_a_quota_of_version_2_counts_as_cores(text: str, cores: float | None, tmp_path: Path) -> None:
    groups = group(tmp_path / "groups", cpu_max=text)
    assert cpu_quota.granted(groups, mine(tmp_path, "0::/")) == cores


def test_a_quota_of_version_1_counts_as_cores(tmp_path: Path) -> None:
    """Seen from inside a container whose path is told as the host has it, and beside it."""
    groups = tmp_path / "groups"
    group(groups / "cpu,cpuacct", cpu_cfs_quota_us="-1", cpu_cfs_period_us="100000")
    said = mine(tmp_path, "9:memory:/docker/abc", "4:cpu,cpuacct:/docker/abc", "0::/")
    assert cpu_quota.granted(groups, said) is None
    group(groups / "cpu,cpuacct", cpu_cfs_quota_us="400000")
    assert cpu_quota.granted(groups, said) == 4
    group(groups / "cpu,cpuacct" / "docker" / "abc", cpu_cfs_quota_us="250000", cpu_cfs_period_us="100000")
    assert cpu_quota.granted(groups, said) == 2.5


def test_the_tightest_of_the_groups_above_a_process_counts(tmp_path: Path) -> None:
    """A scheduler limits a job, of which a process is a part that has no quota of its own."""
    groups = group(tmp_path / "groups")
    group(groups / "slurm" / "job_7", cpu_max="200000 100000")
    group(groups / "slurm" / "job_7" / "step_0", cpu_max="max 100000")
    group(groups / "slurm" / "job_8", cpu_max="100000 100000")
    assert cpu_quota.granted(groups, mine(tmp_path, "0::/slurm/job_7/step_0")) == 2
    assert cpu_quota.granted(groups, tmp_path / "nothing") is None


def test_cores_are_those_that_are_granted_of_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    for quota, expected in ((None, 4), (2.0, 2), (0.2, 1), (1.6, 2), (64.0, 4)):
        monkeypatch.setattr(cpu_quota, "granted", lambda quota=quota: quota)
        assert machine.cores() == expected
