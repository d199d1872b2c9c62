"""Findings on the card: once for variants that show the same, and never a way to read a hidden measure."""

from collections.abc import Callable
from typing import Any

from harness.report.card_page.card import ClassFacts, card_view
from harness.report.card_page.findings import together
from harness.report.words.marks import without_hidden

Build = Callable[..., Any]


def test_the_same_finding_is_told_once_for_all_its_variants(finding: Build) -> None:
    found = [finding(variant=v) for v in ("none", "soft")]
    (told,) = together([found[0], finding(title="Another"), found[1]])[:1]
    assert told.variant == "none, soft"
    assert told.evidence == found[0].evidence


def test_evidence_that_differs_says_whose_it_is(finding: Build) -> None:
    (told,) = together([finding(variant="none", evidence="0.1."), finding(variant="soft", evidence="0.2.")])
    assert told.evidence == "For none: 0.1."


def test_findings_that_differ_stay_apart_and_in_order(finding: Build) -> None:
    found = [finding(title="B"), finding(title="A"), finding(title="A", next_step="Another step.")]
    assert together(found) == found
    assert together([]) == []


def test_a_finding_that_quotes_what_only_a_hidden_criterion_reads_is_kept_back(
    student: Build, task: Build, criterion: Build, finding: Build
) -> None:
    hidden = criterion(id="secret", measure="conv.train_mse", hidden=True)
    open_one = criterion(measure="dense.test_mse")
    quoting, other = finding(title="Leak", quotes=["conv.train_mse"]), finding(title="B", quotes=["dense.test_mse"])
    work = task(criteria=[open_one, hidden], findings=[quoting, other])
    assert [f.title for f in without_hidden(work).findings] == ["B"]
    assert [f.title for t in card_view(student(tasks=[work]), False, {}, ClassFacts("")).tasks for f in t.findings] == [
        "B"
    ]
    published = card_view(student(tasks=[work]), True, {}, ClassFacts("")).tasks
    assert [f.title for t in published for f in t.findings] == ["Leak", "B"]


def test_a_measure_that_a_visible_criterion_reads_too_may_be_quoted(
    task: Build, criterion: Build, finding: Build
) -> None:
    both = [criterion(measure="conv.train_mse"), criterion(id="secret", measure="conv.train_mse", hidden=True)]
    work = task(criteria=both, findings=[finding(quotes=["conv.train_mse"])])
    assert len(without_hidden(work).findings) == 1
