"""Recognises folders on network file systems, where a database that two machines write into is damaged.

SQLite in WAL mode keeps an index in memory that all its processes share, which those of two machines cannot, and the
locks beneath it hold on some such file systems only (sqlite.org, "Write-Ahead Logging" and "How To Corrupt").
"""

import re
from pathlib import Path
from typing import Final

from harness.errors import ResultsError

MOUNTS: Final = Path("/proc/mounts")
TYPES: Final = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda"),
    *("lustre", "gpfs", "beegfs", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "orangefs", "pvfs2", "panfs"),
    *("wekafs", "gfs2", "ocfs2", "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.juicefs"),
}


def network_type(path: Path, mounts: Path = MOUNTS) -> str:
    """Return the type of the network file system that a path lies on, whether or not it exists; "" for a local one.

    Linux tells it (proc(5)); elsewhere nothing is recognised.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place, found = path.expanduser().resolve(), (0, "")
    for _, at, kind, *_ in (fields for line in lines if len(fields := line.split(" ")) > 3):
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), at))
        if place.is_relative_to(point) and len(point.parts) >= found[0]:  # the innermost, and the last mounted there
            found = (len(point.parts), kind)
    return found[1] if found[1] in TYPES else ""


def check_local(out: Path, mounts: Path = MOUNTS) -> None:
    """Raise ResultsError where a result folder lies on a network file system."""
    if kind := network_type(out, mounts):
        raise ResultsError(
            f"Expected a result folder on a disk of this machine, but {out} lies on a network file system ({kind}),"
            " where databases are damaged when two machines write; work in a local folder, as /tmp/results, and copy"
            " it from and to there (cp -r)."
        )
