"""Which course a class was graded by, as its result folder keeps it.

What is kept is for those who teach; nothing that students get holds any of it.
"""

from pathlib import Path

from pydantic import ValidationError

from harness.records.models import Frozen

FILE = "course.json"


class GradedBy(Frozen):
    """A course as it was: its folder as seen from the result folder, its name, and a SHA-256 of each own task."""

    folder: str
    name: str
    tasks: dict[str, str]

    def place(self, out: Path) -> Path:
        """Return where the folder of the course is, of which a class was graded into `out`."""
        return (out.resolve() / self.folder).resolve()


def graded_by(out: Path) -> GradedBy | None:
    """Return what was kept; None where nothing was, or nothing that can be read."""
    try:
        return GradedBy.model_validate_json((out / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        return None
