"""The line to a Dask scheduler: calls to one worker each, and one queue of news about workers and calls.

Dask is asked to try nothing again and to move nothing: a call is for one worker, and is over when that is gone.
"""

from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from distributed import Client, Future

from harness.errors import HarnessError
from harness.workers.asked import check_safe
from harness.workers.plugin import NAME

MOST_WANTED = 100  # as many as Dask looks at


@dataclass(frozen=True)
class Joined:
    """A worker is there."""

    address: str


@dataclass(frozen=True)
class Left:
    """A worker is gone; in good order if it said so before, or was sent away."""

    address: str
    orderly: bool


@dataclass(frozen=True)
class Answer:
    """A call has ended, with a value or an error."""

    call: int
    value: Any = None
    error: BaseException | None = None


News = Joined | Left | Answer


class Connection:
    """Calls workers by their address. Everything but `_heard` and `_answer` runs in the caller's thread."""

    def __init__(self, client: Client, address: str) -> None:
        self.topic = f"{NAME}-{uuid4().hex}"
        assert client.loop is not None  # it is connected
        self._client, self._loop, self._address = client, client.loop, address
        self._news, self._numbers = SimpleQueue[News](), count()
        self._calls: dict[int, Future[Any]] = {}
        self._leaving: set[str] = set()
        self._wanted: list[Future[Any]] = []

    def listen(self) -> None:
        """Ask for news of workers from now on, those that are there already first.

        Raises UsageError where one of them is beyond this machine and without TLS: an address here may lead there.
        """
        there = self._client.scheduler_info()["workers"]
        for address in there:
            check_safe(address)
        self._client.subscribe_topic(self.topic, lambda event: self._leaving.add(event[1]))
        self._client.subscribe_topic("all", self._heard)
        for address in self._client.scheduler_info()["workers"]:
            self._news.put(Joined(address))

    def call(self, address: str, function: Callable[..., Any], *arguments: object) -> int:
        """Have one worker call a function of a module that it has too, with the topic of this run; return a number."""
        number = next(self._numbers)
        future = self._client.submit(
            function,
            self.topic,
            *arguments,
            key=f"{self.topic}-{number}",
            workers=[address],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        self._calls[number] = future
        self._loop.add_callback(self._answer, number, future)
        return number

    def forget(self, call: int) -> None:
        """Drop a call that is not to begin, or whose worker is gone; not one that has ended."""
        if future := self._calls.pop(call, None):
            future.cancel()

    def want(self, waiting: int) -> None:
        """Let Dask know that so many calls more could run: clusters that adapt start workers for what cannot run yet.

        These are calls that no worker can take; Dask expects them to last as long as others of the same topic did.
        """
        while len(self._wanted) > min(waiting, MOST_WANTED):
            self._wanted.pop().cancel()
        while len(self._wanted) < min(waiting, MOST_WANTED):
            key = f"{self.topic}-{next(self._numbers)}"
            self._wanted.append(self._client.submit(int, key=key, resources={NAME: 1}, pure=False))

    def news(self, timeout_s: float) -> list[News]:
        """Wait so long at most for news, and return all there is. Raises HarnessError where the scheduler is gone."""
        found = list[News]()
        try:
            found.append(self._news.get(timeout=timeout_s))
            while True:
                found.append(self._news.get_nowait())
        except Empty:
            pass
        if self._client.status != "running":
            raise HarnessError(
                f"Expected the scheduler at {self._address} to answer, but the connection to it was lost; start it"
                " again, and the same command goes on from what was measured."
            )
        fresh = [one for one in found if not isinstance(one, Answer) or one.call in self._calls]
        for one in fresh:
            if isinstance(one, Answer):
                del self._calls[one.call]
        return fresh

    def close(self) -> None:
        """Ask for no more news."""
        for topic in ("all", self.topic):
            self._client.unsubscribe_topic(topic)

    def _heard(self, event: tuple[float, Any]) -> None:
        """Take an event of the scheduler's; in the thread of the client."""
        message = event[1] if isinstance(event[1], dict) else {}
        address = message.get("worker", "")
        if message.get("action") == "add-worker":
            self._news.put(Joined(address))
        elif message.get("action") == "remove-worker":
            orderly = bool(message.get("expected")) or address in self._leaving
            self._leaving.discard(address)
            self._news.put(Left(address, orderly))

    async def _answer(self, number: int, future: "Future[Any]") -> None:
        """Wait for a call to end; in the thread of the client."""
        try:
            value = await self._client.gather(future, asynchronous=True)
            self._news.put(Answer(number, value))
        except (Exception, CancelledError) as error:
            self._news.put(Answer(number, error=error))
