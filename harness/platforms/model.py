"""What a learning platform's download says: who handed in what, when, and what in it was not understood."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Identity:
    """What a platform says of one person: text as it stands there, numbers too (`0042` is not 42); None = not said.

    `name` is as the platform writes it, untrusted. `user_id` is the platform's own number of the person, `login` the
    name they sign in with, `sis_id` the institution's number (Canvas's SIS id, Moodle's ID number, Gradescope's SID,
    Brightspace's OrgDefinedId), and `participant` the number that Moodle gives a person in one assignment, digits only.
    """

    name: str | None = None
    user_id: str | None = None
    login: str | None = None
    sis_id: str | None = None
    email: str | None = None
    participant: str | None = None


@dataclass(frozen=True)
class HandedFile:
    """A file of a delivery: its relative POSIX path as the student's work has it, and where it lies in the download.

    `at` is the path inside the download, or on the way to it: the last part of several lies in the zip that the part
    before it names.
    """

    path: str
    at: tuple[str, ...]


@dataclass(frozen=True)
class Delivery:
    """What one person, or one group, handed in: the attempt that counts.

    `key` is what the platform knows them by, the same in every download of one assignment and unique in it. `owners`
    are the people: none where the platform does not say who (a group of which only the name is known, a submitter that
    is missing), more than one for a group. `handed_in` has a zone; a time that the platform wrote without one is in
    `local_time`, and the class's zone decides what moment it was. `late` is what the platform says, None where it says
    nothing, and `attempt` the number of the attempt, where it is told. `returns_as` is the name that the platform wants
    feedback under: the start of a file's name (Canvas), or the name of the student's folder (Moodle). `notes` are
    sentences for the card.
    """

    key: str
    owners: tuple[Identity, ...]
    group: str | None
    files: tuple[HandedFile, ...]
    handed_in: datetime | None = None
    local_time: datetime | None = None
    late: bool | None = None
    attempt: int | None = None
    returns_as: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.handed_in is not None and self.handed_in.tzinfo is None:
            raise ValueError("Expected a handing-in time with a zone, received one without; it is a local_time.")
        if self.local_time is not None and self.local_time.tzinfo is not None:
            raise ValueError("Expected a local time without a zone, received one with; it is when it was handed in.")

    @property
    def name(self) -> str:
        """The name to show: the group's, or the only owner's, or else the platform's key."""
        names = [o.name for o in self.owners if o.name]
        return self.group or " and ".join(names) or self.key


@dataclass(frozen=True)
class NotUnderstood:
    """Something in a download that is nobody's work as far as can be told: its name there, and why in a sentence.

    `foreign` says that its name is none that the platform gives: somebody put it there.
    """

    name: str
    why: str
    foreign: bool = False


@dataclass(frozen=True)
class Export:
    """A platform's download, read. `missing` are people whom the download itself names as having handed in nothing.

    `platform` is the name of a module of this room. `assignment` is what the platform calls the assignment, where that
    is told.
    """

    platform: str
    deliveries: tuple[Delivery, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    missing: tuple[Identity, ...] = ()
    assignment: str | None = None
