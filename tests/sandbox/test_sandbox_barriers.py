"""Which barrier is chosen and how it is put together; a barrier that does not hold is refused with a sentence."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import SandboxError
from harness.sandbox import bubblewrap, cgroup, detect, identity, seatbelt, selftest, walls
from harness.sandbox.levels import SENTENCES, Level
from harness.sandbox.view import View
from harness.sandbox.walls import Walls

VIEW = View(
    read=("/lib64", "/opt/odd name/python", "/proc/driver", "/usr/lib"),
    hidden=("/opt/odd name/python/mlxtend",),
    devices=("/dev/null", "/dev/nvidia0"),
    package="/work/harness",
)
HELD: dict[str, Any] = {
    "secret": False, "outside": False, "socket": False, "process": False, "scratch": True, "library": True,
    "user": 65_534, "pid": 3, "interfaces": 1,
}  # fmt: skip


def test_levels_rise_from_nothing_to_bubblewrap() -> None:
    assert [level.value for level in sorted(Level, key=lambda level: level.rank)] == [
        "none", "seatbelt", "landlock", "namespaces", "bubblewrap",
    ]  # fmt: skip
    assert [level for level in Level if level.filtered] == [Level.LANDLOCK, Level.NAMESPACES, Level.BUBBLEWRAP]
    assert [level for level in Level if level.own_processes] == [Level.NAMESPACES, Level.BUBBLEWRAP]
    assert set(SENTENCES) == {level.value for level in Level}
    assert all(level.sentence for level in Level)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize(("user", "reading"), [(None, False), (65_534, True)])
def test_walls_arrive_in_another_process_as_they_were(level: Level, user: int | None, reading: bool) -> None:
    made = Walls(level, VIEW, user, reading)
    assert Walls.parse(made.dump()) == made
    assert hash(Walls.parse(made.dump())) == hash(made)


@pytest.mark.parametrize(("uid", "user"), [(0, 65_534), (1000, None)])
def test_root_gives_itself_up_and_nobody_else_does(monkeypatch: pytest.MonkeyPatch, uid: int, user: int | None) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    for level in Level:
        assert walls.make(level, VIEW).user == (user if level.filtered else None)


def test_a_link_that_leads_nowhere_closes_nothing(tmp_path: Path) -> None:
    """A small container has a time zone named and none installed."""
    (tmp_path / "localtime").symlink_to("/usr/share/no-such-folder/Etc/UTC")
    assert identity.closed_to_others([str(tmp_path / "localtime"), "/usr/lib"]) == []


def test_only_where_files_are_filtered_may_a_closed_folder_be_entered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The capability for it reads everything, so the level must be one at which Landlock says what."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    inside = tmp_path / "closed" / "python"
    inside.mkdir(parents=True)
    inside.parent.chmod(0o700)
    closed = View((str(inside),), (), (), "/work/harness")
    assert walls.make(Level.LANDLOCK, closed).reading
    assert not walls.make(Level.NAMESPACES, closed).reading
    assert not walls.make(Level.NONE, closed).reading
    assert not walls.make(Level.LANDLOCK, View(("/usr/lib",), (), (), "/x")).reading


@pytest.fixture(params=[0, 1000], ids=["root", "user"])
def arguments(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr("os.geteuid", lambda: request.param)
    monkeypatch.setattr(bubblewrap, "find", lambda: "/usr/bin/bwrap")
    yield bubblewrap.command(VIEW, 4_096, Path("/tmp/harness-x"), ["python", "-c", "--bind"])


def pairs(arguments: list[str], option: str) -> list[str]:
    return [arguments[i + 1] for i, word in enumerate(arguments) if word == option]


def test_bubblewrap_gives_a_step_everything_of_its_own(arguments: list[str]) -> None:
    assert {"--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"} <= set(arguments)
    assert {"--die-with-parent", "--new-session"} <= set(arguments)
    assert pairs(arguments, "--cap-drop") == ["ALL"]
    assert not {"--share-net", "--bind", "--bind-try"} & set(arguments[: arguments.index("--")])


def test_bubblewrap_passes_on_no_variable(arguments: list[str]) -> None:
    """It stays as the first process inside, where its arguments and environment can be read."""
    assert not {"--setenv", "--clearenv", "--unsetenv"} & set(arguments)


def test_as_an_ordinary_user_no_more_user_namespaces_can_be_made(arguments: list[str]) -> None:
    if pairs(arguments, "--cap-add"):
        assert pairs(arguments, "--cap-add") == ["CAP_SETUID", "CAP_SETGID"]
    else:
        assert {"--unshare-user", "--disable-userns"} <= set(arguments)
        assert (pairs(arguments, "--uid"), pairs(arguments, "--gid")) == (["65534"], ["65534"])


def test_all_that_can_be_written_is_small_and_the_rest_is_closed_last(arguments: list[str]) -> None:
    for folder, size in (("/scratch", 4_096), ("/dev/shm", bubblewrap.SHARED_MEMORY_BYTES)):
        place = max(i for i, word in enumerate(arguments) if word == folder and arguments[i - 1] == "--tmpfs")
        assert arguments[place - 3 : place] == ["--size", str(size), "--tmpfs"]
    assert arguments[-10:] == [
        "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/scratch", "--", "python", "-c", "--bind",
    ]  # fmt: skip


def test_what_is_hidden_is_covered_after_it_was_shown_and_closed(arguments: list[str]) -> None:
    (hidden,) = VIEW.hidden
    shown = arguments.index("/opt/odd name/python", arguments.index("--ro-bind-try"))
    covered = arguments.index(hidden)
    assert shown < covered
    assert arguments[covered - 1 : covered + 3] == ["--tmpfs", hidden, "--remount-ro", hidden]


def test_a_hidden_file_is_covered_by_a_device_that_cannot_be_opened(tmp_path: Path) -> None:
    """An empty folder cannot be laid over a file: bwrap would not start."""
    (tmp_path / "digits.npz").touch()
    hidden = str(tmp_path / "digits.npz")
    arguments = bubblewrap.files(replace(VIEW, hidden=(hidden,)))
    covered = arguments.index(hidden)
    assert arguments[covered - 2 : covered + 1] == ["--ro-bind-try", "/dev/null", hidden]


def test_devices_come_after_the_new_dev_and_facts_of_the_kernel_are_its_own(arguments: list[str]) -> None:
    assert pairs(arguments, "--dev-bind") == ["/dev/null", "/dev/nvidia0"]
    assert arguments.index("--dev") < arguments.index("--dev-bind")
    assert pairs(arguments, "--proc") == ["/proc"]
    assert "/proc/driver" not in arguments


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "lib").symlink_to("usr/lib")
    options = bubblewrap.files(View((str(tmp_path / "lib"),), (), (), "/work/harness"))
    place = options.index("--symlink")
    assert options[place : place + 3] == ["--symlink", "usr/lib", str(tmp_path / "lib")]


def test_folders_above_what_is_shown_can_be_entered_by_everybody() -> None:
    made = bubblewrap.parents(["/a/b/c", "/a/d"])
    assert made == ["--perms", "0755", "--dir", "/a", "--perms", "0755", "--dir", "/a/b"]


VERSIONS = {
    "bubblewrap 0.8.0": True,
    "bubblewrap 0.11.1": True,
    "bubblewrap 1.0": True,
    "bubblewrap 0.4.1": False,
    "": False,
}


@pytest.mark.parametrize(("said", "good"), VERSIONS.items())
def test_an_old_bubblewrap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, good: bool) -> None:
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda *_, **__: str(program))
    if good:
        assert bubblewrap.find() == str(program)
    else:
        with pytest.raises(SandboxError, match=r"0\.8 or later, found"):
            bubblewrap.find()


def test_a_missing_bubblewrap_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(SandboxError, match="install bubblewrap"):
        bubblewrap.find()


@pytest.mark.parametrize(("uid", "whose"), [(0, []), (1000, ["--user"])])
def test_a_control_group_holds_a_step_and_its_server(
    monkeypatch: pytest.MonkeyPatch, uid: int, whose: list[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: uid)
    command = cgroup.wrap(["python", "x"], 1_500)
    assert command[: 2 + len(whose)] == ["/usr/bin/systemd-run", *whose, "--scope"]
    assert pairs(command, "-p") == ["MemoryMax=2400000000", "MemorySwapMax=0", "TasksMax=1024"]
    after = command[command.index("--") + 1 :]
    assert after == ["/usr/bin/env", "-u", "DBUS_SESSION_BUS_ADDRESS", "-u", "XDG_RUNTIME_DIR", "python", "x"]


def test_without_a_control_group_the_command_is_the_same() -> None:
    assert cgroup.wrap(["python", "x"], None) == ["python", "x"]


def test_of_the_environment_only_what_finds_the_service_manager_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("TOKEN", "hunter2")
    assert cgroup.environment() == {"XDG_RUNTIME_DIR": "/run/user/1000"}


@pytest.mark.parametrize("outcome", [OSError("no such program"), subprocess.TimeoutExpired("x", 5), 1])
def test_no_control_group_where_asking_for_one_fails(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if isinstance(outcome, Exception):
            raise outcome
        return subprocess.CompletedProcess(command, outcome)

    monkeypatch.setattr("harness.sandbox.cgroup.subprocess.run", run)
    assert not cgroup.delegated.__wrapped__()


def test_a_seatbelt_profile_denies_first_and_hides_after_showing() -> None:
    profile = seatbelt.profile(VIEW, "/opt/odd name/python/bin/python").splitlines()
    assert profile[:2] == ["(version 1)", "(deny default)"]
    shown = next(i for i, rule in enumerate(profile) if rule.startswith("(allow file-read* (subpath"))
    hidden = next(i for i, rule in enumerate(profile) if "mlxtend" in rule)
    assert profile[hidden] == '(deny file-read* (subpath "/opt/odd name/python/mlxtend"))'
    assert shown < hidden
    assert "(deny network*)" in profile and "(deny process-fork)" in profile
    assert sum("file-write" in rule for rule in profile) == 2


def test_a_path_cannot_end_its_quotes_in_a_profile() -> None:
    assert seatbelt.each("subpath", ['/a") (allow default) ("']) == '(subpath "/a\\") (allow default) (\\"")'


WEAK = [
    ({"secret": True}, "a file outside is readable"),
    ({"secret": None}, "a file outside is readable"),
    ({"outside": True}, "a folder outside is writable"),
    ({"socket": True}, "the network is reachable"),
    ({"process": True}, "new processes can be started"),
    ({"scratch": False}, "scratch is not writable"),
    ({"library": False}, "library is not readable"),
    ({"user": 0}, "still runs as root"),
    ({"interfaces": 2}, "the network or the process table is the host's"),
    ({"pid": 4_000}, "the network or the process table is the host's"),
]


@pytest.mark.parametrize(("change", "words"), WEAK, ids=str)
def test_each_thing_that_does_not_hold_is_told(change: dict[str, Any], words: str) -> None:
    assert words in selftest.weakness(Level.BUBBLEWRAP, {**HELD, **change}, root=True)


@pytest.mark.parametrize("missing", [*selftest.REFUSED, *selftest.ALLOWED])
def test_what_was_not_tried_does_not_hold(missing: str) -> None:
    assert selftest.weakness(Level.BUBBLEWRAP, {k: v for k, v in HELD.items() if k != missing}, root=False)


def test_a_level_is_asked_for_no_more_than_it_says() -> None:
    assert selftest.weakness(Level.BUBBLEWRAP, HELD, root=True) == ""
    hosts = {**HELD, "pid": 4_000, "interfaces": 3}
    assert selftest.weakness(Level.LANDLOCK, hosts, root=True) == ""
    assert selftest.weakness(Level.NAMESPACES, hosts, root=True) != ""
    assert selftest.weakness(Level.LANDLOCK, {**hosts, "user": 0}, root=False) == ""


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every level seem possible; tests say what the self-test tells."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(walls, "supported", lambda: True)
    monkeypatch.setattr("os.geteuid", lambda: 0)


def find(device: str = "cpu") -> detect.Found:
    return detect.strongest.__wrapped__(device)


@pytest.mark.parametrize(
    ("weak", "level"),
    [
        ((), Level.BUBBLEWRAP),
        ((Level.BUBBLEWRAP,), Level.NAMESPACES),
        ((Level.BUBBLEWRAP, Level.NAMESPACES), Level.LANDLOCK),
        ((Level.BUBBLEWRAP, Level.NAMESPACES, Level.LANDLOCK), Level.NONE),
        ((Level.NAMESPACES, Level.LANDLOCK), Level.BUBBLEWRAP),
    ],
)
def test_the_strongest_level_that_holds_is_taken(
    linux: None, monkeypatch: pytest.MonkeyPatch, weak: tuple[Level, ...], level: Level
) -> None:
    monkeypatch.setattr(detect, "try_out", lambda w: {**HELD, "socket": w.level in weak})
    found = find()
    assert found.walls.level == level
    assert set(found.refused) == {w for w in weak if w.rank > level.rank}
    for name, sentence in found.refused.items():
        assert sentence == f"Expected {name} to hold, but behind it the network is reachable."


def test_without_kernel_filters_no_level_holds(linux: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "supported", lambda: False)
    monkeypatch.setattr(detect, "try_out", lambda w: HELD)
    found = find()
    assert found.walls.level == Level.NONE
    assert all("Landlock and seccomp" in sentence for sentence in found.refused.values())


def test_a_system_without_any_barrier_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert find().walls.level == Level.NONE


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/no/such/program"], "to start, but"),
        (["/bin/sh", "-c", "echo bwrap: no namespaces >&2; exit 1"], "to start, but: bwrap: no namespaces"),
        (["/bin/sh", "-c", "exit 3"], "to start, but: exit code 3"),
        (["/bin/sh", "-c", "sleep 900"], "to be ready within"),
    ],
    ids=["missing", "says why", "silent", "hangs"],
)
def test_a_barrier_that_does_not_start_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, command: list[str], words: str
) -> None:
    if "sleep" in command[-1]:
        monkeypatch.setattr(detect, "SECONDS", 0.5)
    monkeypatch.setattr(walls, "command", lambda *_: command)
    monkeypatch.setattr(walls, "supported", lambda: True)
    monkeypatch.setattr(walls, "prepare_scratch", lambda *_: None)
    with pytest.raises(SandboxError, match=words):
        detect.hold(Level.LANDLOCK, "cpu")


def test_no_walls_need_no_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect, "try_out", lambda w: pytest.fail("nothing to try"))
    assert detect.hold(Level.NONE, "cpu").level == Level.NONE
