"""One step to run beside student code, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from harness.records.models import Fault, Usage
from harness.sandbox.spool import Blob
from harness.task import Step, Talk

Input = Path | bytes | Blob


@dataclass(frozen=True)
class Job:
    """A step of one submission.

    `files` is the student's source by relative path and `entry` the file that is imported, empty where the step is not
    beside a submission. `inputs` holds the
    step's inputs by name: a path to an `.npy` file, or bytes that only student code interprets (weights), which
    another step handed out.
    `cpus` are the cores the step is pinned to, empty for no pinning. `lead` asks the questions of a dialogue.
    """

    step: Step
    entry: str
    files: Mapping[str, bytes]
    inputs: Mapping[str, Input]
    seed: int
    cpus: tuple[int, ...] = ()
    lead: Talk | None = None


@dataclass(frozen=True)
class Outcome:
    """What came out of the sandbox: checked arrays and opaque bytes, or a fault. `log` is untrusted text.

    `killed` says that the process was ended by a signal that nobody here sent, as the kernel does when memory is short.
    """

    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    blobs: Mapping[str, Blob] = field(default_factory=dict)
    fault: Fault | None = None
    usage: Usage | None = None
    log: str = ""
    killed: bool = False
