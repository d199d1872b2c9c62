"""A barrier that bubblewrap builds for a process which only waits in it, and that others enter later.

So a backend can be loaded before the barrier closes, once for all barriers of a run. What enters has the mounts, the
network, the process table and all else that bubblewrap made, and gives up what bubblewrap would have taken from it.
Sources: bwrap(1), `--info-fd`; setns(2); pid_namespaces(7); capabilities(7).
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from harness.sandbox import identity, namespaces
from harness.sandbox.ending import end_family
from harness.sandbox.limits import prctl
from harness.sandbox.syscalls import forbid_new_privileges

HERE: Final = b"here"
WAIT: Final = f"import os; os.write(1, {HERE!r}); os.read(0, 1)"
FLAGS: Final = {  # by the name that bubblewrap tells and /proc has
    "mnt": namespaces.CLONE_NEWNS,
    "uts": namespaces.CLONE_NEWUTS,
    "ipc": namespaces.CLONE_NEWIPC,
    "pid": namespaces.CLONE_NEWPID,
    "net": namespaces.CLONE_NEWNET,
    "cgroup": namespaces.CLONE_NEWCGROUP,
}
ALWAYS: Final = ("mnt", "uts", "ipc", "pid", "net")
PR_CAPBSET_DROP: Final = 24
MOST_CAPABILITIES: Final = 64

Start = Callable[[list[str], int], "subprocess.Popen[bytes]"]


class Holder:
    """A process that waits behind a barrier until it is closed, and ends all others in there with itself.

    `told` is the descriptor on which it says where it is; `start` calls `start_waiting`, in a thread that lasts.
    """

    def __init__(self, command: Sequence[str], start: Start) -> None:
        self.told, telling = os.pipe()
        try:
            options = ["--as-pid-1", "--info-fd", str(telling)]
            self._process = start([command[0], *options, *command[1:]], telling)
        except BaseException:
            os.close(self.told)
            raise
        finally:
            os.close(telling)

    def handed_over(self) -> None:
        """Close what it tells on, once that is in the hands of whoever enters."""
        if self.told >= 0:
            os.close(self.told)
            self.told = -1

    def close(self) -> None:
        self.handed_over()
        if self._process.stdin is not None:
            self._process.stdin.close()
        end_family(self._process)


def start_waiting(printed: IO[bytes], command: list[str], telling: int) -> "subprocess.Popen[bytes]":
    """Start the command of a holder; why it cannot go on is printed to a file. Its environment can be read inside."""
    return subprocess.Popen(
        command,
        env={},
        stdin=subprocess.PIPE,
        stdout=telling,
        stderr=printed,
        pass_fds=[telling],
        start_new_session=True,
    )


def waiting() -> list[str]:
    """Return the command of a process that only waits, without the harness or any library."""
    return [sys.executable, "-I", "-S", "-c", WAIT]


def enter(told: int) -> None:
    """Move this process behind the barrier whose holder tells on the descriptor `told`; returns in a child.

    The caller's process stays behind to wait for it. Ends the process where there is no barrier to enter: bubblewrap
    has said why. Raises OSError if the kernel refuses.
    """
    facts = heard(told)
    holder = os.pidfd_open(int(facts["child-pid"]))
    if gone(told):  # its number may have come to mean another process meanwhile
        os._exit(1)
    names = [name for name in FLAGS if name in ALWAYS or f"{name}-namespace" in facts]
    flags = sum(FLAGS[name] for name in names)
    root = os.geteuid() == 0
    namespaces.setns(holder, flags if root else flags | namespaces.CLONE_NEWUSER)
    for fd in (holder, told):
        os.close(fd)
    pid = os.fork()
    if pid:
        namespaces.stay_behind(pid)
    for name in names:
        if Path(f"/proc/self/ns/{name}").stat().st_ino != facts[f"{name}-namespace"]:
            raise OSError(f"Expected to be in the {name} namespace of the barrier, but this is another one.")
    give_up(root)


def give_up(root: bool) -> None:
    """Give up the capabilities that entering gave; root keeps those that `identity.become` needs and gives up."""
    for number in range(MOST_CAPABILITIES):
        prctl(PR_CAPBSET_DROP, number)  # beyond the last one it says no
    identity.keep_capabilities(identity.BECOMING if root else ())
    forbid_new_privileges()
    os.setsid()


def heard(told: int) -> Mapping[str, int]:
    """Wait for what bubblewrap says of the barrier, and for the holder to be there; end this process without them."""
    said = b""
    while not said.endswith(HERE):
        more = os.read(told, 4096)
        if not more:
            os._exit(1)
        said += more
    facts: Mapping[str, int] = json.loads(said.removesuffix(HERE))
    return facts


def gone(told: int) -> bool:
    """Say whether the holder has ended: nobody has the other end of the pipe any more."""
    poll = select.poll()
    poll.register(told, select.POLLHUP)
    with suppress(InterruptedError):
        return bool(poll.poll(0))
    return True
