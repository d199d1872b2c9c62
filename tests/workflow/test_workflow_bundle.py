"""An appeal bundle holds all that a mark rests on, the same bytes every time, and nothing that is hidden."""

import json
import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, graded, options, task_of, with_tasks

from harness.errors import ResultsError, SandboxError, UsageError
from harness.records.models import Fault
from harness.records.store import Records
from harness.workflow.bundle import bundle
from harness.workflow.grade import Regrading, regrade
from harness.workflow.people import find_person

SECRET = "Nobody may read this line."
PRIVATE = "Chosen after the staff meeting."
RUBRIC = toy.RUBRIC.replace(
    "  - id: report\n",
    f"""\
  - id: secret-gap
    text: {SECRET}
    measure: plain.gap
    better: lower
    points: 17
    hidden: true
    profiles:
      quick: {{target: 0.0123, floor: 0.4567, origin: {PRIVATE}}}
  - id: report
""",
).replace("points: 100\n", f"points: 117\nnotes: {PRIVATE}\n")
OTHER = toy.GOOD.replace("0.02", "0.01") + "# written by nobody but bob\n"
HELPED = "import blocks\n" + toy.GOOD
FILES = {"README.txt", "card.html", "marks.json", "measurements.json", "provenance.json", "rubrics/toy.yaml"}


@pytest.fixture
def out(tmp_path: Path, sandbox: FakeSandbox) -> Path:
    """A graded class of three with a hidden criterion, under two seeds."""
    submissions = toy.write_class(tmp_path / "class", {"Ann Example": HELPED, "bob": OTHER, "cyd": toy.SYNTAX_ERROR})
    (submissions / "Ann Example" / "blocks.py").write_text("UNITS = 1\n")
    graded(submissions, options(tmp_path, rubrics=toy.write_rubrics(tmp_path / "secret", RUBRIC), seeds=[1, 2]))
    return tmp_path / "out"


def unpacked(out: Path, student: str, tasks: Any = None, **to: Any) -> dict[str, bytes]:
    """Return the files of a student's bundle by path below its one folder."""
    made = bundle(student, out, to.get("to", out.parent / f"{student}.zip"), tasks=tasks or toy.REGISTRY)
    with zipfile.ZipFile(made.path) as archive:
        assert archive.testzip() is None
        tops = {name.split("/")[0] for name in archive.namelist()}
        assert len(tops) == 1 and not any(".." in name or name.startswith("/") for name in archive.namelist())
        files = {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}
    assert sorted(files) == made.files
    return files


def test_it_holds_what_the_mark_rests_on(out: Path) -> None:
    files = unpacked(out, "Ann Example")
    own = {f"submission/ann-example/{name}" for name in ("toy.py", "blocks.py")}
    assert files.keys() == FILES | own
    assert files["submission/ann-example/toy.py"].decode() == HELPED
    assert files["card.html"] == (out / "cards" / "ann-example.html").read_bytes(), "the card as it was handed out"
    (task,) = json.loads(files["marks.json"])["tasks"]
    assert [c["id"] for c in task["criteria"]] == ["plain", "beats-naive", "report"]
    assert task["criteria"][0]["values"] == pytest.approx([0.51, 0.52])
    assert (task["earned"], task["possible"], task["marked_by_a_person"]) == (80, 80, 20)
    measured = json.loads(files["measurements.json"])
    assert {(m["variant"], m["seed"]) for m in measured} == {(v, s) for v in ("plain", "wide", "naive") for s in (1, 2)}
    trained = next(m for m in measured if m["variant"] == "wide" and m["seed"] == 2)
    assert trained["measures"]["test_accuracy"]["value"] == pytest.approx(0.72)
    assert len(trained["curve"]["val_loss"]) == toy.QUICK.epochs
    assert trained["usage"]["train"]["cpu_s"] == 0.1
    (origin,) = json.loads(files["provenance.json"])["toy"]
    assert origin["data_sha256"] in files["README.txt"].decode()
    assert {"keras", "tensorflow", "numpy"} <= origin["libraries"].keys()


def test_nothing_hidden_is_in_it(out: Path) -> None:
    """Looks through every byte for what a student must not be given."""
    files = unpacked(out, "Ann Example")
    whole = b"\n".join([*(n.encode() for n in files), *files.values()]).decode()
    hidden = [SECRET, PRIVATE, "secret-gap", "0.0123", "0.4567", "plain.gap"]
    others = ["bob", "cyd", "nobody but bob"]
    internal = ["confusion", "y_test", ".npz", "records.sqlite", '"hidden": true', '"signs"']
    machine = [str(out), str(out.parent), str(Path.home()) + "/", os.uname().nodename + "/", "harness/workflow"]
    for word in (*hidden, *others, *internal, *machine):
        assert word not in whole, word
    plain = [m for m in json.loads(files["measurements.json"]) if m["variant"] == "plain"]
    assert plain and all("gap" not in m["measures"] for m in plain), "what only a hidden criterion reads"
    assert all("evidence" not in m for m in plain), "arrays that figures are drawn from, true labels among them"
    assert "1 more criterion worth 17 points is hidden until the instructor reveals it." in whole, "as the card says"


def test_once_revealed_hidden_criteria_are_in_it(out: Path) -> None:
    regrade(out, Regrading(toy.write_rubrics(out.parent / "secret", RUBRIC), reveal=True, tasks=toy.REGISTRY))
    files = unpacked(out, "Ann Example")
    assert SECRET in files["marks.json"].decode() and SECRET in files["rubrics/toy.yaml"].decode()
    assert PRIVATE not in b"".join(files.values()).decode(), "a rubric's notes are for those who maintain it"


def test_folders_of_this_machine_are_cut_out_of_faults(tmp_path: Path, sandbox: FakeSandbox) -> None:
    inside = tmp_path / "out" / "work" / "x" / "weights.npy"
    sandbox.fails = lambda job: SandboxError(f"Cannot read '{inside}', sorry.") if job.step.name == "predict" else None
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path))
    files = unpacked(tmp_path / "out", "ann")
    whole = b"".join(files.values()).decode()
    assert str(tmp_path) not in whole
    assert "Cannot read '…', sorry." in files["measurements.json"].decode()


def test_source_from_the_bundle_gets_the_same_marks(out: Path, sandbox: FakeSandbox, tmp_path: Path) -> None:
    """With its own rubric and nothing else of this machine: what an appeal board would do."""
    files = unpacked(out, "Ann Example")
    place = tmp_path / "board"
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    again = graded(place / "submission", options(place, rubrics=place / "rubrics", seeds=[1, 2]))
    (told,) = json.loads(files["marks.json"])["tasks"]
    task = task_of(again, "ann-example")
    assert (task.earned, task.possible) == (told["earned"], told["possible"])
    for criterion, shown in zip(task.criteria, told["criteria"], strict=True):
        for name in ("id", "status", "points", "earned", "value", "values", "target", "floor", "reason"):
            assert getattr(criterion, name) == shown[name], (criterion.id, name)
    assert {m.key for m in task.measurements} == {m["key"] for m in json.loads(files["measurements.json"])}, (
        "the key holds source, task, seed, profile, data, versions and device"
    )


def test_the_same_class_makes_the_same_bytes(out: Path) -> None:
    made = [bundle("bob", out, out.parent / f"{n}.zip", tasks=toy.REGISTRY).path.read_bytes() for n in range(2)]
    time.sleep(0.01)
    for path in out.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    regrade(out, Regrading(toy.write_rubrics(out.parent / "secret", RUBRIC), tasks=toy.REGISTRY))
    made.append(bundle("bob", out, out.parent / "2.zip", tasks=toy.REGISTRY).path.read_bytes())
    assert made[0] == made[1] == made[2]


def test_a_submission_that_stopped_has_its_source_and_the_reason(out: Path) -> None:
    files = unpacked(out, "cyd")
    assert files["submission/cyd/toy.py"].decode() == toy.SYNTAX_ERROR
    assert "line" in json.loads(files["marks.json"])["tasks"][0]["fault"]["message"]
    assert json.loads(files["measurements.json"]) == []
    assert "harness grade submission --task toy" in files["README.txt"].decode()


def test_a_submission_that_could_not_be_read(tmp_path: Path, sandbox: FakeSandbox) -> None:
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (submissions / "bob.zip").write_bytes(b"no zip")
    graded(submissions, options(tmp_path))
    files = unpacked(tmp_path / "out", "bob")
    assert files.keys() == {"README.txt", "card.html", "marks.json", "measurements.json", "provenance.json"}
    assert "there is nothing to train" in files["README.txt"].decode()
    assert "harness grade" not in files["README.txt"].decode()


def test_two_tasks_and_the_files_of_both(tmp_path: Path, sandbox: FakeSandbox) -> None:
    registry = with_tasks(toy.TASK, replace(toy.TASK, name="toy2", title="Toy, the second"))
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (submissions / "ann" / "toy2.py").write_text(OTHER)
    rubrics = toy.write_rubrics(tmp_path / "rubrics")
    (rubrics / "toy2.yaml").write_text(toy.RUBRIC.replace("toy@1", "toy2@1"))
    graded(submissions, options(tmp_path, rubrics=rubrics, registry=registry))
    files = unpacked(tmp_path / "out", "ann", registry)
    assert {"submission/ann/toy.py", "submission/ann/toy2.py", "rubrics/toy.yaml", "rubrics/toy2.yaml"} <= files.keys()
    assert "harness grade submission --task toy --task toy2 " in files["README.txt"].decode(), "one command for both"
    assert {m["task"] for m in json.loads(files["measurements.json"])} == {"toy", "toy2"}


def test_a_task_that_was_not_handed_in(tmp_path: Path, sandbox: FakeSandbox) -> None:
    registry = with_tasks(toy.TASK, replace(toy.TASK, name="toy2"))
    rubrics = toy.write_rubrics(tmp_path / "rubrics")
    (rubrics / "toy2.yaml").write_text(toy.RUBRIC.replace("toy@1", "toy2@1"))
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    graded(submissions, options(tmp_path, rubrics=rubrics, registry=registry, tasks=["toy", "toy2"]))
    text = unpacked(tmp_path / "out", "ann", registry)["README.txt"].decode()
    assert "--task toy " in text and "--task toy2" not in text


def test_identical_submissions_do_not_name_each_other(tmp_path: Path, sandbox: FakeSandbox) -> None:
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "zacharias": toy.GOOD}), options(tmp_path))
    assert b"zacharias" not in b"".join(unpacked(tmp_path / "out", "ann").values())


def test_hostile_words_stay_words(tmp_path: Path, sandbox: FakeSandbox) -> None:
    message = "<script>alert(1)</script> \x1b[31m=1+1"
    sandbox.fails = lambda job: Fault(owner="student", kind="exception", step="contract", message=message)
    name = "eve <b>\u202e\x1b[31m"
    graded(toy.write_class(tmp_path / "class", {name: toy.GOOD}), options(tmp_path))
    made = bundle("eve-b-31m", tmp_path / "out", tmp_path / "eve.zip", tasks=toy.REGISTRY)
    assert all(c.isascii() and c.isprintable() for c in "".join(made.files))
    files = unpacked(tmp_path / "out", "eve-b-31m")
    assert "\x1b" not in files["README.txt"].decode() and "\u202e" not in files["README.txt"].decode()
    assert "\x1b" not in files["marks.json"].decode(), "JSON escapes it"
    assert "<script>alert" not in files["card.html"].decode()


@pytest.mark.parametrize("wanted", ["Ann Example", "ann-example", "ann example", " Ann Example ", "ANN-EXAMPLE"])
def test_a_student_is_found_by_name_or_slug(out: Path, wanted: str) -> None:
    assert bundle(wanted, out, out.parent / "x.zip", tasks=toy.REGISTRY).student == "Ann Example"


def test_without_a_place_it_is_written_here_under_the_slug(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(out.parent)
    assert bundle("Ann Example", out, tasks=toy.REGISTRY).path == Path("appeal-ann-example.zip")


def test_a_close_name_is_guessed(out: Path) -> None:
    with pytest.raises(UsageError, match=r"no student 'Ann Exmple'.* Did you mean 'Ann Example'\?"):
        bundle("Ann Exmple", out, out.parent / "x.zip", tasks=toy.REGISTRY)


def test_a_name_of_two_students_is_refused(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """Giving one Ann the other Ann's work would be the worst of mistakes."""
    submissions = toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "Ann": OTHER})
    result = graded(submissions, options(tmp_path))
    (submissions / "x").mkdir()
    assert find_person("Ann", result.students).name == "Ann"
    with pytest.raises(UsageError, match=r"2 are meant by 'ANN'; name one of ann-\w+, ann-\w+\."):
        find_person("ANN", result.students)
    same = [s.model_copy(update={"name": "Ann"}) for s in result.students]
    with pytest.raises(UsageError, match="2 are meant by 'Ann'"):
        find_person("Ann", same)
    assert find_person(same[0].slug, same) is same[0]
    crossed = [same[0], same[1].model_copy(update={"name": same[0].slug})]
    with pytest.raises(UsageError, match="2 are meant"):
        find_person(same[0].slug, crossed)


def test_a_large_class_is_not_listed_in_an_error(out: Path, sandbox: FakeSandbox) -> None:
    result = regrade(out, Regrading(toy.write_rubrics(out.parent / "secret", RUBRIC), tasks=toy.REGISTRY))
    many = [result.students[0].model_copy(update={"name": f"S{n}", "slug": f"s{n}"}) for n in range(300)]
    with pytest.raises(UsageError, match=r"^There is no student 'zzzzzz'\. The class page lists all 300\.$"):
        find_person("zzzzzz", many)


def test_a_class_graded_before_sources_were_kept_is_told(out: Path) -> None:
    for path in (out / "records" / "sources").iterdir():
        path.unlink()
    with pytest.raises(ResultsError, match=r"trains nothing anew"):
        unpacked(out, "bob")
    assert not (out.parent / "bob.zip").exists()


def test_grading_again_keeps_the_source_and_trains_nothing(out: Path, sandbox: FakeSandbox, tmp_path: Path) -> None:
    for path in (out / "records" / "sources").iterdir():
        path.unlink()
    sandbox.jobs.clear()
    graded(tmp_path / "class", options(tmp_path, rubrics=tmp_path / "secret", seeds=[1, 2]))
    assert sandbox.jobs == []
    assert "submission/bob/toy.py" in unpacked(out, "bob")


def test_a_changed_source_is_refused(out: Path) -> None:
    kept = sorted((out / "records" / "sources").iterdir())
    contents = [path.read_bytes() for path in kept]
    for path, content in zip(kept, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    with pytest.raises(ResultsError, match="received a changed one"):
        unpacked(out, "bob")


def test_a_student_who_is_not_in_the_plan_is_told(out: Path) -> None:
    records = Records(out)
    plan = records.document("plan") or ""
    records.put_document("plan", plan.replace('"slug":"bob"', '"slug":"rob"'))
    records.close()
    with pytest.raises(ResultsError, match="the same work of 'bob'"):
        unpacked(out, "bob")


@pytest.mark.parametrize("to", ["class", "class/Ann Example/toy.py/x.zip"], ids=["a folder", "below a file"])
def test_a_place_that_cannot_be_written_is_a_sentence(out: Path, to: str) -> None:
    with pytest.raises(ResultsError, match="Expected to write"):
        unpacked(out, "bob", to=out.parent / to)


def test_variants_under_more_seeds_than_others_are_told(tmp_path: Path, sandbox: FakeSandbox) -> None:
    """One seed left a criterion in doubt, so that one variant has more; a number of seeds would give all as many."""
    near = toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.55, floor: 0.15")
    rubrics = toy.write_rubrics(tmp_path / "near", near)
    graded(toy.write_class(tmp_path / "class", {"ann": toy.GOOD}), options(tmp_path, rubrics=rubrics))
    files = unpacked(tmp_path / "out", "ann")
    measured = json.loads(files["measurements.json"])
    assert {m["seed"] for m in measured if m["variant"] == "plain"} == {1, 2, 3}
    assert {m["seed"] for m in measured if m["variant"] == "wide"} == {1}
    text = files["README.txt"].decode()
    assert "--seeds" not in text and "more seeds than others" in text
    (tmp_path / "visible").mkdir()
    (tmp_path / "visible" / "toy.yaml").write_bytes(files["rubrics/toy.yaml"])
    again = graded(tmp_path / "class", options(tmp_path, rubrics=tmp_path / "visible", out=tmp_path / "again"))
    (told,) = json.loads(files["marks.json"])["tasks"]
    assert [c.values for c in task_of(again, "ann").criteria] == [c["values"] for c in told["criteria"]]
