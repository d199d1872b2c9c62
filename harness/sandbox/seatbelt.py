"""The weaker barrier of macOS: a Seatbelt profile around each step's process.

Source: sandbox-exec(1) and the profiles that ship with macOS. The tool is deprecated and still there; nothing that
replaces it can be used by a program that is not signed.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from harness.sandbox.view import View, links

TOOL = "/usr/bin/sandbox-exec"
SYSTEM = (
    "/System",
    "/usr/lib",
    "/usr/share",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/dev/urandom",
    "/dev/null",
)


def command(view: View, scratch: Path, inner: Sequence[str]) -> list[str]:
    """Return the command that runs `inner` under a profile that denies what it does not name."""
    return [TOOL, "-D", f"SCRATCH={scratch}", "-p", profile(view, inner[0]), *inner]


def profile(view: View, program: str) -> str:
    """Return the profile. Of the rules that fit the last decides, so what is hidden comes after what is shown."""
    rules = [
        "(version 1)",
        "(deny default)",
        f"(allow process-exec {each('literal', list(map(str, links(Path(program)))))})",
        "(allow sysctl-read)",
        "(allow signal (target self))",
        "(allow file-read-metadata)",
        f"(allow file-read* {each('subpath', [*SYSTEM, *view.read, view.package])})",
        f"(deny file-read* {each('subpath', view.hidden)})" if view.hidden else "",
        '(allow file-read* file-write* (subpath (param "SCRATCH")))',
        '(allow file-write-data (literal "/dev/null"))',
        "(deny network*)",
        "(deny process-fork)",
    ]
    return "\n".join(rule for rule in rules if rule)


def each(kind: str, paths: Sequence[str]) -> str:
    """Word paths as the profile language quotes them."""
    return " ".join(f"({kind} {json.dumps(path, ensure_ascii=False)})" for path in paths)
