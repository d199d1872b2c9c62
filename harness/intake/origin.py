"""Where a file of a submission comes from, if it was not handed in as it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The notebook that a file was taken from, and in one sentence why it could not be, if so."""

    name: str
    problem: str = ""
