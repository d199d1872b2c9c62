"""When files were last changed, for those who ask for it: a copy or an unpacked archive may say anything."""

import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from harness.intake.names import is_skipped
from harness.intake.submission import Submission
from harness.workflow.handed_in import entries_at

MOST = 10_000  # files of one submission that are looked at


def file_times(submissions: Path, handed_in: Sequence[Submission]) -> dict[str, str]:
    """Return when the newest file of each submission in a folder was changed, in ISO 8601, by its entry."""
    places = entries_at(submissions.expanduser().resolve())
    found = {s.entry: _newest(places[s.entry]) for s in handed_in if s.entry in places}
    return {entry: moment.isoformat(timespec="seconds") for entry, moment in found.items() if moment}


def _newest(place: Path) -> datetime | None:
    times = [changed for path in _files(place) if (changed := _changed(path)) is not None]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _files(place: Path) -> Iterator[Path]:
    if place.is_symlink() or not place.is_dir():
        yield place
        return
    for i, path in enumerate(place.rglob("*")):
        if i >= MOST:
            return
        if not is_skipped(path.relative_to(place).as_posix()):
            yield path


def _changed(path: Path) -> float | None:
    """Return the time of a file; None for a folder or a link, whose times say nothing."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_mtime if stat.S_ISREG(found.st_mode) else None
