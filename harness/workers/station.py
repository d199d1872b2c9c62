"""The plugin of a Dask worker that holds its post, and the calls that reach it. Imported where Dask is asked for."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from distributed import WorkerPlugin, get_worker

from harness.workers.post import Leaving, Post
from harness.workers.terms import Introduction, Terms
from harness.workflow.execute import Made
from harness.workflow.plan import Unit

NAME: Final = "coursework-harness"


class Station(WorkerPlugin):
    """Gives a Dask worker a post, and ends it with the worker or with the run; says on `topic` that it leaves.

    One run at a time uses a worker: the plugin of the next replaces this one.
    """

    name = NAME

    def __init__(self, terms: Terms, topic: str) -> None:
        self.terms, self.topic = terms, topic

    def setup(self, worker: Any) -> None:
        """Make the post; it prepares itself later, in a thread of the worker's."""
        self.post = Post(self.terms, worker.state.nthreads, Path(worker.local_directory))

    async def teardown(self, worker: Any) -> None:
        """Say that the worker leaves in good order, and end what it runs."""
        worker.log_event(self.topic, worker.address)
        await asyncio.to_thread(self.post.close)


def post() -> Post:
    """Return the post of the worker that this thread belongs to. Raises Leaving."""
    station = get_worker().plugins.get(NAME)
    if not isinstance(station, Station):
        raise Leaving("Expected a worker of this run, received one that has left it.")
    return station.post


def introduce() -> Introduction:
    return post().introduce()


def make(unit: Unit, files: Mapping[str, bytes]) -> Made:
    return post().make(unit, files)
