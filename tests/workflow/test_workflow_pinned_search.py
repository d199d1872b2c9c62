"""Candidates and winners of a mixed class: what a submission chose is measured where the rest of it is."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import toy
import toy_search
from workflow.classes import FakeSandbox, graded, marks
from workflow.test_workflow_winners import chosen, searched

from harness.records.models import GIVEN
from harness.records.store import Records
from harness.task import Task
from harness.workflow.fingerprints import Contexts, as_measured_on, name_of
from harness.workflow.grade import grade
from harness.workflow.options import Options, check
from harness.workflow.pinning import Mixed
from harness.workflow.place import Place, Tell
from harness.workflow.result_folder import stored_plan
from harness.workflow.workshop import workshop

__all__ = ["searched"]  # a fixture


@dataclass
class TwoKinds:
    """This machine, once under its own name and once under another."""

    contexts: dict[str, Contexts] = field(default_factory=dict)

    @contextmanager
    def place(self, tasks: Mapping[str, Task], options: Options, records: Records, tell: Tell) -> Iterator[Place]:
        with workshop(check(options, tasks), tasks, options, records, tell) as here:
            own = here.contexts["toy"].provenance
            for one in (own, own.model_copy(update={"machine": "another"})):
                self.contexts[name_of({"toy": one})] = as_measured_on(here.contexts, {"toy": one})
            yield replace(here, mixed=Mixed(self.contexts, lambda name: 1))


def test_candidates_and_winners_have_the_keys_of_the_machines_of_their_submission(
    tmp_path: Path, searched: FakeSandbox
) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy_search.GOOD, "bob": f"{toy_search.GOOD}# Bob's\n"})
    kinds, options = TwoKinds(), chosen(tmp_path, seeds=[])
    result = grade(submissions, options, lambda board, plan: None, cluster=kinds)
    assert result.complete
    with closing(Records(options.out, create=False)) as records:
        plan = stored_plan(records, options.out)
    assert len({e.fingerprint for s in plan.students for e in s.tasks}) == 2
    for planned, student in zip(plan.students, result.students, strict=True):
        (entry,), (task,) = planned.tasks, student.tasks
        context = kinds.contexts[entry.fingerprint]["toy"]
        assert {"candidate_1", "winner"} <= {m.variant for m in task.measurements}
        for m in task.measurements:
            made = context.choosing({m.variant: m.settings}) if m.settings else context
            assert m.key == made.key(m.source, m.variant, 0 if m.source == GIVEN else m.seed)
    searched.jobs.clear()
    again = grade(submissions, options, lambda board, plan: None, cluster=TwoKinds())
    assert searched.jobs == []
    assert marks(again) == marks(result) == marks(graded(submissions, chosen(tmp_path, seeds=[], out=tmp_path / "one")))
