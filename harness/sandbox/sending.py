"""What the trusted side sends into a step: everything about the job, and its inputs."""

import json
import tempfile
from pathlib import Path
from typing import IO, Any

from harness.sandbox.job import Job
from harness.sandbox.spool import Blob
from harness.task import ArrayOutput, Dialogue, Output


def describe_output(output: Output) -> dict[str, Any]:
    if isinstance(output, ArrayOutput):
        return {"name": output.name, "dtype": output.dtype, "shape": list(output.shape)}
    return {"name": output.name, "max_bytes": output.max_bytes}


def describe_dialogue(dialogue: Dialogue | None) -> dict[str, Any] | None:
    if dialogue is None:
        return None
    return {"question": describe_output(dialogue.question), "answer": describe_output(dialogue.answer)}


def write_request(job: Job) -> IO[bytes]:
    """Return an unlinked file holding everything about the job but its inputs."""
    step = job.step
    request = {
        "run": step.run,
        "code": step.code,
        "entry": job.entry,
        "files": {name: source.decode("latin-1") for name, source in job.files.items()},
        "settings": dict(step.settings),
        "inputs": [{"name": n, "array": isinstance(job.inputs[n], Path)} for n in step.inputs],
        "outputs": [] if step.dialogue else [describe_output(o) for o in step.outputs],
        "dialogue": describe_dialogue(step.dialogue),
        "cpu_s": step.limits.cpu_s,
        "memory_mb": step.limits.memory_mb,
        "seed": job.seed,
        "cpus": list(job.cpus),
    }
    return as_file(json.dumps(request).encode())


def as_file(data: bytes | Blob) -> IO[bytes]:
    """Return an unlinked, rewound temporary file holding `data`. Raises SandboxError where there is no room for it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the caller closes it once the job has its own copy)
    (data if isinstance(data, Blob) else Blob.of(data)).copy(file)
    file.seek(0)
    return file
