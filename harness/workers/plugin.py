"""The plugin of a Dask worker that holds its runner, and the calls that reach it. Imported where Dask is asked for."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from distributed import WorkerPlugin, get_worker

from harness.errors import HarnessError
from harness.workers.messages import RunSettings, WorkerReport
from harness.workers.runner import Leaving, Runner
from harness.workflow.execute import Made
from harness.workflow.plan import Unit

NAME: Final = "coursework-harness"


class TakenOver(HarnessError):
    """Another run has this worker now; what it would make is of another class."""


class HarnessPlugin(WorkerPlugin):
    """Gives a Dask worker a runner, and ends it with the worker or with the run; says on `topic` that it leaves.

    One run at a time uses a worker: the plugin of the next replaces one that was left behind.
    """

    name = NAME

    def __init__(self, settings: RunSettings, topic: str) -> None:
        self.settings, self.topic = settings, topic

    def setup(self, worker: Any) -> None:
        """Make the runner; it prepares itself later, in a thread of the worker's."""
        self.runner = Runner(self.settings, worker.state.nthreads, Path(worker.local_directory))

    async def teardown(self, worker: Any) -> None:
        """Say that the worker leaves in good order, and end what it runs."""
        worker.log_event(self.topic, worker.address)
        await asyncio.to_thread(self.runner.close)


def runner(topic: str) -> Runner:
    """Return the runner that this thread's worker has for a run. Raises TakenOver, Leaving."""
    plugin = get_worker().plugins.get(NAME)
    if not isinstance(plugin, HarnessPlugin):
        raise Leaving("Expected a worker of this run, received one that has left it.")
    if plugin.topic != topic:
        raise TakenOver("Expected workers of this run, but another command has taken them over; run this one again.")
    return plugin.runner


def report(topic: str) -> WorkerReport:
    return runner(topic).report()


def make(topic: str, unit: Unit, files: Mapping[str, bytes]) -> Made:
    return runner(topic).make(unit, files)
