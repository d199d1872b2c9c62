"""Judges how a step ended: takes out what was declared, or says in one sentence what was wrong."""

import builtins
import os
import re
import signal
import unicodedata
from dataclasses import replace
from typing import Literal

from harness.explain.cleaned import without_places
from harness.records.models import Fault, Usage
from harness.sandbox import progress, receiving, wire
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Ended
from harness.sandbox.talk import DialogueState
from harness.sandbox.watch import MAX_THREADS, LimitName, Watch
from harness.task import ArrayOutput, Arrays, FactsOutput

MAX_SENTENCE = 540
OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP}  # what the kernel and an end of the session send


def judge(job: Job, watch: Watch, ended: Ended, usage: Usage) -> Outcome:
    """Decide what the bytes are worth: outputs that hold what was declared, or one fault."""
    log = clean_text(watch.log.decode("utf-8", "replace"), keep_lines=True)
    try:
        if fault := process_fault(job, watch, ended):
            return Outcome(fault=fault, usage=usage, log=log, killed=killed_from_outside(watch, ended, fault))
        if watch.talk:
            return Outcome(answered(watch.talk), usage=usage, log=log)
        arrays, blobs = receiving.read_result(watch.result, job.step.outputs)
        for output in job.step.outputs:
            if isinstance(output, ArrayOutput):
                receiving.check_values(output, arrays[output.name])
    except wire.WireError as error:
        return Outcome(fault=student_fault(job, "output", str(error)), usage=usage, log=log)
    if facts := next((o for o in job.step.outputs if isinstance(o, FactsOutput)), None):
        usage = replace(usage, fit_s=facts.named(arrays[facts.name])["fit_s"])
    return Outcome(arrays, blobs, usage=usage, log=log)


def answered(talk: DialogueState) -> Arrays:
    """Return what the lead made of the answers; raises WireError if they ended early or one was not as declared."""
    if talk.fault:
        raise wire.WireError(talk.fault)
    if talk.outputs is None:
        raise wire.WireError("Expected an answer to every question, received none to the last.")
    return talk.outputs


def process_fault(job: Job, watch: Watch, ended: Ended) -> Fault | None:
    """Return the fault that the way the process ended or its own message amounts to."""
    limit = watch.limit or limit_of(job, ended)
    start = watch.start
    error = receiving.read_error(start)
    if error and error[0] == "memory":
        limit = limit or "memory"
    if error and error[0] == "device memory" and not limit:
        return student_fault(job, "limit", device_memory_sentence(job), "memory")
    if limit:
        return student_fault(job, "limit", limit_sentence(job, limit, bytes(watch.log)), limit)
    if watch.overflow:
        return student_fault(job, "output", "Expected only the declared outputs, received far more bytes.")
    if error:
        kind, message = error
        return student_fault(job, *exception_sentence(job, kind, message))
    done = watch.talk and (watch.talk.fault or watch.talk.outputs is not None)
    if not done and (start[:1] != b"R" or len(start) < 2):
        how = f"signal {os.WTERMSIG(ended.code)}" if os.WIFSIGNALED(ended.code) else "an exit of its own"
        return student_fault(
            job, "crash", f"The process ended by {how} during {job.step.name} before handing anything back."
        )
    return None


def killed_from_outside(watch: Watch, ended: Ended, fault: Fault) -> bool:
    """Say whether a process was ended by a signal of others: of the kernel, short of memory, or a machine's shutdown.

    A student's own signal, and a control group that is full, look the same: another try tells them apart.
    """
    how = os.WTERMSIG(ended.code) if os.WIFSIGNALED(ended.code) else 0
    ours = watch.limit is not None or watch.overflow or ended.full or fault.limit not in ("", "memory")
    return how in OUTSIDE and not ours and fault.kind in ("crash", "limit")


def limit_of(job: Job, ended: Ended) -> LimitName | None:
    """Return the limit for which somebody else than the parent ended the process, told from how it ended.

    SIGXCPU, or SIGKILL where that is ignored, is the kernel's word for CPU; SIGKILL near the memory limit its word
    for a control group that is full.
    """
    limits, how = job.step.limits, os.WTERMSIG(ended.code) if os.WIFSIGNALED(ended.code) else 0
    if ended.full:
        return "disk"
    if how == signal.SIGXCPU or (how == signal.SIGKILL and ended.cpu_s >= limits.cpu_s):
        return "cpu"
    return "memory" if how == signal.SIGKILL and ended.peak_memory_mb >= 0.8 * limits.memory_mb else None


def limit_sentence(job: Job, limit: LimitName, log: bytes = b"") -> str:
    """Say which limit a step passed and what to do; of a training, how much it needs by what it printed."""
    limits = job.step.limits
    name = job.step.name
    needs = progress.in_words(log) if job.step.trains else ""
    why = f"{needs}: take fewer units, filters or layers" if needs else "look for an endless loop or a model too large"
    return {
        "wall": f"The step {name} was ended after {limits.wall_s:g} s; {why}.",
        "cpu": f"The step {name} used up its {limits.cpu_s:g} s of CPU; {why}.",
        "memory": f"The step {name} needed more than {limits.memory_mb / 1000:g} GB of memory; build a smaller model"
        " or smaller arrays.",
        "threads": f"The step {name} ran more than {MAX_THREADS} threads; a model needs none of its own.",
        "disk": f"The step {name} wrote more or larger files than it may; a model needs none.",
    }[limit]


def device_memory_sentence(job: Job) -> str:
    return (
        f"The step {job.step.name} needed more memory than a step may take on the GPU; build a smaller model or smaller"
        " arrays."
    )


def exception_sentence(
    job: Job, kind: str, message: str
) -> tuple[Literal["import", "contract", "exception", "output"], str]:
    """Word an exception for the student; where hidden data is at hand, nothing the student worded is passed on."""
    text = clean_text(without_places(message))
    if job.step.hidden:
        return "exception", hidden_sentence(job, kind, text)
    if kind == "contract":
        return "contract", text
    if kind == "output":
        return "output", text
    if kind == "import":
        return "import", f"{job.entry} could not be imported: {text}"
    return "exception", f"The step {job.step.name} stopped with an error: {text}"


def hidden_sentence(job: Job, kind: str, text: str) -> str:
    """Say what went wrong beside test data in words of ours: a built-in exception's name at most."""
    if kind == "contract":
        return (
            f"In the step {job.step.name} the builder returned another model than before;"
            " it must return the same model each time it is called with the same arguments."
        )
    if kind == "output":
        return f"The step {job.step.name} handed back another shape than the contract says."
    words = re.findall(r"[A-Z]\w+(?:Error|Exit|Interrupt|Exception)\b", text)
    name = next((w for w in words if isinstance(getattr(builtins, w, None), type)), "an error")
    return f"The step {job.step.name} stopped with {name}; details are kept from cards because test data was at hand."


def student_fault(
    job: Job,
    kind: Literal["import", "contract", "exception", "limit", "output", "crash"],
    message: str,
    limit: LimitName | Literal[""] = "",
) -> Fault:
    return Fault(owner="student", kind=kind, step=job.step.name, message=message, limit=limit)


def clean_text(text: str, keep_lines: bool = False) -> str:
    """Drop control, format and bidirectional characters; cap single sentences in length."""
    keep = "\n\t" if keep_lines else ""
    cleaned = "".join(c for c in text if c in keep or not unicodedata.category(c).startswith("C"))
    return cleaned if keep_lines or len(cleaned) <= MAX_SENTENCE else cleaned[: MAX_SENTENCE - 1] + "…"
