"""What a card says where something stopped: whose fault it was as far as that is known, and what comes of it."""

from collections.abc import Mapping

from harness.records.models import Fault
from harness.report.words.phrase import Phrase, listed
from harness.report.words.text import sentence

LIMITS: Mapping[str, Phrase] = {
    "wall": Phrase("time limit"),
    "cpu": Phrase("CPU time limit"),
    "memory": Phrase("memory limit"),
    "disk": Phrase("disk limit"),
    "threads": Phrase("limit of threads"),
}


def fault_text(fault: Fault) -> Phrase:
    """Return whose fault it was as far as that is known, where it happened, what was said and what comes of it."""
    where = listed([fault.step or fault.kind, *([LIMITS[fault.limit]] if fault.limit else [])])
    said = {"where": where, "message": sentence(fault.message)}
    if fault.owner == "student":
        return Phrase("Your submission stopped here (%(where)s): %(message)s", **said)
    if fault.kind == "lost":
        return Phrase(
            "Grading stopped here (%(where)s): %(message)s Whether your code or the machines were the reason is not"
            " known; it costs no marks, whoever grades looks at it, and the next run tries it again.",
            **said,
        )
    if fault.kind == "intake":
        return Phrase(
            "What you handed in could not be read (%(where)s): %(message)s This costs no marks, and it is graded once"
            " it can be read.",
            **said,
        )
    return Phrase(
        "The grader had a fault (%(where)s): %(message)s This is not your mistake; it costs no marks, and the next run"
        " tries it again.",
        **said,
    )
