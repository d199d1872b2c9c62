"""How strongly student code is walled in, from nothing to the strongest barrier known here."""

from enum import StrEnum

SENTENCES = {
    "none": "limits and a clean environment only: submissions could read files and reach the network",
    "seatbelt": "the system's own sandbox: no network, no new processes, few files; no separate process table",
    "landlock": "kernel filters inside the process: no files but the step's, no network, no new processes",
    "namespaces": "the filters, and a network, process table and shared memory of its own",
    "bubblewrap": "the filters, and a file system, network, process table and shared memory of its own",
}


class Level(StrEnum):
    """Levels in rising order. A step is held to everything its level names, or is not run."""

    NONE = "none"
    SEATBELT = "seatbelt"
    LANDLOCK = "landlock"
    NAMESPACES = "namespaces"
    BUBBLEWRAP = "bubblewrap"

    @property
    def rank(self) -> int:
        return list(Level).index(self)

    @property
    def sentence(self) -> str:
        return SENTENCES[self.value]

    @property
    def filtered(self) -> bool:
        """Whether Landlock and seccomp are applied in each step's process."""
        return self.rank >= Level.LANDLOCK.rank

    @property
    def own_processes(self) -> bool:
        """Whether steps have a process table of their own, which ends as a whole."""
        return self.rank >= Level.NAMESPACES.rank
