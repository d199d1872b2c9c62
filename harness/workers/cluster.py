"""A class measured on the workers of a Dask scheduler, or on processes of this machine that one is started for."""

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import dask
from distributed import Client, LocalCluster, Lock, Security

from harness.errors import UsageError
from harness.records.models import Provenance
from harness.records.store import Records, sole_run
from harness.task import Task
from harness.workers import ignore_sigint
from harness.workers.admission import Admission
from harness.workers.asked import Asked
from harness.workers.connection import Connection
from harness.workers.dask_workers import DaskWorkers
from harness.workers.messages import RunSettings
from harness.workers.plugin import NAME, HarnessPlugin
from harness.workers.registration import Registration
from harness.workflow.fingerprints import Contexts, as_measured_on, with_fingerprints
from harness.workflow.options import Options, key_of
from harness.workflow.pinning import Mixed
from harness.workflow.place import Place, Sources, Tell
from harness.workflow.plan import ClassPlan
from harness.workflow.planned import PlannedTask
from harness.workflow.result_folder import before_in
from harness.workflow.workers import Workers
from harness.workflow.workshop import FOUND

PRELOAD: Final = "distributed.worker.preload"


@dataclass(frozen=True)
class DaskPlace:
    """Tasks as the workers measure them; see `harness.workflow.place.Place`."""

    contexts: Mapping[str, PlannedTask]
    records: Records
    registration: Registration
    mixed: Mixed | None = None

    def workers(self, sources: Sources, options: Options) -> Workers:
        del options  # the workers were told when they came
        return DaskWorkers(self.registration, self.contexts, sources, self.mixed)


@dataclass(frozen=True)
class DaskCluster:
    """The workers that are asked for, of several kinds if `mixed`; see `harness.workflow.place.Cluster`."""

    asked: Asked
    mixed: bool = False

    @contextmanager
    def place(self, tasks: Mapping[str, Task], options: Options, records: Records, tell: Tell) -> Iterator[Place]:
        """Yield the tasks as the first worker that can measures them; raises UsageError if none of them can."""
        with sole_run(options.out), connected(self.asked) as client, sole_use(client, tell):
            before = before_in(options.out, records)
            recorded = before.provenance if before else {}
            admission = Admission(tasks, options.profile, options.protection, tell, recorded, mixed=self.mixed)
            registration = Registration(Connection(client, str(self.asked)), admission, tell)
            try:
                registration.connection.listen()
                with suppress(Exception):  # of a worker that cannot load it, which says so when it is asked
                    client.register_plugin(
                        HarnessPlugin(settings_for(self.asked, tasks, options), registration.connection.topic)
                    )
                like = registration.open()
                contexts = {
                    name: PlannedTask(task, task.profile(options.profile), like.provenance[name])
                    for name, task in tasks.items()
                }
                yield DaskPlace(contexts, records, registration, mixed_of(registration, contexts, before))
            finally:
                if client.status == "running":
                    with suppress(Exception):  # a scheduler that goes now has no workers to tidy up
                        registration.connection.close()
                        client.unregister_worker_plugin(NAME)
                if options.search and admission.like:
                    records.put_document(FOUND, json.dumps(admission.readable))


def mixed_of(registration: Registration, contexts: Contexts, before: ClassPlan | None) -> Mixed | None:
    """Return the tasks as each kind of worker measures them, of those there and of those that there were before."""
    admission = registration.admission
    if not admission.mixed:
        return None
    earlier = with_fingerprints(before).fingerprints if before else {}
    kinds: dict[str, Mapping[str, Provenance]] = {name: one.provenance for name, one in earlier.items()}
    kinds |= admission.kinds
    admission.planned = frozenset(kinds)
    found = {name: as_measured_on(contexts, machine) for name, machine in kinds.items()}
    return Mixed(found, lambda name: registration.assignment(name).slots, before)


def settings_for(asked: Asked, tasks: Mapping[str, Task], options: Options) -> RunSettings:
    """Return what the workers are told; those of another machine look for data in their own folder."""
    return RunSettings(
        tasks=tuple(tasks),
        profile=options.profile,
        backend=options.backend,
        device=options.device,
        protection=options.protection,
        key=key_of(options),
        search=options.search,
        jobs=options.jobs,
        course=options.rooms.course.resolve() if options.rooms.course else None,
        data_dir=options.data_dir.resolve() if options.data_dir and asked.local else None,
    )


@contextmanager
def connected(asked: Asked) -> Iterator[Client]:
    """Yield a client of the scheduler that is asked for. Raises UsageError where nobody answers."""
    with ExitStack() as stack:
        stack.enter_context(quiet())
        cluster = stack.enter_context(local(asked.local)) if asked.local else None
        security = None if cluster else secured(asked)
        try:
            client = stack.enter_context(Client(cluster or asked.address, security=security, set_as_default=False))
        except (OSError, TimeoutError) as error:
            raise UsageError(
                f"Expected a scheduler at {asked}, but none answered ({type(error).__name__}); check the address, that"
                " it runs, and that its certificates are those of this command."
            ) from error
        yield client


def secured(asked: Asked) -> Security:
    """Return the certificates of Dask's own configuration. Raises UsageError where TLS is asked for without any."""
    found = Security()
    if asked.address.startswith("tls://") and not found.get_connection_args("client")["ssl_context"]:
        raise UsageError(
            f"Expected certificates for {asked.address}, found none in Dask's configuration; set"
            " distributed.comm.tls.ca-file and distributed.comm.tls.client.cert (see docs/workers.md)."
        )
    return found


@contextmanager
def sole_use(client: Client, tell: Tell) -> Iterator[None]:
    """Wait until no other command measures on these workers; one that was killed counts for half a minute more."""
    lock = Lock(NAME, scheduler_rpc=client.scheduler, loop=client.loop)
    if not lock.acquire(timeout=1):
        tell("another command measures on these workers; waiting until it has ended (Ctrl-C ends this).")
        while not lock.acquire(timeout=1):
            pass
    try:
        yield
    finally:
        if client.status == "running":
            with suppress(Exception):  # a scheduler that goes now holds no lock
                lock.release()


@contextmanager
def local(workers: int) -> Iterator[LocalCluster]:
    """Yield that many workers of one slot here; nobody else on this machine can reach them, by keys made for them."""
    with (
        tempfile.TemporaryDirectory(prefix="harness-dask-") as folder,
        dask.config.set({f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")}),
        dask.config.set({PRELOAD: [*dask.config.get(PRELOAD), ignore_sigint.__name__]}),
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1 h"}),  # one that starts again slowly is not lost
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address="127.0.0.1:0",  # which serves nothing
            memory_limit=None,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the logs of Dask and of what it stands on off the screen: what concerns the user is told in sentences."""
    loggers = [
        logging.getLogger(name)
        for name in logging.root.manager.loggerDict
        if name.startswith(("distributed", "tornado", "asyncio"))
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
