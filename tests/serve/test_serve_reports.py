"""The files of a class follow what was entered: soon, after a crash at the next start, and never backwards."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import toy
from serve.visitor import Visitor
from workflow.classes import files_below

from harness.errors import ResultsError
from harness.report.files import read_results
from harness.serve import reporter as reporting
from harness.serve.app import create_app
from harness.serve.desk import Desk
from harness.serve.gate import Gate
from harness.serve.reporter import Reporter, write_due
from harness.serve.room import Room
from harness.workflow.by_hand import SO_FAR
from harness.workflow.grade import Regrading, regrade
from harness.workflow.graded_class import GradedClass, opened


def test_after_a_change_every_file_holds_it(visitor: Visitor, room: Room, out: Path) -> None:
    visitor.mark("ann-example", "report", "12.5", comment="A remark on curves.")
    assert write_due(room.desk)
    assert "A remark on curves." in (out / "cards" / "ann-example.html").read_text()
    assert "12.5" in json.dumps(json.loads((out / "results.json").read_text())["students"][1]["tasks"][0]["criteria"])
    assert ",92.5,100," in (out / "grades.csv").read_text()
    assert "92.5" in (out / "index.html").read_text()
    assert not write_due(room.desk), "once is enough"


def test_only_the_card_that_changed_is_written(visitor: Visitor, room: Room, out: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in (out / "cards").iterdir()}
    visitor.mark("ann-example", "report", "12.5")
    write_due(room.desk)
    after = {p.name: p.stat().st_mtime_ns for p in (out / "cards").iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["ann-example.html"]


def test_the_files_are_those_that_marking_again_writes(visitor: Visitor, room: Room, out: Path) -> None:
    visitor.mark("ann-example", "report", "12.5", comment="Clear.")
    visitor.mark("bob-noyce", "plain", "10", reason="Rotated data.")
    write_due(room.desk)

    def pages() -> dict[str, bytes]:
        return {n: b for n, b in files_below(out).items() if n.endswith((".html", ".csv", ".json"))}

    written = pages()
    regrade(out, Regrading(out.parent / "ruled", tasks=toy.REGISTRY))
    assert pages() == written


def test_what_a_crash_kept_from_the_files_is_written_at_the_next_start(
    visitor: Visitor, room: Room, out: Path, class_: GradedClass
) -> None:
    visitor.mark("ann-example", "report", "12.5")
    assert "12.5" not in (out / "cards" / "ann-example.html").read_text(), "the server died here"
    write_due(Desk(class_))
    assert "12.5 of 20" in (out / "cards" / "ann-example.html").read_text()


@pytest.mark.parametrize("dies_before", ["grades.csv", "results.json", "index.html"])
def test_a_crash_between_two_files_heals(
    visitor: Visitor, room: Room, out: Path, class_: GradedClass, monkeypatch: pytest.MonkeyPatch, dies_before: str
) -> None:
    """Then somebody takes the mark back: the card that got it before the crash must lose it again."""
    from harness.report import files

    real = files.replacing

    def dying(path: Path) -> AbstractContextManager[Path]:
        if path.name == dies_before:
            raise KeyboardInterrupt
        return real(path)

    visitor.mark("ann-example", "report", "12.5", comment="Gone again.")
    monkeypatch.setattr(files, "replacing", dying)
    with pytest.raises(KeyboardInterrupt):
        write_due(room.desk)
    monkeypatch.setattr(files, "replacing", real)
    assert "Gone again." in (out / "cards" / "ann-example.html").read_text()
    visitor.mark("ann-example", "report", "", comment="", reason="A slip.")
    write_due(Desk(class_))
    assert "Gone again." not in (out / "cards" / "ann-example.html").read_text()
    assert "Gone again." not in (out / "results.json").read_text()
    assert ",80,80," in (out / "grades.csv").read_text()


def test_results_of_a_new_run_are_picked_up_on_reload(visitor: Visitor, room: Room, out: Path) -> None:
    visitor.mark("ann-example", "report", "12.5")
    assert "Dan Simon" in visitor.get("/").text
    result = read_results(out / "results.json")
    fewer = result.model_copy(update={"students": [s for s in result.students if s.name != "Dan Simon"]})
    (out / "results.json").write_text(fewer.model_dump_json())
    assert "Dan Simon" not in visitor.get("/").text
    assert visitor.form("/students/ann-example")["points/toy/report"] == "12.5"


def test_marks_are_not_lost_to_a_run_that_read_them_earlier(visitor: Visitor, room: Room, out: Path) -> None:
    """Grading read the decisions, a grader made one, and grading wrote its results over it."""
    old = (out / "results.json").read_text()
    visitor.mark("ann-example", "report", "12.5")
    write_due(room.desk)
    (out / "results.json").write_text(old)
    assert write_due(room.desk)
    assert ",92.5,100," in (out / "grades.csv").read_text()
    assert '"earned":12.5' in (out / "results.json").read_text()


def test_results_that_cannot_be_read_are_not_written_over(visitor: Visitor, room: Room, out: Path) -> None:
    visitor.mark("ann-example", "report", "12.5")
    (out / "results.json").write_text('{"schema_version": 99}')
    assert visitor.get("/").status_code == 200, "the last look stays"
    assert not write_due(room.desk)
    assert (out / "results.json").read_text() == '{"schema_version": 99}'


def test_while_nothing_is_graded_a_page_says_so(out: Path) -> None:
    (out / "results.json").unlink()
    with opened(out, tasks=toy.REGISTRY) as found:
        desk = Desk(found)
        room = Room(desk, Gate(), Reporter(desk), "Prof")
        visitor = Visitor(create_app(room), room.gate).enter()
        assert "Nothing has been graded yet" in visitor.get("/").text
        assert visitor.get("/students/ann-example").status_code == 404
        assert not write_due(desk)


def test_a_folder_without_a_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="which holds no records"), opened(tmp_path / "nowhere"):
        pass
    assert not (tmp_path / "nowhere").exists()


def test_trouble_with_the_files_is_shown_and_tried_again(
    visitor: Visitor, room: Room, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ResultsError("Expected to write grades.csv, received no space; make room.")

    visitor.mark("ann-example", "report", "12.5")
    with monkeypatch.context() as patch:
        patch.setattr(reporting, "write_reports", full)
        room.reporter.try_to_write()
    assert "Cards and grades are behind." in visitor.get("/history").text
    room.reporter.try_to_write()
    assert "Cards and grades are behind." not in visitor.get("/history").text
    assert ",92.5,100," in (out / "grades.csv").read_text()


def test_the_thread_writes_soon_and_at_the_end(room: Room, visitor: Visitor, out: Path) -> None:
    room.reporter.start()
    visitor.mark("ann-example", "report", "12.5")
    room.reporter.finish()
    assert not room.reporter.is_alive()
    assert ",92.5,100," in (out / "grades.csv").read_text()


def write_so_far(out: Path, created: str, names: set[str]) -> None:
    """Write what a run that began at `created` has graded so far."""
    result = read_results(out / "results.json")
    some = [s for s in result.students if s.name in names]
    so_far = result.model_copy(update={"created": created, "complete": False, "students": some})
    (out / SO_FAR).write_text(so_far.model_dump_json())


def test_while_a_class_is_graded_what_is_there_is_shown_and_can_be_marked(
    visitor: Visitor, room: Room, out: Path
) -> None:
    write_so_far(out, "2999-01-01T00:00:00+00:00", {"Ann Example"})
    page = visitor.get("/").text
    assert "Grading goes on" in page and "Bob Noyce" not in page
    assert visitor.mark("ann-example", "report", "12.5").status_code == 303
    assert not write_due(room.desk), "who grades writes the pages"
    assert "grading is not complete" in visitor.get("/publish").text.lower()
    write_so_far(out, "2999-01-01T00:00:00+00:00", {"Ann Example", "Bob Noyce"})
    assert "Bob Noyce" in visitor.get("/").text
    (out / SO_FAR).unlink()
    assert "Dan Simon" in visitor.get("/").text, "the run is over"
    assert write_due(room.desk)
    assert ",92.5,100," in (out / "grades.csv").read_text()


def test_the_first_results_of_a_first_run_are_shown(out: Path) -> None:
    write_so_far(out, "2999-01-01T00:00:00+00:00", {"Ann Example"})
    (out / "results.json").unlink()
    with opened(out, tasks=toy.REGISTRY) as found:
        sight = Desk(found).look()
    assert sight and sight.so_far and list(sight.students) == ["ann-example"]


def test_what_an_earlier_run_left_behind_is_passed_over(visitor: Visitor, out: Path) -> None:
    write_so_far(out, "2001-01-01T00:00:00+00:00", {"Ann Example"})
    page = visitor.get("/").text
    assert "Dan Simon" in page and "Grading goes on" not in page
