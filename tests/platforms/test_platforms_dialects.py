"""What each platform says of people, times, attempts and files, and what is not guessed where it does not say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from platforms.made import (
    BLACKBOARD,
    BRIGHTSPACE,
    CANVAS,
    CODE,
    GRADESCOPE,
    METADATA,
    MOODLE,
    NBGRADER,
    REPOSITORIES,
    Files,
    as_folder,
    as_zip,
    blackboard_says,
)

from harness.errors import UsageError
from harness.platforms.found import find_download
from harness.platforms.model import Delivery, Export, HandedFile, Identity
from harness.platforms.platform import Wanted

TASKS = ("autoencoder", "network_training")
UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


def export(folder: Path, files: Files, wanted: Wanted | None = None, named: str = "") -> Export:
    found = find_download(as_zip(folder, files), wanted or Wanted(TASKS), named)
    assert found is not None
    return found.export


def by_key(found: Export) -> dict[str, Delivery]:
    return {d.key: d for d in found.deliveries}


def paths(delivery: Delivery) -> dict[str, str]:
    return {file.path: file.at[-1] for file in delivery.files}


def test_canvas_says_who_by_number_and_who_is_late(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, CANVAS))
    assert found["366516"].owners == (Identity(name="doejaneann", user_id="366516"),)
    assert {key: d.late for key, d in found.items()} == {
        "366516": False,
        "366530": True,
        "366544": False,
        "366550": False,
    }
    assert found["366516"].returns_as == "doejaneann_366516_4711002"
    assert found["366550"].returns_as is None  # a text has no attachment to come back beside
    assert found["366530"].files == (HandedFile("work.zip", ("roemax_LATE_366530_4711377_work.zip",)),)


def test_of_a_file_handed_in_again_the_newest_counts_and_the_card_says_so(tmp_path: Path) -> None:
    files = {
        "doe_1_100_autoencoder.py": b"1",
        "doe_1_300_autoencoder-2.py": b"3",
        "doe_1_200_autoencoder-1.py": b"2",
        f"doe_1_250_helper-{UUID}.py": b"x",
        "doe_1_260_model-1.tar.gz": b"x",
    }
    (found,) = export(tmp_path, files).deliveries
    assert paths(found) == {
        "autoencoder.py": "doe_1_300_autoencoder-2.py",
        "helper.py": f"doe_1_250_helper-{UUID}.py",
        "model.tar.gz": "doe_1_260_model-1.tar.gz",
    }
    assert (
        "autoencoder-2.py, handed in last, counts as autoencoder.py; not autoencoder.py, autoencoder-1.py."
        in found.notes
    )


def test_numbered_files_of_one_student_are_not_taken_for_one(tmp_path: Path) -> None:
    (found,) = export(tmp_path, {"doe_1_100_week-1.py": b"1", "doe_1_200_week-2.py": b"2"}).deliveries
    assert {*paths(found)} == {"week-1.py", "week-2.py"}


def test_canvas_names_may_hold_underscores_and_be_no_name_at_all(tmp_path: Path) -> None:
    files = {"team_seven_LATE_366_4711_a_1_2_b.py": CODE, "_367_4712_autoencoder.py": CODE}
    found = by_key(export(tmp_path, files))
    assert found["366"].owners[0].name == "team_seven"
    assert paths(found["366"]) == {"a_1_2_b.py": "team_seven_LATE_366_4711_a_1_2_b.py"}
    assert found["367"].owners == (Identity(user_id="367"),)


def test_digits_of_another_script_in_a_name_are_nobodys_number(tmp_path: Path) -> None:
    (found,) = export(tmp_path, {"doe_٣_٤_366_4711_autoencoder.py": CODE}).deliveries
    assert found.owners == (Identity(name="doe_٣_٤", user_id="366"),)


def test_an_anonymous_download_names_nobody(tmp_path: Path) -> None:
    found = export(tmp_path, {"anon_ab12c_4711_autoencoder.py": CODE, "LATE_anon_x9y8z_4712_autoencoder.py": CODE})
    assert {d.key: (d.owners, d.late, d.returns_as) for d in found.deliveries} == {
        "ab12c": ((Identity(name="anonymous ab12c"),), False, None),
        "x9y8z": ((Identity(name="anonymous x9y8z"),), True, None),
    }


def test_somebody_called_anon_is_not_anonymous(tmp_path: Path) -> None:
    files = {"anon_366_4711_autoencoder.py": CODE, "doe_367_4712_a.py": CODE, "roe_368_4713_a.py": CODE}
    assert by_key(export(tmp_path, files))["366"].owners == (Identity(name="anon", user_id="366"),)


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    found = export(tmp_path, {"doe_1_100_autoencoder.py": CODE, "doe_2_101_autoencoder.py": CODE})
    assert [d.owners[0].user_id for d in found.deliveries] == ["1", "2"]


def test_a_stray_file_is_told_and_does_no_harm(tmp_path: Path) -> None:
    found = export(tmp_path, {**CANVAS, "notes.py": b""})
    assert [(x.name, x.why[:31]) for x in found.not_understood] == [("notes.py", "Its name is not one that Canvas")]
    assert len(found.deliveries) == 4


def test_moodle_says_the_number_of_the_participant_and_the_folder_that_feedback_returns_in(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, MOODLE))["Jane-Ann Doe_8880001"]
    assert found.owners == (Identity(name="Jane-Ann Doe", participant="8880001"),)
    assert found.returns_as == "Jane-Ann Doe_8880001_assignsubmission_file"
    assert {*paths(found)} == {"autoencoder.py", "sub/helper.py", "onlinetext.html"}


def test_moodle_under_blind_marking_numbers_people(tmp_path: Path) -> None:
    files = {f"Teilnehmerin_{n}_assignsubmission_file/autoencoder.py": CODE for n in (7, 8)}
    assert [d.name for d in export(tmp_path, files).deliveries] == ["Teilnehmerin 7", "Teilnehmerin 8"]
    (sole,) = export(tmp_path, {"Participant_7_assignsubmission_file_/autoencoder.py": CODE}).deliveries
    assert (sole.name, sole.owners[0].participant) == ("Participant 7", "7")


def test_moodle_teams_have_a_name_and_no_people(tmp_path: Path) -> None:
    files = {
        "Team A_55_assignsubmission_file/autoencoder.py": CODE,
        "Default group_assignsubmission_file/autoencoder.py": CODE,
    }
    assert [(d.group, d.owners) for d in export(tmp_path, files).deliveries] == [("Default group", ()), ("Team A", ())]


def test_a_path_in_a_students_work_takes_nobody_elses_place(tmp_path: Path) -> None:
    files = {
        "Jane Doe_1_assignsubmission_file_/Max Roe_2_assignsubmission_file_/autoencoder.py": b"x",
        "Max Roe_2_assignsubmission_file_/autoencoder.py": CODE,
    }
    found = by_key(export(tmp_path, files))
    assert {*found} == {"Jane Doe_1", "Max Roe_2"}
    assert paths(found["Max Roe_2"]) == {"autoencoder.py": "Max Roe_2_assignsubmission_file_/autoencoder.py"}


def test_gradescope_numbers_are_text_and_times_have_a_zone(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, GRADESCOPE))
    assert found["0200+0201"].owners == (
        Identity(name="Jane-Ann Doe", sis_id="0200", email="one@example.edu"),
        Identity(name="Max Roe", sis_id="0201"),
    )
    assert found["0200+0201"].handed_in == datetime(2026, 6, 1, 14, 32, 5, 123456, tzinfo=UTC)
    assert found["0042"].handed_in == datetime(2026, 6, 1, 14, 32, 5, tzinfo=UTC)
    assert found["submission_31417"].owners == ()
    assert "does not say who" in found["submission_31417"].notes[0]


def test_a_person_in_two_gradescope_submissions_is_in_the_last_alone(tmp_path: Path) -> None:
    more = """submission_31418:
  :submitters:
  - :name: Max Roe
    :sid: '0201'
  :created_at: 2026-06-05 14:32:05 Z
"""
    files = {
        **GRADESCOPE,
        "submission_metadata.yml": (METADATA + more).encode(),
        "submission_31418/autoencoder.py": CODE,
    }
    found = export(tmp_path, files)
    assert [[o.name for o in d.owners] for d in found.deliveries if d.owners] == [
        ["Jane-Ann Doe"],
        ["Max Roe"],
        ["Çağla Ünal"],
    ]
    assert [(x.name, x.why) for x in found.not_understood] == [
        ("submission_31415", "Max Roe handed in again later: submission_31418 counts.")
    ]


def test_a_gradescope_folder_that_nothing_speaks_of_is_told(tmp_path: Path) -> None:
    files = {**GRADESCOPE, "submission_9/autoencoder.py": CODE}
    del files["submission_31416/work.zip"]
    assert [x.name for x in export(tmp_path, files).not_understood] == ["submission_9", "submission_31416"]


@pytest.mark.parametrize("said", [b"- a", b"{", b"\x00", b"[" * 5_000, b"a: &a [*a]\n" * 2])
def test_gradescope_metadata_that_makes_no_sense_is_one_sentence(said: bytes, tmp_path: Path) -> None:
    files = {**GRADESCOPE, "submission_metadata.yml": said}
    try:
        found = export(tmp_path, files)
    except UsageError as error:
        assert "export the submissions again" in str(error)
    else:
        assert found.deliveries == ()


def test_blackboard_says_in_its_text_where_a_username_begins(tmp_path: Path) -> None:
    found = export(tmp_path, BLACKBOARD)
    assert found.assignment == "Net_1"
    assert [d.owners for d in found.deliveries] == [
        (Identity(name="Jane-Ann Doe", login="jdoe"),),
        (Identity(name="Max Roe", login="max_roe"),),
    ]


def test_the_newest_attempt_counts_and_its_time_has_no_zone(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, BLACKBOARD))["jdoe"]
    assert paths(found) == {"autoencoder.py": "Net_1_jdoe_attempt_2026-06-02-08-00-00_autoencoder.py"}
    assert (found.handed_in, found.local_time, found.attempt) == (None, datetime(2026, 6, 2, 8), 2)


def test_without_its_text_a_blackboard_username_is_not_guessed(tmp_path: Path) -> None:
    files = {
        "HW_ann_lee_attempt_2026-06-01-10-00-00_autoencoder.py": CODE,
        "HW_ann_ray_attempt_2026-06-01-10-00-00_autoencoder.py": CODE,
    }
    found = export(tmp_path, files)
    assert found.deliveries == ()
    assert [x.name for x in found.not_understood] == ["HW_ann_lee", "HW_ann_ray"]
    said = {"HW_max_attempt_2026-06-01-10-00-00.txt": blackboard_says("Max", "max")}
    assert {d.key for d in export(tmp_path, {**files, **said}).deliveries} == {"ann_lee", "ann_ray", "max"}


def test_of_several_blackboard_assignments_one_is_named(tmp_path: Path) -> None:
    more = {
        "Net_2_jdoe_attempt_2026-06-09-10-00-00.txt": blackboard_says("Jane-Ann Doe", "jdoe"),
        "Net_2_jdoe_attempt_2026-06-09-10-00-00_network_training.py": CODE,
    }
    with pytest.raises(UsageError, match="holds 2: Net_1, Net_2; name one with --assignment"):
        export(tmp_path, {**BLACKBOARD, **more})
    (found,) = export(tmp_path, {**BLACKBOARD, **more}, Wanted(TASKS, assignment="Net_2")).deliveries
    assert {*paths(found)} == {"network_training.py"}


def test_brightspace_takes_the_last_of_several_submissions(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, BRIGHTSPACE))
    assert found["271836 Jane-Ann Doe"].local_time == datetime(2026, 6, 2, 11, 49)
    assert found["271837 Max Roe"].local_time == datetime(2026, 6, 1, 0, 1)
    assert found["271837 Max Roe"].owners == (Identity(name="Max Roe", user_id="271837"),)


def test_brightspace_dates_that_cannot_be_read_decide_nothing(tmp_path: Path) -> None:
    files = {
        "1-2 - Jane Doe - 1 czerwca 2026 926/autoencoder.py": b"1",
        "1-2 - Jane Doe - 2 czerwca 2026 926/autoencoder.py": b"2",
        "3-2 - Max Roe - 2 czerwca 2026 926/autoencoder.py": CODE,
    }
    found = export(tmp_path, files)
    assert [d.name for d in found.deliveries] == ["Max Roe"]
    assert {x.why for x in found.not_understood} == {
        "Jane Doe handed in more than once, and the dates do not tell which came last."
    }


def test_a_brightspace_number_that_several_people_share_is_nobodys(tmp_path: Path) -> None:
    files = {f"397063-2557369 - {who} - Sep 24, 2024 926 PM/autoencoder.py": CODE for who in ("Ann Lee", "John Doe")}
    assert [d.owners for d in export(tmp_path, files).deliveries] == [
        (Identity(name="Ann Lee"),),
        (Identity(name="John Doe"),),
    ]


def test_nbgrader_students_and_times(tmp_path: Path) -> None:
    found = by_key(export(tmp_path, NBGRADER))
    assert found["0042"].owners == (Identity(name="0042", login="0042"),)
    assert found["jdoe"].handed_in == datetime(2026, 6, 1, 14, 32, 5, 948203, tzinfo=UTC)
    assert paths(found["jdoe"]) == {"autoencoder.py": "jdoe/autoencoder/autoencoder.py"}


def test_of_several_nbgrader_assignments_one_is_named(tmp_path: Path) -> None:
    files = {f"submitted/{path}": data for path, data in NBGRADER.items()}
    files |= {"submitted/jdoe/ps2/network_training.py": CODE, "gradebook.db": b"", "source/ps2/x.ipynb": b""}
    with pytest.raises(UsageError, match="holds 2: autoencoder, ps2; name one with --assignment"):
        export(tmp_path, files)
    assert len(export(tmp_path, files, Wanted(TASKS, ("autoencoder",))).deliveries) == 2
    second = export(tmp_path, files, Wanted(TASKS, assignment="ps2"))
    assert second.missing == (Identity(name="0042", login="0042"),)
    (found,) = second.deliveries
    assert paths(found) == {"network_training.py": "submitted/jdoe/ps2/network_training.py"}
    with pytest.raises(UsageError, match="Did you mean 'ps2'"):
        export(tmp_path, files, Wanted(TASKS, assignment="ps3"))


def test_repositories_are_named_after_a_task_and_a_user(tmp_path: Path) -> None:
    found = export(tmp_path, REPOSITORIES)
    assert found.assignment == "dl-autoencoder"
    assert [d.owners[0].login for d in found.deliveries] == ["jane-doe", "max"]
    assert all(".git" not in path for d in found.deliveries for path in paths(d))


def test_where_a_users_name_begins_in_repositories_is_not_guessed(tmp_path: Path) -> None:
    files = {f"dl-hw1-ann-{who}/.git/HEAD": b"" for who in ("lee", "ray")}
    with pytest.raises(UsageError, match="may be dl or dl-hw1 or dl-hw1-ann; name it with --assignment"):
        export(tmp_path, files)
    found = export(tmp_path, files, Wanted(TASKS, assignment="dl-hw1"))
    assert [d.key for d in found.deliveries] == ["ann-lee", "ann-ray"]


def test_links_in_a_download_are_told_and_not_followed(tmp_path: Path) -> None:
    folder = as_folder(tmp_path, MOODLE)
    (folder / "Max Roe_8880002_assignsubmission_file" / "autoencoder.py").symlink_to("/etc/passwd")
    (folder / "Eve_1_assignsubmission_file").symlink_to(folder)
    found = find_download(folder, Wanted(TASKS))
    assert found is not None
    assert [d.name for d in found.export.deliveries] == ["Jane-Ann Doe", "Max Roe", "Çağla Ünal"]
    assert {x.name for x in found.export.not_understood} == {
        "Eve_1_assignsubmission_file",
        "Max Roe_8880002_assignsubmission_file/autoencoder.py",
    }
