"""Memory held by the kernel as a whole, where the system hands a control group to whoever asks.

Source: systemd-run(1), systemd.resource-control(5). Elsewhere the address-space limit and the parent's watch hold it.
"""

import os
import subprocess
from collections.abc import Sequence
from functools import cache

SERVER_MB = 900  # what a fork server with its backend loaded takes
TASKS = 1_024  # threads and processes
NEEDED = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")  # to find the user's service manager


def wrap(command: Sequence[str], memory_mb: int | None) -> list[str]:
    """Return the command that runs `command` with at most this much memory; the command itself for None."""
    if memory_mb is None:
        return list(command)
    limits = [f"MemoryMax={(memory_mb + SERVER_MB) * 1_000_000}", "MemorySwapMax=0", f"TasksMax={TASKS}"]
    options = [word for limit in limits for word in ("-p", limit)]
    unset = [word for name in NEEDED for word in ("-u", name)]
    return [*scope(), *options, "--", "/usr/bin/env", *unset, *command]


def scope() -> list[str]:
    whose = [] if os.geteuid() == 0 else ["--user"]
    return ["/usr/bin/systemd-run", *whose, "--scope", "--quiet", "--collect"]


def environment() -> dict[str, str]:
    """Return what of the caller's environment is needed to ask for a group; it is taken out again inside."""
    return {name: os.environ[name] for name in NEEDED if name in os.environ}


@cache
def delegated() -> bool:
    """Say whether a limited group can be had, by asking for one."""
    try:
        command = wrap(["/bin/true"], 10)
        return subprocess.run(command, capture_output=True, timeout=5, check=False, env=environment()).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
