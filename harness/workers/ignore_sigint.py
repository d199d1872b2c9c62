"""What worker processes of this machine load first: Ctrl-C is for the command that started them, which ends them."""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Let SIGINT, which a terminal sends to all processes of a command, pass; programs started here end by it still."""
    del worker
    signal.signal(signal.SIGINT, lambda *_: None)
