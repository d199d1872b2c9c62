"""From a platform's download to submissions: each delivery is read as a student's folder would be."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from harness.errors import SubmissionError
from harness.intake.archive import BROKEN, read_inner, read_packed
from harness.intake.gather import Entry, entry_at
from harness.intake.limits import IntakeLimits
from harness.intake.names import clean
from harness.intake.reading import Asked, Work, work_of
from harness.intake.reports import MOST_BYTES, is_meant, kept_of, of_zip
from harness.intake.sources import Collector, Sources
from harness.platforms.found import ZIP, Download
from harness.platforms.model import Delivery
from harness.platforms.source import Source

ZIPS_DEEP = 2  # zips in zips of one student that are opened


def entries(download: Download) -> list[Entry]:
    """Return the submissions of a download and those beside it in order of name, to be read one by one."""
    delivered = [
        Entry(entry_name(download, d), clean(d.name) or "(no name)", partial(read_delivery, d, download.source))
        for d in download.export.deliveries
    ]
    return sorted([*delivered, *map(entry_at, download.beside)], key=lambda entry: (entry.shown.casefold(), entry.name))


def entry_name(download: Download, delivery: Delivery) -> str:
    """Return the name that a submission is known by: the same however often a download is made."""
    return f"{download.platform.name} {delivery.key}"


def read_delivery(delivery: Delivery, source: Source, asked: Asked) -> Work:
    found = work_of(partial(sources, delivery, source, asked.limits), delivery.name, asked)
    return replace(found, notes=(*delivery.notes, *found.notes))


def sources(delivery: Delivery, source: Source, limits: IntakeLimits) -> Sources:
    """Return the files of a delivery; a zip that is the only work in it is opened. Raises as `read_packed`."""
    collector = Collector(limits)
    for file in delivery.files:
        collector.offer(file.path, partial(source.read_file, file))
    found = collector.finish()
    if (path := only_zip(found)) is None:
        return found
    file = next(f for f in delivery.files if f.path == path)
    inner = unpacked(source.read_file(file, limits.max_total_bytes + 1), limits, ZIPS_DEEP)
    pseudonym = found.pseudonym if inner.pseudonym is None else inner.pseudonym
    return replace(inner, notes=(f"Read from {clean(path)}.", *inner.notes), pseudonym=pseudonym)


def unpacked(packed: bytes, limits: IntakeLimits, deep: int) -> Sources:
    """Return what is in a zip, or in the zip that is the only work in it."""
    found = read_packed(packed, limits)
    path = only_zip(found) if deep > 1 else None
    if path is None:
        return found
    inner = unpacked(read_inner(packed, path, limits), limits, deep - 1)
    return replace(inner, notes=(f"Read from {clean(path)} inside it.", *inner.notes))


def only_zip(found: Sources) -> str | None:
    zips = [path for path in found.archives if path.lower().endswith(ZIP)]
    return zips[0] if len(zips) == 1 and not found.files and not found.notebooks else None


def delivered_reports(delivery: Delivery, source: Source) -> dict[str, bytes]:
    """Return what a student wrote beside the code, as for a folder; what cannot be read is left out."""
    return kept_of(texts(delivery, source))


def texts(delivery: Delivery, source: Source) -> Iterator[tuple[str, bytes]]:
    for file in delivery.files:
        packed = file.path.lower().endswith(ZIP) and "/" not in file.path
        if not packed and not is_meant(file.path):
            continue
        try:
            data = source.read_file(file, MOST_BYTES + 1)
        except (SubmissionError, *BROKEN):
            continue
        if len(data) <= MOST_BYTES:
            yield from of_zip(data) if packed else [(file.path, data)]
