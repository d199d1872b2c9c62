"""Nobody loses a mark to somebody else: not to a newcomer, a part of the class, a rename, or a step that was killed."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from workflow.classes import (
    FakeSandbox,
    criterion,
    fault_of,
    graded,
    marks,
    options,
    source,
    student,
    task_of,
    with_tasks,
)

from harness.errors import ResultsError, UsageError
from harness.grading.results import ClassResult
from harness.grading.scale import GradingScale
from harness.records.hand_marks import HandMarks
from harness.records.models import Fault, Status
from harness.records.roster import people_of
from harness.report.files import read_results
from harness.sandbox.job import Job, Outcome
from harness.workflow.grade import Regrading, grade, regrade
from harness.workflow.graded_class import opened
from harness.workflow.options import Options
from harness.workflow.publish import publish

MAX = "Max Mustermann of the second tutorial_work"
MAX_TEXT = "Max Mustermann of the second tutorial_words"
OTHER = replace(toy.TASK, name="other", title="Another toy")


def told(submissions: Path, chosen: Options) -> tuple[ClassResult, str]:
    """Grade, and return the result with all that was told about the folder."""
    said: list[str] = []
    result = grade(submissions, chosen, lambda board, plan: None, said.append)
    return result, "\n".join(said)


def enter(out: Path, result: ClassResult, name: str, points: float = 17, wanted: str = "report") -> None:
    marks_ = HandMarks(out)
    task = task_of(result, name)
    place = (student(result, name).slug, task.task, wanted)
    marks_.add(place, grader="Grace", points=points, source=task.source, reason="r", seen=0)
    marks_.close()


def by_hand(result: ClassResult, name: str) -> float | None:
    return criterion(result, name, "report").earned


@pytest.mark.parametrize(
    ("first", "newcomer"),
    [(MAX, MAX_TEXT), ("amy", "Amy"), ("jose", "José"), ("José", "Jose\u0301 ")],
    ids=["the first 40 characters", "upper case", "an accent", "another spelling of an accent"],
)
def test_a_newcomer_takes_nobody_s_slug_and_marks(
    tmp_path: Path, sandbox: FakeSandbox, first: str, newcomer: str
) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {first: toy.GOOD, "ben": toy.GOOD})
    before = graded(class_, chosen)
    enter(chosen.out, before, first)
    slug = student(before, first).slug
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        cards = publish(there, grader="Grace", force=True).files
    toy.write_class(class_, {newcomer: toy.UNTRAINABLE})
    after, _ = told(class_, chosen)
    mine = [s for s in after.students if s.slug == slug]
    assert [(s.name, c.earned) for s in mine for c in s.tasks[0].criteria if c.id == "report"] == [(first, 17)]
    assert len({s.slug for s in after.students}) == 3
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        again = publish(there, grader="Grace", force=True)
    assert again.files[slug] == cards[slug] and again.removed == 0, "a card keeps its address"


def test_slugs_survive_records_that_are_gone_and_orders_of_arrival(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"amy": toy.GOOD})
    graded(class_, chosen)
    toy.write_class(class_, {"Amy": toy.GOOD})
    slugs = {s.name: s.slug for s in graded(class_, chosen).students}
    for path in (chosen.out / "records").glob("records.sqlite*"):
        path.unlink()
    (chosen.out / "results.json").unlink()
    assert {s.name: s.slug for s in graded(class_, chosen).students} == slugs
    assert {p.entry: p.slug for p in people_of(chosen.out)} == slugs


def test_a_class_graded_by_an_older_harness_keeps_its_slugs(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"amy": toy.GOOD})
    graded(class_, chosen)
    (chosen.out / "marking.sqlite").unlink()
    toy.write_class(class_, {"Amy": toy.GOOD})
    assert student(graded(class_, chosen), "amy").slug == "amy"


def test_a_late_hand_in_graded_alone_joins_the_class(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE, "amy": toy.GOOD})
    before = graded(class_, chosen)
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        cards = publish(there, grader="Grace", force=True)
    (class_ / "amy" / "toy.py").write_text(toy.UNTRAINABLE)
    trained = len(sandbox.trained())
    after, said = told(class_ / "amy", chosen)
    assert len(sandbox.trained()) == trained, "bob handed in the same"
    assert (after.title, [s.name for s in after.students]) == (before.title, ["amy", "ann", "bob"])
    assert marks(after)["ann"] == marks(before)["ann"] and task_of(after, "amy").earned == task_of(after, "bob").earned
    assert "2 students were graded here before and are not among these: ann, bob; kept as graded" in said
    assert {p.stem for p in (chosen.out / "cards").iterdir()} == {"amy", "ann", "bob"}
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        assert publish(there, grader="Grace", force=True).files == cards.files
    assert marks(regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))) == marks(after)


def test_whoever_is_taken_out_is_named_and_counted(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    enter(chosen.out, graded(class_, chosen), "bob")
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        publish(there, grader="Grace", force=True)
    after, said = told(class_ / "ann", replace(chosen, replace=True))
    assert [s.name for s in after.students] == ["ann"]
    assert "Taken out of the class, as asked for: bob (1 of 2)." in said
    assert "1 mark by hand is about people who are not in this class: bob (1)" in said
    with opened(chosen.out, tasks=toy.REGISTRY) as there:
        assert publish(there, grader="Grace", force=True).removed == 1


def test_a_part_under_another_profile_is_refused_and_changes_nothing(tmp_path: Path, sandbox: FakeSandbox) -> None:
    both = replace(toy.TASK, profiles={"quick": toy.QUICK, "full": replace(toy.QUICK, name="full")})
    chosen = options(tmp_path, registry=with_tasks(both))
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    before = graded(class_, chosen)
    with pytest.raises(UsageError, match=r"\(bob\) was graded under the profile 'quick', not 'full'; .*--replace"):
        graded(class_ / "ann", replace(chosen, profile="full"))
    assert read_results(chosen.out / "results.json") == before
    assert graded(class_, replace(chosen, profile="full")).profile == "full", "all of it is another matter"


def test_a_task_graded_alone_joins_the_others(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path, registry=with_tasks(toy.TASK, OTHER))
    (tmp_path / "rubrics" / "other.yaml").write_text(toy.RUBRIC.replace("toy@", "other@"))
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (class_ / "ann" / "other.py").write_text(toy.GOOD)
    graded(class_, replace(chosen, tasks=["toy"]))
    after, said = told(class_, replace(chosen, tasks=["other"]))
    assert [t.task for t in student(after, "ann").tasks] == ["toy", "other"]
    assert "Kept as graded before, as not asked for now: toy." in said


def test_an_incomplete_class_goes_on_with_what_was_kept_of_it(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.WIDE_FAILS})
    whole = graded(class_, options(tmp_path, out=tmp_path / "whole"))
    sandbox.fails = lambda job: KeyboardInterrupt() if source(job) == toy.WIDE_FAILS else None
    with pytest.raises(KeyboardInterrupt):
        graded(class_, chosen)
    sandbox.fails = lambda job: None
    after = graded(class_ / "ann", chosen)
    assert after.complete and marks(after) == marks(whole)


def test_the_same_work_under_another_name_is_the_same_person_where_the_class_is_whole(
    tmp_path: Path, sandbox: FakeSandbox
) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"amy": toy.GOOD, "ben": toy.UNTRAINABLE})
    enter(chosen.out, graded(class_, chosen), "amy")
    (class_ / "amy").rename(class_ / "amelia")
    joined, said = told(class_, chosen)
    assert {s.name for s in joined.students} == {"amy", "amelia", "ben"} and by_hand(joined, "amy") == 17
    assert by_hand(joined, "amelia") is None, "nobody gets another's mark by handing in the same"
    folder = tmp_path / "fresh"
    chosen = options(tmp_path, out=folder)
    (class_ / "amelia").rename(class_ / "amy")
    enter(folder, graded(class_, chosen), "amy")
    (class_ / "amy").rename(class_ / "amelia")
    renamed, said = told(class_, replace(chosen, replace=True))
    assert (student(renamed, "amelia").slug, by_hand(renamed, "amelia")) == ("amy", 17)
    assert "amelia handed in the very work of amy" in said


def test_marks_about_criteria_that_are_gone_are_counted_aloud(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD}), chosen)
    for name in ("ann", "bob"):
        enter(chosen.out, result, name)
    rubrics = toy.write_rubrics(tmp_path / "renamed", toy.RUBRIC.replace("id: report", "id: essay"))
    expected = "2 marks by hand are about criteria that these rubrics do not have: report (2)"
    said: list[str] = []
    regrade(chosen.out, Regrading(rubrics, tasks=toy.REGISTRY), said.append)
    assert expected in said[0]
    assert expected in told(tmp_path / "class", replace(chosen, rubrics=rubrics))[1]
    said.clear()
    assert by_hand(regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY), said.append), "ann") == 17
    assert not said


CRASH = Fault(owner="student", kind="crash", step="train", message="The process ended by signal 9 during train.")


def killed(sandbox: FakeSandbox, times: int) -> list[Job]:
    """Let the first training end by a signal from outside so many times, and return the jobs that did."""
    ended: list[Job] = []

    class Killing(FakeSandbox):
        def __call__(self, job: Job, launcher: object, stop: object) -> Outcome:
            if job.step.name == "train" and len(ended) < times:
                ended.append(job)
                return Outcome(fault=CRASH, killed=True)
            return sandbox(job, launcher, stop)  # type: ignore[arg-type]

    killing = Killing(sandbox.truth)
    killing.ended = ended  # type: ignore[attr-defined]
    return killing  # type: ignore[return-value]


@pytest.mark.parametrize(("times", "earned"), [(1, 80), (2, 0)], ids=["once", "alone again"])
def test_a_step_killed_from_outside_is_tried_again_before_anybody_is_blamed(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch, times: int, earned: float
) -> None:
    monkeypatch.setattr("harness.workflow.execute.run_job", killed(sandbox, times))
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    if times == 1:
        assert task_of(result, "ann").earned == earned
    else:
        assert fault_of(result, "ann").kind == "crash", "twice, alone the second time"


def test_one_student_is_measured_anew(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.WIDE_FAILS})
    sandbox.fails = lambda job: CRASH if source(job) == toy.WIDE_FAILS and job.step.name == "train" else None
    bad = graded(class_, chosen)
    assert fault_of(bad, "bob").kind == "crash"
    sandbox.fails = lambda job: None
    assert marks(graded(class_, chosen)) == marks(bad), "what is recorded is not measured again of itself"
    trained = len(sandbox.trained())
    good = graded(class_, replace(chosen, again=["bob"]))
    assert task_of(good, "bob").earned == task_of(good, "ann").earned == 80
    assert {s for s, _, _ in sandbox.trained()[trained:]} == {toy.WIDE_FAILS}
    with pytest.raises(UsageError, match=r"There is no student 'bop'\. Did you mean 'bob'"):
        graded(class_, replace(chosen, again=["bop"]))


def lines(out: Path) -> Mapping[str, Mapping[str, str]]:
    rows = csv.DictReader((out / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    return {row["student"]: row for row in rows}


def test_the_table_says_what_is_open_and_gives_no_percentage_until_all_is_decided(
    tmp_path: Path, sandbox: FakeSandbox
) -> None:
    chosen = options(tmp_path)
    result = graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), chosen)
    ann = lines(chosen.out)["ann"]
    assert [ann[c] for c in ("total earned", "total possible", "total open", "percent")] == ["80", "80", "20", ""]
    regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY, percent_so_far=True))
    assert lines(chosen.out)["ann"]["percent"] == "100"
    enter(chosen.out, result, "ann", 10)
    regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    ann = lines(chosen.out)["ann"]
    assert [ann[c] for c in ("total earned", "total possible", "total open", "percent")] == ["90", "100", "0", "90"]


def test_who_could_not_be_read_has_a_line_to_import(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (class_ / "empty").mkdir()
    (class_ / "torn.zip").write_bytes(b"PK\x03\x04 and no more")
    toy.write_class(class_, {"misnamed": ""})
    (class_ / "misnamed" / "toy.py").rename(class_ / "misnamed" / "homework.py")
    chosen = options(tmp_path)
    graded(class_, chosen)
    found = lines(chosen.out)
    for name in ("empty", "torn", "misnamed"):
        assert (found[name]["status"], found[name]["total possible"]) == ("student error", "")
        assert len(found[name]["fault"]) > 20
    graded(class_, replace(chosen, tasks=["toy"], out=tmp_path / "asked"))
    found = lines(tmp_path / "asked")
    for name in ("empty", "torn"):
        totals = [found[name][c] for c in ("total earned", "total possible", "total open", "percent", "passed")]
        assert totals == ["0", "100", "0", "0", "no"], "nothing of all that the task is worth"


def test_one_rule_says_which_tasks_count(tmp_path: Path, sandbox: FakeSandbox) -> None:
    chosen = options(tmp_path, registry=with_tasks(toy.TASK, OTHER))
    (tmp_path / "rubrics" / "other.yaml").write_text(toy.RUBRIC.replace("toy@", "other@"))
    class_ = toy.write_class(tmp_path / "class", {"both": toy.GOOD, "one": toy.GOOD})
    (class_ / "both" / "other.py").write_text(toy.GOOD)
    result = graded(class_, chosen)
    board = (chosen.out / "leaderboard.html").read_text(encoding="utf-8")
    page = (chosen.out / "index.html").read_text(encoding="utf-8")
    assert "80 / 80" in board and "80 / 160" not in board and lines(chosen.out)["one"]["total possible"] == "80"
    rule = "A task counts for whoever handed something in for it"
    assert rule in board and rule in page
    asked = graded(class_, replace(chosen, tasks=["toy", "other"], out=tmp_path / "asked"))
    assert lines(tmp_path / "asked")["one"]["total possible"] == "180", "80 of toy, and nothing of 100"
    assert "80 / 160" in (tmp_path / "asked" / "leaderboard.html").read_text(encoding="utf-8")
    assert "counts with no points" in str(student(asked, "one").tasks[1].fault)
    assert [t.task for t in student(result, "one").tasks] == ["toy"]


def test_results_among_the_submissions_are_refused(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    with pytest.raises(UsageError, match="Expected another folder for the results"):
        graded(class_, options(tmp_path, out=class_ / ".." / "class"))
    assert {p.name for p in class_.iterdir()} == {"ann"}


def test_the_pass_mark_stays_as_it_was(tmp_path: Path, sandbox: FakeSandbox) -> None:
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    chosen = options(tmp_path, rescale=lambda scale: scale)
    graded(class_, chosen)
    regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY, rescale=lambda s: s.with_pass_mark(0.9)))
    assert graded(class_ / "ann", chosen).scale == GradingScale(pass_mark=0.9)


def test_a_rubric_for_one_task_leaves_the_others_as_shipped(tmp_path: Path, sandbox: FakeSandbox) -> None:
    from harness.shipped import Rooms
    from harness.workflow.standards import load_rubrics

    course = tmp_path / "course"
    for name in ("toy", "other"):
        (course / "rubrics").mkdir(parents=True, exist_ok=True)
        (course / "rubrics" / f"{name}.yaml").write_text(toy.RUBRIC.replace("toy@", f"{name}@"))
    own = toy.write_rubrics(tmp_path / "own", toy.RUBRIC.replace("points: 20", "points: 25").replace("points: 100", ""))
    found = load_rubrics(own, with_tasks(toy.TASK, OTHER), Rooms(course, frozenset(("toy", "other"))))
    assert [sum(c.points for c in found[name].criteria) for name in ("toy", "other")] == [105, 100]


def test_a_total_that_a_profile_does_not_reach_is_told(tmp_path: Path, sandbox: FakeSandbox) -> None:
    two = replace(toy.TASK, profiles={"quick": toy.QUICK, "full": replace(toy.QUICK, name="full")})
    text = toy.RUBRIC.replace("      quick: {target: 0.3}", "      full: {target: 0.3}")
    rubrics = toy.write_rubrics(tmp_path / "some", text)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    _, said = told(class_, options(tmp_path, rubrics=rubrics, registry=with_tasks(two)))
    assert "states 100 points, but under the profile quick 70 can be earned" in said


def test_a_damaged_plan_loses_nobody(tmp_path: Path, sandbox: FakeSandbox) -> None:
    import sqlite3

    chosen = options(tmp_path)
    class_ = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    before = graded(class_, chosen)
    with sqlite3.connect(chosen.out / "records" / "records.sqlite") as db:
        db.execute("UPDATE documents SET body = replace(body, 'ann', 'amn') WHERE name = 'plan'")
    with pytest.raises(ResultsError, match="received a damaged one"):
        regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    with pytest.raises(ResultsError, match="hand in the whole class again, with bob, or say --replace"):
        graded(class_ / "ann", chosen)
    assert marks(graded(class_, chosen)) == marks(before)
    assert student(before, "ann").status is not Status.HARNESS_ERROR
