"""Which GPUs this process may use, and what they are called; nothing is initialised by looking.

Containers and schedulers leave some of a machine's cards out: their device files are not there, cannot be opened (a
control group's rules count, too), or a variable names those that may be used. Sources: CUDA C++ Programming Guide,
CUDA environment variables; NVIDIA Multi-Instance GPU User Guide; ROCm, GPU isolation techniques.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DEVICES = Path("/dev")
DRIVERS = Path("/proc/driver/nvidia/gpus")
UNKNOWN = "unknown GPU"
IDENTIFIER = re.compile(r"(GPU|MIG)-\S+")
FIRST_INSTANCE = 3  # of the numbers of capability files; those below are for whoever sets instances up


def cards(devices: Path = DEVICES, drivers: Path = DRIVERS) -> tuple[str, ...]:
    """Return the cards that may be used, as CUDA_VISIBLE_DEVICES or HIP_VISIBLE_DEVICES names them; empty for none.

    Several are of one kind: beside the first, others are left alone, so that a result names what it was measured on.
    """
    if there := of_nvidia(devices):
        names = named(os.environ.get("CUDA_VISIBLE_DEVICES"), len(there))
        kinds = [kind_of(name, listed(drivers, there)) for name in names] if len(names) > 1 else names
        return tuple(name for name, kind in zip(names, kinds, strict=True) if kind == kinds[0])
    below = named(os.environ.get("ROCR_VISIBLE_DEVICES"), len(of_rocm(devices)))  # which HIP counts anew, from 0
    return named(os.environ.get("HIP_VISIBLE_DEVICES", os.environ.get("CUDA_VISIBLE_DEVICES")), len(below))


def of_nvidia(devices: Path) -> list[int]:
    """Return the numbers of NVIDIA's device files that can be opened."""
    return sorted(int(file.name[6:]) for file in devices.glob("nvidia[0-9]*") if opens(file))


def of_rocm(devices: Path) -> list[Path]:
    """Return the device files of AMD's cards that can be opened; every one needs that of the driver besides."""
    return sorted(filter(opens, devices.glob("dri/renderD*"))) if opens(devices / "kfd") else []


def opens(file: Path) -> bool:
    """Say whether a device file may be opened, by its permissions and by the rules of this process's control group."""
    return os.access(file, os.R_OK | os.W_OK)


def named(variable: str | None, count: int) -> tuple[str, ...]:
    """Return which of `count` cards a variable leaves visible: those before the first that is none; all without one."""
    if variable is None:
        return tuple(map(str, range(count)))
    names = list[str]()
    for name in map(str.strip, variable.split(",")):
        known = IDENTIFIER.fullmatch(name) or (name.isdecimal() and int(name) < count)
        if not count or not known or name in names:
            break
        names.append(name)
    return tuple(names)


def why_none(devices: Path = DEVICES) -> str:
    """Return in a few words why no card may be used."""
    files = [*devices.glob("nvidia[0-9]*"), *(file for file in (devices / "kfd",) if file.exists())]
    if not files:
        return "found none"
    if not of_nvidia(devices) and not of_rocm(devices):
        return f"found {files[0]}, which this process may not open (for ROCm, with the files of {devices / 'dri'})"
    variables = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
    said = [f"{name}={os.environ[name]!r}" for name in variables if name in os.environ]
    return f"found none that {' and '.join(said)} names"


@dataclass(frozen=True)
class Listed:
    """A card as NVIDIA's driver lists it: its model, and its identifier, which may be masked."""

    model: str
    identifier: str


def listed(drivers: Path, numbers: Sequence[int]) -> list[Listed]:
    """Return the cards with device files of these numbers in the order of their buses; those without a model not."""
    found = [facts_of(info) for info in sorted(drivers.glob("*/information"))]
    mine = [f for f in found if not numbers or f.get("Device Minor", str(numbers[0])) in map(str, numbers)]
    return [Listed(f["Model"], f.get("GPU UUID", "")) for f in mine if f.get("Model")]


def facts_of(info: Path) -> Mapping[str, str]:
    lines = (line.partition(":") for line in info.read_text(errors="replace").splitlines())
    return {key.strip(): value.strip() for key, _, value in lines}


def model_of(name: str, known: Sequence[Listed]) -> str:
    """Return the model of the card of that name, empty if nobody tells; that of the first for one of its instances."""
    if name.isdecimal():
        return known[int(name)].model if int(name) < len(known) else ""
    for card in known:
        if name.startswith("GPU-") and card.identifier.startswith(name):  # which may be cut short
            return card.model
    return known[0].model if known else ""


def kind_of(name: str, known: Sequence[Listed]) -> str:
    """Return the model of the card of that name, with the instance's profile if the name is that of one."""
    return f"{model_of(name, known)} {instance(name) if name.startswith('MIG-') else ''}"


def model(devices: Path = DEVICES, drivers: Path = DRIVERS) -> str:
    """Return the name of the first card that may be used, from its driver's files or else from nvidia-smi.

    That of an instance of a divided card ends with the instance's profile: it has a part of the card alone.
    """
    known = listed(drivers, of_nvidia(devices))
    first = next(iter(cards(devices, drivers)), "0")
    whole = model_of(first, known) or next(iter(asked("--query-gpu=name", "--format=csv,noheader")), "") or UNKNOWN
    return f"{whole} {instance(first)}" if divided(first, devices) else whole


def divided(name: str, devices: Path) -> bool:
    """Say whether a card of that name is an instance: by it, or by the files that let instances be used."""
    files = (file for file in devices.glob("nvidia-caps/nvidia-cap[0-9]*") if opens(file))
    return name.startswith("MIG-") or any(int(file.name[10:]) >= FIRST_INSTANCE for file in files)


def instance(name: str) -> str:
    """Return the profile of the instance of that name, such as `MIG 1g.10gb`: of the first one, if it has another."""
    lines = [line.strip() for line in asked("-L") if line.strip().startswith("MIG ")]
    lines = [line for line in lines if name in line] or lines
    return " ".join(lines[0].split()[:2]) if lines else "MIG instance"


def asked(*options: str) -> list[str]:
    """Return what nvidia-smi answers, line by line; nothing where it cannot."""
    with suppress(OSError, subprocess.SubprocessError):
        command = [shutil.which("nvidia-smi") or "nvidia-smi", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        return [line.strip() for line in done.stdout.splitlines()]
    return []
