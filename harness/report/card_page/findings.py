"""Findings as the card tells them: once for all variants that show the same."""

from collections.abc import Sequence

from harness.records.models import Finding


def together(findings: Sequence[Finding]) -> list[Finding]:
    """Return one finding for each title and advice, in order; its variants are listed, the evidence is the first's."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.title, finding.next_step), []).append(finding)
    return [merged(group) for group in groups.values()]


def merged(group: Sequence[Finding]) -> Finding:
    first = group[0]
    same = all(finding.evidence == first.evidence for finding in group)
    evidence = first.evidence if same else f"For {first.variant}: {first.evidence}"
    return first.model_copy(update={"variant": ", ".join(f.variant for f in group), "evidence": evidence})
