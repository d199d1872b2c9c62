"""Runs behind a barrier and says what it stopped: a level counts only where this has been seen to hold."""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from harness.sandbox import walls as barrier
from harness.sandbox.levels import Level

REFUSED = {
    "secret": "a file outside is readable",
    "outside": "a folder outside is writable",
    "socket": "the network is reachable",
    "process": "new processes can be started",
}
ALLOWED = {"scratch": "scratch is not writable", "library": "the interpreter's library is not readable"}


def main() -> None:
    """Entry point; arguments: walls, scratch, path of a file that must stay closed, and where a barrier's holder tells.

    Prints one JSON object.
    """
    walls, scratch, secret = barrier.Walls.parse(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
    barrier.enter(walls, scratch, int(sys.argv[5]) if len(sys.argv) > 5 else None)
    facts = {"user": os.geteuid(), "pid": os.getpid(), "interfaces": len(socket.if_nameindex())}
    barrier.lock(walls, [scratch])
    deeds: dict[str, Callable[[], object]] = {
        "secret": secret.read_bytes,
        "outside": secret.with_name("written").touch,
        "socket": socket.socket,
        "process": start_process,
        "scratch": (scratch / "written").touch,
        "library": Path(os.__file__).read_bytes,
    }
    if walls.view.accelerator:
        deeds["device"] = start_device
    print(json.dumps(facts | {name: done(deed) for name, deed in deeds.items()}), flush=True)
    os._exit(0)


def start_device() -> None:
    """Start the GPU's driver. Raises OSError if it cannot be loaded or says no; cuInit and hipInit return 0 for yes."""
    library, start = ("libcuda.so.1", "cuInit") if Path("/dev/nvidiactl").exists() else ("libamdhip64.so", "hipInit")
    if number := getattr(ctypes.CDLL(library), start)(0):
        raise OSError(number, f"{start} answered {number}")


def start_process() -> None:
    if os.fork() == 0:
        os._exit(0)


def done(deed: Callable[[], object]) -> bool:
    """Say whether it could be done."""
    try:
        deed()
    except OSError:
        return False
    return True


def weakness(level: Level, told: Mapping[str, object], root: bool) -> str:
    """Return the first thing that does not hold as `level` says, empty if all does."""
    for name, sentence in REFUSED.items():
        if told.get(name) is not False:
            return sentence
    for name, sentence in ALLOWED.items():
        if told.get(name) is not True:
            return sentence
    if told.get("device") is False:
        return "the GPU's driver does not start"
    if level.filtered and root and told["user"] == 0:
        return "it still runs as root"
    if level.own_processes and (told["interfaces"] != 1 or int(str(told["pid"])) > 9):
        return "the network or the process table is the host's"
    return ""
