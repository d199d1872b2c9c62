"""The summary of a card as Markdown, for a comment on a pull request: words of student code cannot become markup."""

import re
from collections.abc import Iterator

from harness.autograder.examine import Examined
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.words import TaskTold, told

MARK = "<!-- coursework-harness -->"  # by this the comment is found again, and replaced
LONGEST = 60_000  # characters; GitHub takes 65,536
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@:&$/])")


def summary(examined: Examined) -> str:
    """Return the comment. Hidden criteria are only counted."""
    lines = [MARK, "## What the harness found", ""]
    if examined.refused:
        return "\n".join([*lines, plain(examined.refused), ""])
    for contract in examined.contracts:
        lines += _contract(contract)
    if examined.student:
        for task in told(examined.student):
            lines += _task(task)
        lines += ["The whole card is among the artifacts of this run. What counts is decided on other examples.", ""]
    text = "\n".join(lines)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n\n…and more, which the card has."


def _contract(contract: Contract) -> Iterator[str]:
    failed = contract.ended(Ending.FAILED)
    yield f"**{plain(contract.title)}**: {'checks before training failed' if failed else 'checks before training hold'}"
    yield ""
    yield from (f"- {plain(check.text)} {plain(check.words)}" for check in failed)
    if failed:
        yield ""


def _task(task: TaskTold) -> Iterator[str]:
    yield f"### {plain(task.title)}: {plain(task.mark)}"
    yield ""
    if task.fault:
        yield from (plain(task.fault), "")
    yield from ("| criterion | result | points | why |", "|---|---|---|---|")
    for one in task.criteria:
        cells = (one.text, f"{one.outcome.symbol} {one.outcome.word}", one.points, one.reason)
        yield f"| {' | '.join(plain(cell) for cell in cells)} |"
    yield ""
    if task.hidden:
        yield from (plain(task.hidden), "")


def plain(text: str) -> str:
    """Return text on one line in which no character means anything to Markdown or HTML, and nobody is mentioned."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[1])};", " ".join(str(text).split()))
