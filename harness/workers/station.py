"""The plugin of a Dask worker that holds its post, and the calls that reach it. Imported where Dask is asked for."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from distributed import WorkerPlugin, get_worker

from harness.errors import HarnessError
from harness.workers.post import Leaving, Post
from harness.workers.terms import Introduction, Terms
from harness.workflow.execute import Made
from harness.workflow.plan import Unit

NAME: Final = "coursework-harness"


class TakenOver(HarnessError):
    """Another run has this worker now; what it would make is of another class."""


class Station(WorkerPlugin):
    """Gives a Dask worker a post, and ends it with the worker or with the run; says on `topic` that it leaves.

    One run at a time uses a worker: the plugin of the next replaces one that was left behind.
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


def post(topic: str) -> Post:
    """Return the post that this thread's worker has for a run. Raises TakenOver, Leaving."""
    station = get_worker().plugins.get(NAME)
    if not isinstance(station, Station):
        raise Leaving("Expected a worker of this run, received one that has left it.")
    if station.topic != topic:
        raise TakenOver("Expected workers of this run, but another command has taken them over; run this one again.")
    return station.post


def introduce(topic: str) -> Introduction:
    return post(topic).introduce()


def make(topic: str, unit: Unit, files: Mapping[str, bytes]) -> Made:
    return post(topic).make(unit, files)
