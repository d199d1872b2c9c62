"""What containers and schedulers leave of a machine's GPUs is what steps take turns on."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.sandbox import environment
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.workflow import gpus, machine
from harness.workflow.machine import Machine

H100 = "GPU-4404041a-04cf-1ccf-9e70-f139a9b1e23c"
H100_TOO = "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77"
INSTANCE = "MIG-66abec5f-b28e-5f4d-9bbb-3a6a4e1b1a9c"
SMI = f"""GPU 0: NVIDIA H100 (UUID: {H100})
  MIG 3g.40gb     Device  0: (UUID: MIG-0ddc4a5a-13a9-5ef1-9c57-2f1a1c0de1f1)
  MIG 1g.10gb     Device  1: (UUID: {INSTANCE})
"""


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable says which cards may be used, and there is no tool to ask."""
    for name in (*environment.PASSED_ON, "NVIDIA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def device_files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / "dev" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "dev" / name).touch()
    return folder / "dev"


def driver(folder: Path, **models: str) -> Path:
    """List cards as NVIDIA's driver does, by bus: `_MINOR="model|identifier"`."""
    for name, text in models.items():
        model, _, identifier = text.partition("|")
        place = folder / "gpus" / f"0000:{name}:00.0"
        place.mkdir(parents=True)
        lines = (f"Model: \t\t {model}", f"GPU UUID: \t {identifier}", f"Device Minor: \t {name[1:]}")
        (place / "information").write_text("\n".join(lines) + "\n")
    return folder / "gpus"


def test_a_card_of_any_number_is_the_first(tmp_path: Path) -> None:
    assert gpus.cards(device_files(tmp_path, "nvidiactl", "nvidia-uvm")) == ()
    assert gpus.cards(device_files(tmp_path, "nvidia3")) == ("0",)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("", ()),
        ("-1", ()),
        ("NoDevFiles", ()),  # as Slurm says to a job without a card
        ("1", ("1",)),
        ("2", ()),  # there are two
        ("1,0", ("1", "0")),
        (" 0 , 1", ("0", "1")),
        ("0,-1,1", ("0",)),
        ("0,0", ("0",)),
        (H100, (H100,)),
        ("GPU-4404041a", ("GPU-4404041a",)),
        (f"{H100},{H100_TOO}", (H100, H100_TOO)),
        (INSTANCE, (INSTANCE,)),
        (f"MIG-{H100}/1/0", (f"MIG-{H100}/1/0",)),
    ],
)
def test_cudas_variable_names_what_is_left(
    said: str, left: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = device_files(tmp_path, "nvidiactl", "nvidia0", "nvidia3")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", said)
    assert gpus.cards(devices, tmp_path) == left
    assert not gpus.cards(tmp_path / "nothing", tmp_path)


@pytest.mark.parametrize("name", ["NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"])
def test_variables_that_cuda_does_not_read_hide_nothing_from_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container with devices given by the Container Device Interface has NVIDIA_VISIBLE_DEVICES=void."""
    monkeypatch.setenv(name, "void" if name.startswith("NV") else "")
    assert gpus.cards(device_files(tmp_path, "nvidia0")) == ("0",)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({}, ("0", "1")),
        ({"HIP_VISIBLE_DEVICES": "1"}, ("1",)),
        ({"HIP_VISIBLE_DEVICES": ""}, ()),
        ({"CUDA_VISIBLE_DEVICES": "-1"}, ()),
        ({"CUDA_VISIBLE_DEVICES": "0", "HIP_VISIBLE_DEVICES": "1"}, ("1",)),
        ({"ROCR_VISIBLE_DEVICES": ""}, ()),
        ({"ROCR_VISIBLE_DEVICES": "1"}, ("0",)),  # what it leaves is counted anew
        ({"ROCR_VISIBLE_DEVICES": "GPU-4b2c1a9f8d3e6f7a", "HIP_VISIBLE_DEVICES": "1"}, ()),
    ],
)
def test_rocms_variables_name_what_is_left(
    said: dict[str, str], left: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert gpus.cards(device_files(tmp_path, "kfd", "dri/card0", "dri/renderD128", "dri/renderD129")) == left


def test_rocm_needs_its_driver_and_a_card(tmp_path: Path) -> None:
    assert gpus.cards(device_files(tmp_path / "a", "kfd")) == ()
    assert gpus.cards(device_files(tmp_path / "b", "dri/renderD128")) == ()  # of any other maker


def test_a_device_file_that_cannot_be_opened_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = device_files(tmp_path, "nvidia0", "nvidia1")
    monkeypatch.setattr(gpus, "opens", lambda file: file.name == "nvidia1")
    assert gpus.cards(devices) == ("0",)
    monkeypatch.setattr(gpus, "opens", lambda file: False)
    assert gpus.cards(devices) == ()


def test_why_there_is_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gpus.why_none(tmp_path) == "found none"
    devices = device_files(tmp_path, "kfd", "dri/renderD128")
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "")
    assert gpus.why_none(devices) == "found none that HIP_VISIBLE_DEVICES='' names"
    monkeypatch.setattr(gpus, "opens", lambda file: False)
    assert "may not open" in gpus.why_none(devices)
    monkeypatch.setattr(gpus, "why_none", lambda: "found none that CUDA_VISIBLE_DEVICES='' names")
    monkeypatch.setattr(machine, "has_gpu", lambda: False)
    with pytest.raises(UsageError, match=r"Expected a GPU .* found none that CUDA_VISIBLE_DEVICES='' names; use"):
        machine.accelerator("gpu")


def test_the_model_is_that_of_the_card_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drivers = driver(tmp_path, _0="NVIDIA T4|GPU-0", _3=f"NVIDIA H100|{H100}")
    assert gpus.model(device_files(tmp_path / "one", "nvidia3"), drivers) == "NVIDIA H100"
    both = device_files(tmp_path / "both", "nvidia0", "nvidia3")
    assert gpus.model(both, drivers) == "NVIDIA T4"
    for name in ("1", H100, "GPU-4404041a"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", name)
        assert gpus.model(both, drivers) == "NVIDIA H100"


def test_cards_of_another_model_are_left_alone(tmp_path: Path) -> None:
    drivers = driver(tmp_path, _0="NVIDIA H100|", _1="NVIDIA T4|", _2="NVIDIA H100|")
    assert gpus.cards(device_files(tmp_path, "nvidia0", "nvidia1", "nvidia2"), drivers) == ("0", "2")


def test_an_instance_of_a_divided_card_is_named_with_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drivers = driver(tmp_path, _0=f"NVIDIA H100|{H100}")
    devices = device_files(tmp_path, "nvidia0", "nvidia-caps/nvidia-cap1", "nvidia-caps/nvidia-cap2")
    assert gpus.model(devices, drivers) == "NVIDIA H100", "those two are on every machine"
    device_files(tmp_path, "nvidia-caps/nvidia-cap21")
    assert gpus.model(devices, drivers) == "NVIDIA H100 MIG instance", "nobody tells which"
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho '{SMI}'\n")
    tool.chmod(0o755)
    assert gpus.model(devices, drivers) == "NVIDIA H100 MIG 3g.40gb", "CUDA takes the first"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", INSTANCE)
    assert gpus.model(devices, drivers) == "NVIDIA H100 MIG 1g.10gb"


def servers(monkeypatch: pytest.MonkeyPatch, cards: tuple[str, ...], steps: int) -> list[ForkServer]:
    """Return the servers for so many steps at once where there are these cards; none is started."""
    monkeypatch.setattr(gpus, "cards", lambda: cards)
    monkeypatch.setattr(machine.cgroup, "delegated", lambda: False)
    pool = machine.launcher(Machine("jax", "gpu", "two cards", make(Level.NONE, view("cpu")), "none"), 1000, steps)
    assert isinstance(pool, ServerPool)
    return [pool._take() for _ in range(steps)]


@pytest.mark.skipif(not hasattr(machine.os, "pidfd_open"), reason="steps are forked on Linux only")
def test_steps_are_dealt_out_to_the_cards_and_share_each_ones_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    two = servers(monkeypatch, ("0", H100), 4)
    assert [server.card.name for server in two] == ["0", H100, "0", H100]
    assert {server.card.share for server in two} == {machine.GPU_SHARE / 2}
    one = servers(monkeypatch, ("0",), 2)
    assert [(server.card.name, server.card.share) for server in one] == [("", machine.GPU_SHARE / 2)] * 2


def test_one_step_a_card_runs_at_once_unless_somebody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    on_gpu = Machine("jax", "gpu", "cards", make(Level.NONE, view("cpu")), "none")
    for cards, expected in (((), 1), (("0",), 1), (("0", "1", "2"), 3)):
        monkeypatch.setattr(gpus, "cards", lambda cards=cards: cards)
        assert machine.at_once(on_gpu) == expected


def test_a_step_is_told_its_card_and_on_the_cpu_none(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"CUDA_VISIBLE_DEVICES": "2,3", "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "ROCR_VISIBLE_DEVICES": "1"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    alone = environment.clean(Path("home"), "jax", "gpu")
    assert said.items() <= alone.items() and "HIP_VISIBLE_DEVICES" not in alone
    dealt = environment.clean(Path("home"), "jax", "gpu", card="3")
    assert (dealt["CUDA_VISIBLE_DEVICES"], dealt["HIP_VISIBLE_DEVICES"]) == ("3", "3")
    assert dealt["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    on_cpu = environment.clean(Path("home"), "torch", "cpu")
    assert (on_cpu["CUDA_VISIBLE_DEVICES"], on_cpu["HIP_VISIBLE_DEVICES"]) == ("-1", "-1")
