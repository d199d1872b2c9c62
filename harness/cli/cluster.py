"""The options of `harness grade` that name other processes or machines to measure on."""

from typing import TYPE_CHECKING, Annotated

import typer

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.workflow.place import Cluster

AtWorkers = Annotated[
    str | None,
    typer.Option(
        "--workers",
        metavar="WHERE",
        help="Run on other processes or machines: local:4, the address of a Dask scheduler (tls://host:8786) or its"
        " scheduler.json. They need this harness, the data and the course too; this command only plans and marks.",
    ),
]
Mixed = Annotated[
    bool,
    typer.Option(
        "--mixed",
        help="Take --workers of several kinds, and measure each submission on one kind throughout. Without it, the"
        " whole class is measured on one.",
    ),
]


def cluster_of(workers: str | None, *, mixed: bool) -> "Cluster | None":
    """Return the machines to measure on, None for this one. Raises UsageError for what cannot be used."""
    if workers is None:
        if mixed:
            raise UsageError("Expected --mixed with --workers, received it alone: this machine is of one kind.")
        return None
    from harness.workers.asked import parse_workers

    wanted = parse_workers(workers)
    from harness.workers.cluster import DaskCluster

    return DaskCluster(wanted, mixed=mixed)
