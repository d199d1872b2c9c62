"""A class in shards: each measures its part, and merged they are marked as if the class had never been apart."""

import json
import os
import random
import shutil
import signal
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import toy
from endurance.killed import pretend
from workflow.classes import FakeSandbox, graded, options, source
from workflow.test_workflow_winners import RUBRIC, TASK, THREE

from harness.data.key import Key
from harness.errors import ResultsError, SandboxError, UsageError
from harness.grading.results import ClassResult
from harness.records.hand_marks import HandMarks
from harness.records.models import Provenance, Status
from harness.records.store import Records
from harness.shipped import Rooms
from harness.workflow.class_key import kept_key
from harness.workflow.dividing import divided
from harness.workflow.grade import Regrading, regrade
from harness.workflow.grade_shard import ShardDone, grade_shard
from harness.workflow.merge import merge
from harness.workflow.plan import ClassPlan
from harness.workflow.shard import Shard, note_in, parse_shard

OF = 4
RUBRICS = "kept"  # those that `options` writes each time are not whole at every moment
STUDENTS = {
    "ann": toy.GOOD,
    "bob": toy.GOOD + "\n# Bob's\n",
    "cy": toy.UNTRAINABLE,
    "dee": toy.SYNTAX_ERROR,
    "eve": toy.GOOD,  # the same work as Ann's
    "fay": toy.GOOD + "\n# Fay's\n",
    "gus": toy.GOOD + "\n# Gus's\n",
    "hal": toy.GOOD + "\n# Hal's\n",
}


def shard(
    folder: Path, number: int, of: int = OF, told: Callable[[str], None] = lambda said: None, **changes: Any
) -> ShardDone:
    chosen = options(folder, out=folder / f"S{number}", **{"key": None, "rubrics": folder / RUBRICS, **changes})
    return grade_shard(folder / "class", Shard(number, of), chosen, lambda board, plan: None, told)


def how(folder: Path, **changes: Any) -> Regrading:
    return Regrading(folder / RUBRICS, **{"tasks": toy.REGISTRY, **changes})


def merged(folder: Path, of: int = OF, **changes: Any) -> ClassResult:
    return merge([folder / f"S{n}" for n in range(1, of + 1)], folder / "merged", how(folder, **changes))


def whole(folder: Path, **changes: Any) -> ClassResult:
    """Return the class graded in one piece, under the key that its shards had."""
    chosen = {"rubrics": folder / RUBRICS, "key": kept_key(folder / "S1"), **changes}
    return graded(folder / "class", options(folder, **chosen))


def told_of(result: ClassResult) -> Any:
    """Return everything of a result that two runs of the same must not differ in: all but clocks and drawn names."""
    return json.loads(
        result.model_dump_json(exclude={"created", "seconds"}),
        object_hook=lambda found: {k: v for k, v in found.items() if k not in ("pseudonym", "speed")},
    )


@pytest.fixture
def school(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    toy.write_class(tmp_path / "class", STUDENTS)
    toy.write_rubrics(tmp_path / RUBRICS)
    return tmp_path


def test_four_shards_at_once_come_to_the_marks_of_one_run(school: Path, sandbox: FakeSandbox) -> None:
    with ThreadPoolExecutor(OF) as pool:
        done = [*pool.map(lambda n: shard(school, n), range(1, OF + 1))]
    assert sum(d.submissions for d in done) == 6, "the same work is measured once, what does not parse not at all"
    trained = sandbox.trained()
    assert len(trained) == len(set(trained)), "nothing is trained in two shards"
    together = merged(school)
    assert told_of(together) == told_of(whole(school))
    assert {len(t.extra) for s in together.students for t in s.tasks} > {0}, "seeds that doubt asked for are among them"
    assert told_of(regrade(school / "merged", how(school))) == told_of(together)


def test_the_first_shard_makes_the_key_for_those_beside_it(school: Path) -> None:
    said: list[str] = []
    shard(school, 1, told=said.append)
    shard(school, 2, told=said.append)
    assert kept_key(school / "S1") == kept_key(school / "S2")
    assert ["--key" in sentence for sentence in said if "key" in sentence] == [True], "those elsewhere are told once"
    toy.write_class(school / "class", {"ida": toy.GOOD})
    shard(school, 3)
    assert kept_key(school / "S3") != kept_key(school / "S1"), "another class has a key of its own"


def test_a_key_that_is_given_is_that_of_the_class(school: Path) -> None:
    for number in (1, 2):
        shard(school, number, of=2, key=toy.KEY)
    merged(school, of=2)
    assert kept_key(school / "merged") == toy.KEY


def test_shards_are_the_same_wherever_they_are_made(school: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(school / "class", elsewhere / "class")
    for folder in (school, elsewhere):
        shard(folder, 2, key=toy.KEY, rubrics=school / RUBRICS)
    here, there = note_in(school / "S2"), note_in(elsewhere / "S2")
    assert here and there
    assert (here.part, here.class_sha256) == (there.part, there.class_sha256)


def test_a_shard_again_trains_nothing_and_changes_nothing(school: Path, sandbox: FakeSandbox) -> None:
    for number in range(1, OF + 1):
        shard(school, number)
    n, first = len(sandbox.jobs), merged(school)
    shutil.copytree(school / "S3", school / "S3-again")
    shard(school, 3)
    assert len(sandbox.jobs) == n
    said: list[str] = []
    again = merge([*sorted(school.glob("S*"))], school / "merged", how(school), said.append)
    assert told_of(again) == told_of(first)
    assert any("is the shard 3/4 again" in sentence for sentence in said)


def test_missing_and_unfinished_shards_are_named(school: Path, sandbox: FakeSandbox) -> None:
    shard(school, 1)
    sandbox.fails = lambda job: KeyboardInterrupt()
    for number in (2, 3):
        with suppress(KeyboardInterrupt):
            shard(school, number)
    with pytest.raises(
        UsageError, match=r"but 4/4 is missing and 2/4 \(.*S2\), 3/4 \(.*S3\) are not finished; .*--shard 2/4"
    ):
        merge([school / f"S{n}" for n in (1, 2, 3)], school / "merged", how(school))
    assert not (school / "merged" / "results.json").exists()
    sandbox.fails = lambda job: None
    for number in (2, 3, 4):
        shard(school, number)
    assert told_of(merged(school)) == told_of(whole(school))


def test_a_fault_of_the_harness_is_told_as_in_one_run(school: Path, sandbox: FakeSandbox) -> None:
    sandbox.fails = lambda job: SandboxError("No more pipes.") if "Gus" in source(job) else None
    done = [shard(school, number) for number in range(1, OF + 1)]
    assert [name for d in done for name in d.open] == ["gus"]
    together = merged(school)
    assert told_of(together) == told_of(whole(school))
    assert {s.name for s in together.students if s.status is Status.HARNESS_ERROR} == {"gus"}


def test_a_reference_beside_the_class_is_a_part_of_it_as_well(school: Path) -> None:
    (school / "rooms" / "reference_models").mkdir(parents=True)
    (school / "rooms" / "reference_models" / "toy.py").write_text(toy.GOOD + "\n# reference\n")
    rooms = Rooms(school / "rooms", frozenset({"toy"}))
    for number in range(1, OF + 1):
        shard(school, number, rooms=rooms, with_reference=True)
    together = merged(school, rooms=rooms)
    assert together.reference
    assert told_of(together) == told_of(whole(school, rooms=rooms, with_reference=True))


def test_winners_are_crowned_within_a_shard(school: Path, sandbox: FakeSandbox) -> None:
    sandbox.chosen = lambda job: json.dumps({"search": THREE}).encode()
    rubrics, registry = toy.write_rubrics(school / "winners", RUBRIC), {"toy": TASK}
    for number in range(1, OF + 1):
        shard(school, number, rubrics=rubrics, registry=registry)
    folders = [school / f"S{n}" for n in range(1, OF + 1)]
    together = merge(folders, school / "merged", Regrading(rubrics, tasks=registry))
    assert told_of(together) == told_of(whole(school, rubrics=rubrics, registry=registry))
    settings = [m.settings for s in together.students for t in s.tasks for m in t.measurements if m.variant == "winner"]
    assert len(settings) >= len(STUDENTS) - 1
    assert all(settings)


def test_what_people_decided_stays_when_shards_are_merged_again(school: Path) -> None:
    for number in range(1, OF + 1):
        shard(school, number)
    merged(school)
    desk = HandMarks(school / "merged")
    desk.add(("ann", "toy", "report"), grader="Grace", points=17, seen=desk.last())
    desk.close()
    (ann,) = [s for s in merged(school).students if s.slug == "ann"]
    assert [c.earned for t in ann.tasks for c in t.criteria if c.id == "report"] == [17]


def test_shards_that_do_not_belong_together_are_refused(school: Path) -> None:
    shard(school, 1, of=2)
    shard(school, 2, of=2, key=Key("ab" * 16))
    with pytest.raises(UsageError, match="under another key"):
        merged(school, of=2)
    shutil.rmtree(school / "S2")
    toy.write_class(school / "class", {"ida": toy.GOOD})
    shard(school, 2, of=2)
    with pytest.raises(UsageError, match=r"other submissions.*\(ida\)"):
        merged(school, of=2)
    shutil.rmtree(school / "S2")
    shard(school, 2, of=3)
    with pytest.raises(UsageError, match=r"one division, received 1/2 in .* and 2/3"):
        merged(school, of=2)


def test_shards_of_two_kinds_of_machine_are_refused_with_what_differs(school: Path) -> None:
    for number in (1, 2):
        shard(school, number, of=2)
    records = Records(school / "S2")
    plan = ClassPlan.model_validate_json(records.document("plan") or "")
    made: dict[str, Provenance] = {t: p.model_copy(update={"machine": "Abacus"}) for t, p in plan.provenance.items()}
    records.put_document("plan", plan.model_copy(update={"provenance": made}).model_dump_json())
    records.close()
    with pytest.raises(UsageError, match=r"S2 was measured with another machine \(Abacus, not .*\) than .*S1"):
        merged(school, of=2)


def test_a_folder_of_something_else_is_left_alone(school: Path) -> None:
    whole_class = options(school, out=school / "S1")
    graded(school / "class", whole_class)
    with pytest.raises(ResultsError, match="holds a whole class"):
        shard(school, 1)
    shard(school, 2)
    with pytest.raises(ResultsError, match=r"Expected the shard 3/4 in .*S2, which holds 2/4"):
        grade_shard(school / "class", Shard(3, OF), options(school, out=school / "S2"), lambda board, plan: None)
    with pytest.raises(ResultsError, match="which holds none"):
        merge([school / "S1"], school / "merged", how(school))


def test_damage_in_a_shard_is_told_before_anything_is_marked(school: Path) -> None:
    for number in range(1, OF + 1):
        shard(school, number)
    for path in (school / "S2" / "records" / "evidence").iterdir():
        path.write_bytes(b"no arrays")
    with pytest.raises(ResultsError, match=r"Expected all that was measured in .*S2.*--shard 2/4"):
        merged(school)
    assert not (school / "merged" / "results.json").exists()
    shard(school, 2)
    assert told_of(merged(school)) == told_of(whole(school))


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "a/b", "1/0", "1/4/2", "-1/4", "1/99999999", "٣/٤"])
def test_a_shard_is_a_part_and_how_many_there_are(text: str) -> None:
    with pytest.raises(UsageError, match="such as 3/20"):
        parse_shard(text)


def test_parts_cost_about_the_same_whatever_the_order() -> None:
    rng = random.Random(5)
    costs = {f"task/{n}": rng.choice((3.0, 20.0, 300.0)) * rng.uniform(0.9, 1.1) for n in range(400)}
    parts = divided(costs, 20)
    loads = [sum(costs[name] for name in part) for part in parts]
    assert sorted(name for part in parts for name in part) == sorted(costs)
    assert max(loads) <= 1.1 * sum(costs.values()) / 20
    assert divided(dict(reversed(costs.items())), 20) == parts


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_four_processes_at_once_and_one_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    toy.write_class(tmp_path / "class", STUDENTS)
    toy.write_rubrics(tmp_path / RUBRICS)
    begun = [forked(lambda n=n: shard(tmp_path, n)) for n in range(1, OF + 1)]
    wait_for(lambda: recorded(tmp_path / "S2") > 0)
    os.kill(begun[1], signal.SIGKILL)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in begun]
    assert [ends[n] for n in (0, 2, 3)] == [0, 0, 0]
    assert len({kept_key(tmp_path / f"S{n}") for n in range(1, OF + 1)}) == 1
    if ends[1]:
        with pytest.raises(UsageError, match=r"2/4 \(.*S2\) is not finished"):
            merged(tmp_path)
    shard(tmp_path, 2)
    assert told_of(merged(tmp_path)) == told_of(whole(tmp_path))


def forked(work: Callable[[], object]) -> int:
    """Do something in a forked process; return its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()  # a test that fails shows it
        finally:
            os._exit(code)
    return pid


def wait_for(ready: Callable[[], bool]) -> None:
    while not ready():
        time.sleep(0.01)


def recorded(folder: Path) -> int:
    """Return how many logs and arrays lie in a folder that is being written."""
    return len([*(folder / "records" / "evidence").glob("*.npz")])
