"""The command that trains and marks a submission again, as it was graded."""

import shlex
from collections.abc import Sequence

from harness.grading.results import TaskResult
from harness.records.models import GIVEN


def seeds_option(seeds: Sequence[int]) -> str:
    """Return what `--seeds` takes: `3` means 1, 2 and 3."""
    counted = list(range(1, len(seeds) + 1))
    return str(len(seeds)) if list(seeds) == counted else ",".join(map(str, seeds))


def check_command(task: TaskResult) -> str:
    """Return the self-check of one task in the student's own folder; empty where nothing was trained.

    Where some variants ran under more seeds than others, the self-check is to decide on seeds by the same rule.
    """
    trained = [m for m in task.measurements if m.source != GIVEN]
    if not trained:
        return ""
    by_variant: dict[str, set[int]] = {}
    for m in trained:
        by_variant.setdefault(m.variant, set()).add(m.seed)
    uneven = len({frozenset(seeds) for seeds in by_variant.values()}) > 1
    seeds = "auto" if uneven else seeds_option(sorted({m.seed for m in trained}))
    options = ["--task", task.task, "--profile", task.profile, "--seeds", seeds]
    backend = trained[0].provenance.backend
    return shlex.join(["harness", "check", *options, *(["--backend", backend] if backend != "tensorflow" else [])])
