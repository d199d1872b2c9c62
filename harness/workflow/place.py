"""Where a class is measured: on this machine (`harness.workflow.workshop`), or elsewhere (`harness.workers`)."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from harness.records.store import Records
from harness.task import Task
from harness.workflow.options import Options
from harness.workflow.pinning import Mixed
from harness.workflow.planned import PlannedTask
from harness.workflow.workers import Workers

Tell = Callable[[str], None]
Sources = Mapping[tuple[str, str], Mapping[str, bytes]]  # the files of a submission, by task and source hash


class Place(Protocol):
    """Tasks as they are measured in a place, and the records here that their measurements go into.

    It is `mixed` where each submission is pinned to one of several kinds of machines.
    """

    @property
    def contexts(self) -> Mapping[str, PlannedTask]: ...

    @property
    def records(self) -> Records: ...

    @property
    def mixed(self) -> Mixed | None: ...

    def workers(self, sources: Sources, options: Options) -> Workers:
        """Return who runs units of these submissions."""


class Cluster(Protocol):
    """Other machines to measure a class on."""

    def place(
        self, tasks: Mapping[str, Task], options: Options, records: Records, tell: Tell
    ) -> AbstractContextManager[Place]:
        """Prepare the tasks there; nobody else writes into `options.out` meanwhile.

        Raises HarnessError in one sentence where nobody there can measure them. `tell` takes sentences.
        """
