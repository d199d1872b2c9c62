"""What `harness grade --list` shows: a line a submission, then who is missing and what was not understood."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from harness.platforms.found import PLATFORMS
from harness.platforms.model import Identity
from harness.report.words.text import MISSING, count
from harness.terminal.lines import GAP, in_columns, print_line, shortened
from harness.workflow.listing import Handed, Listing

HEADS = ("student", "handed in", "tasks", "known as")
SHORTEST = 8
SHOWN = 40  # things not understood, told one a line; --json has all


def show_listing(console: Console, found: Listing) -> None:
    """Print a class before it is graded."""
    for line in table(found, console.width):
        console.print(line, no_wrap=True, overflow="crop", crop=True)
    console.print()
    for text in told(found):
        print_line(console, text)


def table(found: Listing, width: int) -> Iterator[Text]:
    """Yield a heading and one line a submission; names are cut in their middle where there is no room for them."""
    rows = [[one.name, when(one), ", ".join(one.tasks) or MISSING, one.known_as] for one in found.handed_in]
    widths = [max(cell_len(row[i]) for row in (HEADS, *rows)) for i in range(len(HEADS))]
    if (over := sum(widths) + GAP * (len(widths) - 1) - width) > 0:
        widths[-1] = max(SHORTEST, widths[-1] - over)
    if (over := sum(widths) + GAP * (len(widths) - 1) - width) > 0:
        widths[0] = max(SHORTEST, widths[0] - over)
    yield in_columns([Text(head, "bold") for head in HEADS], widths)
    for one, (name, *rest) in zip(found.handed_in, rows, strict=True):
        style = "red" if one.fault else "yellow" if not one.tasks else ""
        yield in_columns([Text(shortened(name, widths[0]), style), *(Text(cell) for cell in rest)], widths)


def when(one: Handed) -> str:
    """Return when something was handed in, as the platform says: a time without a zone has none here, either."""
    at = one.handed_in or one.local_time
    said = at.isoformat(sep=" ", timespec="minutes") if at else ""
    late = "late" if one.late else ""
    return ", ".join(filter(None, (said, late))) or MISSING


def told(found: Listing) -> Iterator[str]:
    for one in found.handed_in:
        if one.fault:
            yield f"{one.name}: cannot be used: {one.fault}"
        elif not one.tasks:
            files = ", ".join(one.files[:5]) or "nothing"
            yield f"{one.name}: no file is named after a task (handed in: {files})."
    source = PLATFORMS[found.platform].title if found.platform else "Folder of submissions"
    of = f", {found.assignment}" if found.assignment else ""
    yield f"{source}{of}: {count(len(found.handed_in), 'submission')}."
    if found.missing is None:
        yield "Who did not hand in is not known: no class list is here."
    elif found.missing:
        yield f"Not handed in ({len(found.missing):,}): {', '.join(called(who) for who in found.missing)}."
    else:
        yield "Everybody of the class handed in."
    yield from found.remarks
    for thing in found.not_understood[:SHOWN]:
        yield f"Not understood: {thing.name}: {thing.why}"
    if (more := len(found.not_understood) - SHOWN) > 0:
        yield f"{more:,} more were not understood; --json lists them all."


def called(who: Identity) -> str:
    return who.name or who.login or who.sis_id or who.email or who.user_id or who.participant or MISSING
