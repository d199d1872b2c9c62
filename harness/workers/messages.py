"""What the driver tells a worker once, and what the worker says of itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness.data.key import Key
from harness.records.models import Provenance
from harness.task import Profile, Task
from harness.workflow.protection import Protection


@dataclass(frozen=True)
class RunSettings:
    """How every unit of a run is measured. `jobs` is the most units at once on one worker, 0 for all its slots.

    A `course` is a folder that lies at the same path on every worker. Without a `data_dir` each looks where its own
    environment says.
    """

    tasks: tuple[str, ...]
    profile: str
    backend: str
    device: str
    protection: Protection
    key: Key = field(repr=False)
    search: bool = False
    jobs: int = 0
    course: Path | None = None
    data_dir: Path | None = None


@dataclass(frozen=True)
class WorkerReport:
    """How a worker measures each task, under which version, and how many units at once.

    `readable` says in sentences what hidden data its steps can read; `refused`, in one, why it can measure nothing.
    """

    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    slots: int = 0
    readable: tuple[str, ...] = ()
    refused: str = ""


def version_of(task: Task, profile: Profile) -> str:
    """Return what tells one version of a task, of its files and of a profile from another."""
    settings = json.dumps(asdict(profile), sort_keys=True)
    return f"{task.version}{task.files_sha256} {hashlib.sha256(settings.encode()).hexdigest()}"
