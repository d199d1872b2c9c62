"""Which machines a class was measured on, told where they are of several kinds."""

from collections.abc import Iterator

from harness.grading.results import ClassResult, StudentResult


def is_mixed(result: ClassResult) -> bool:
    """Say whether a class was measured on machines of several kinds, be it one submission in parts."""
    there = (machine for student in result.students for machine in _named(student))
    first = next(there, "")
    return any(machine != first for machine in there)


def machines_of(student: StudentResult) -> list[str]:
    """Return each kind of machine that a submission was measured on, which is one unless it was measured in parts."""
    return list(dict.fromkeys(_named(student)))


def _named(student: StudentResult) -> Iterator[str]:
    return (m.provenance.machine for task in student.tasks for m in task.measurements if m.provenance.machine)
