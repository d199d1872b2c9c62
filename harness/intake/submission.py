"""One student's work as the harness knows it from here on: names and bytes, frozen."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from harness.intake.facts import SourceFacts, facts_of, first_problem
from harness.intake.literals import Size, packed_bytes
from harness.intake.names import clean
from harness.intake.origin import Origin
from harness.records.models import Fault

SELF_CHECK = "test_self_check.py"  # what `harness new` writes beside a task; no part of the work


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    `name` is as handed in, without control characters, but otherwise untrusted text. `slug` is [a-z0-9-] and
    unique in the class. `files` maps relative POSIX paths to the bytes of `.py` files. `notes` says what was
    ignored or odd, one sentence each. `fault` is set when the submission as such cannot be used. `origins` has the
    paths of those files that were taken from a notebook. `pseudonym` is the name asked for on the leaderboard, on one
    line and otherwise as handed in; None where none was. `facts` has what intake read of each file; what is not
    there is read when it is asked for. `entry` is the name of the file or folder that it came in.
    """

    name: str
    slug: str
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()
    fault: Fault | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)
    pseudonym: str | None = None
    facts: Mapping[str, SourceFacts] = field(default_factory=dict)
    entry: str = ""

    def tasks(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the known tasks, in their order, for which a top-level `NAME.py` was handed in."""
        return tuple(task for task in known if f"{task}.py" in self.files)

    def for_task(self, task: str, known: Iterable[str]) -> dict[str, bytes]:
        """Return the files that count for `task`: all but self-checks and the entry files of other tasks, by path."""
        others = {SELF_CHECK, *(f"{name}.py" for name in known)} - {f"{task}.py"}
        return {path: self.files[path] for path in sorted(self.files) if path not in others}

    def source_hash(self, task: str, known: Iterable[str]) -> str:
        """Return the SHA-256 (hex) over path, length and bytes of each file of `for_task`."""
        digest = hashlib.sha256()
        for path, source in self.for_task(task, known).items():
            digest.update(f"{len(path.encode())}|{path}|{len(source)}|".encode())
            digest.update(source)
        return digest.hexdigest()

    def syntax_fault(self, task: str, known: Iterable[str]) -> Fault | None:
        """Return a fault naming file and line if the task's entry file, or a file it imports, is not Python.

        Nothing is run. None also where the entry file is missing, which `tasks` tells.
        """
        facts = self.facts_for(task, known)
        entry = f"{task}.py"
        message = self.origins[entry].problem if entry in self.origins else ""
        message = message or (first_problem(facts, entry) if entry in facts else "")
        return Fault(owner="student", kind="import", step="intake", message=message) if message else None

    def size(self, task: str, known: Iterable[str]) -> Size:
        """Return how large the files of `for_task` are, as they are and compressed, and how much of them is data."""
        facts = self.facts_for(task, known)
        sources = [self.files[path] for path in facts]
        return Size(sum(map(len, sources)), sum(one.data_bytes for one in facts.values()), packed_bytes(sources))

    def remarks(self, task: str, known: Iterable[str]) -> list[str]:
        """Return what a person should look at in the files of `for_task`, one sentence each; it costs no marks."""
        names = tuple(known)
        reaches = ((path, one.reaches) for path, one in self.facts_for(task, names).items() if one.reaches)
        told = [f"{clean(p)} reaches for {', '.join(what)}, which no builder needs: look at it." for p, what in reaches]
        return [*filter(None, [self.size(task, names).note(task)]), *told]

    def facts_for(self, task: str, known: Iterable[str]) -> dict[str, SourceFacts]:
        """Return what was read of the files that count for `task`, by path."""
        files = self.for_task(task, known)
        return {path: self.facts.get(path) or facts_of(path, source, self.files) for path, source in files.items()}

    def as_task(self, task: str, known: Iterable[str]) -> "Submission":
        """Return the submission with its one top-level file read as `task.py`, whatever it is called.

        Modules beside a notebook do not count. Unchanged if there are several files, or if the one is named after a
        known task.
        """
        top = [path for path in self.files if "/" not in path]
        own = [path for path in top if path in self.origins] or top
        if len(own) != 1 or {*top} & {f"{name}.py" for name in (*known, task)}:
            return self
        old, new = own[0], f"{task}.py"
        shown = self.origins[old].name if old in self.origins else old
        return replace(
            self,
            files={new if path == old else path: source for path, source in self.files.items()},
            origins={new if path == old else path: origin for path, origin in self.origins.items()},
            facts={new if path == old else path: facts for path, facts in self.facts.items()},
            notes=(*self.notes, f"Read {clean(shown)} as {new}."),
        )
