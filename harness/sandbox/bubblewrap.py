"""The strongest barrier: bubblewrap gives the fork server a file system, network and process table of its own.

Source: bwrap(1). Version 0.8 or later, which can refuse nested user namespaces.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.errors import SandboxError
from harness.sandbox import facts
from harness.sandbox.view import View

OLDEST = (0, 8)
SCRATCH = "/scratch"  # inside; an interpreter may live below /tmp
SHARED_MEMORY_BYTES = 1 << 20
INSTALL = "install bubblewrap 0.8 or later from your distribution"


def find() -> str:
    """Return the path of bwrap. Raises SandboxError if there is none or it is too old."""
    path = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if path is None:
        raise SandboxError(f"Expected bwrap on this machine, found none; {INSTALL}.")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, env={}).stdout
    version = tuple(int(n) for n in re.findall(r"\d+", said)[:2])
    if version < OLDEST:
        raise SandboxError(f"Expected bwrap 0.8 or later, found {said.strip() or 'no version'}; {INSTALL}.")
    return path


def command(view: View, scratch_bytes: int, folder: Path, inner: Sequence[str]) -> list[str]:
    """Return the command that runs `inner` behind the barrier. Raises SandboxError as `find` does.

    `folder` holds what `facts.prepare` wrote. Everything is shown by mounts that cannot be written to: reading a file
    leaves no time of access in it either.
    The caller gives it a clean environment: bwrap stays as the first process inside and its environment can be read.
    As root it keeps the two capabilities that `identity.become` needs and gives up.
    """
    copies = [word for name in facts.COPIED for word in shown(str(facts.copy_in(folder, name)), f"/proc/{name}")]
    return [find(), *separate(), *files(view), *copies, *writable(scratch_bytes), *inner]


def separate() -> list[str]:
    own = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    own += ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        return [*own, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*own, "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"]


def files(view: View) -> list[str]:
    """Show what steps may read where it really lies, and cover what of it they may not.

    A device needs its own option, after the new /dev; a link into a shown folder stays a link.
    """
    options = parents([*view.read, view.package])
    for path in (Path(p) for p in view.read if not p.startswith("/proc/")):
        options += ["--symlink", str(path.readlink()), str(path)] if path.is_symlink() else shown(str(path))
    options += [*shown(view.package), *shown("/sys/devices/system"), "--proc", "/proc", "--dev", "/dev"]
    for hidden in view.hidden:
        options += covered(hidden)
    for device in view.devices:
        options += ["--dev-bind", device, device]
    return options


def shown(path: str, at: str = "") -> list[str]:
    return ["--ro-bind-try", path, at or path]


def covered(path: str) -> list[str]:
    """Lay an empty folder over a folder, and over a file a device that cannot be opened there."""
    return shown("/dev/null", path) if Path(path).is_file() else ["--tmpfs", path, "--remount-ro", path]


def parents(paths: Iterable[str]) -> list[str]:
    """Make the folders above `paths` such that everybody may enter them; bwrap makes them for their owner only."""
    above = {str(parent) for path in paths for parent in Path(path).parents} - {"/"}
    return [word for folder in sorted(above) for word in ("--perms", "0755", "--dir", folder)]


def writable(scratch_bytes: int) -> list[str]:
    """Let only scratch and a little shared memory be written; sizes would be half of the memory otherwise."""
    scratch = ["--perms", "1777", "--size", str(scratch_bytes), "--tmpfs", SCRATCH]
    shared = ["--perms", "1777", "--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"]  # noqa: S108
    return [*scratch, *shared, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", SCRATCH, "--"]
