"""Which workers are asked for, and the refusal to reach them where others could listen or take part."""

import ipaddress
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from harness.errors import UsageError

MOST: Final = 1_000  # workers of one machine
EXAMPLES: Final = "local:4, tls://host:8786 or a scheduler.json"


@dataclass(frozen=True)
class Asked:
    """So many workers on this machine, or those of the scheduler at an `address`."""

    local: int = 0
    address: str = ""

    def __str__(self) -> str:
        return self.address or f"local:{self.local}"


def parse_workers(text: str) -> Asked:
    """Read `local:4`, an address, or the path of a scheduler's file; raises UsageError for what cannot be used."""
    if find_spec("distributed") is None:
        raise UsageError(
            "Expected dask.distributed to be installed for --workers, but it is not; install it with"
            " pip install 'coursework-harness[cluster]'."
        )
    if found := re.fullmatch(r"local:(\d{1,4})", text.strip(), re.ASCII):
        if not 1 <= int(found[1]) <= MOST:
            raise UsageError(f"Expected --workers local:N to be 1 to {MOST:,} workers, received {text!r}.")
        return Asked(local=int(found[1]))
    address = address_in(Path(text)) if text.endswith(".json") else text.strip()
    if not re.fullmatch(r"(tcp|tls)://[^\s/]+:\d{1,5}", address):
        raise UsageError(f"Expected --workers to be {EXAMPLES}, received {text!r}.")
    check_safe(address)
    return Asked(address=address)


def address_in(path: Path) -> str:
    """Return the address in the file that a scheduler writes. Raises UsageError."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"Expected --workers to name the file of `dask scheduler --scheduler-file {path}`, received one that"
            f" cannot be read ({type(error).__name__}); check the path, and that the scheduler runs."
        ) from error
    address = found.get("address") if isinstance(found, dict) else None
    if not isinstance(address, str):
        raise UsageError(f"Expected an address in {path}, found none; name the file that `dask scheduler` wrote.")
    return address


def check_safe(address: str) -> None:
    """Raise UsageError for an address beyond this machine without TLS."""
    if address.startswith("tls://") or is_here(address):
        return
    raise UsageError(
        f"Expected tls:// for workers beyond this machine, received {address}: without TLS, anybody on that network"
        " could run code as you, the instructor, and read the key of the class; give scheduler, workers and this"
        " command certificates by Dask's configuration (see docs/workers.md)."
    )


def is_here(address: str) -> bool:
    """Say whether an address is this machine's own loopback, by its spelling alone: no name is looked up."""
    host = address.partition("://")[2].rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
