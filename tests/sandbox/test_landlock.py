"""What files, ports and signals student code reaches behind Landlock, tried for real; and how a folder is divided."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.sandbox import landlock
from harness.sandbox.landlock import Right, without

ABI = landlock.abi()
WHERE_IT_RUNS = pytest.mark.skipif(not ABI, reason="this kernel has no Landlock, or it is switched off")

# Each attempt is one line of Python; the answer is an errno or `done`.
START = """
import ctypes, errno, json, os, signal, socket, sys, tempfile, threading, time
from pathlib import Path
from harness.sandbox import landlock
root = Path(sys.argv[1])
os.chdir(root)

def attempt(line):
    try:
        exec(line, globals())
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

def become_ordinary():
    os.setgroups([]), os.setresgid(65534, 65534, 65534), os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)

def answer(lines):
    print(json.dumps({line: attempt(line) for line in lines}), flush=True)
    os._exit(0)
"""

RESTRICT = """
read, listing = landlock.without(root / "open", [root / "open" / "inner" / "secret"])
devices = [Path("/dev/null"), Path("/dev/urandom")]
landlock.restrict([*read, root / "file", root / "absent", Path("/proc/self")], listing, [root / "scratch"], devices)
"""

REFUSED = {
    "open('/etc/passwd')": "EACCES",
    "os.listdir('/')": "EACCES",
    "os.listdir('.')": "EACCES",
    "os.listdir('/proc')": "EACCES",
    "open(f'/proc/{os.getppid()}/environ')": "EACCES",
    "open(f'/proc/{os.getppid()}/maps')": "EACCES",
    "os.listdir(f'/proc/{os.getppid()}/fd')": "EACCES",
    "open('closed/file')": "EACCES",
    "open('scratch/../closed/file')": "EACCES",
    "open('/proc/self/cwd/closed/file')": "EACCES",
    "open('open/link')": "EACCES",  # a link to closed/file, in a folder that may be read
    "open('open/inner/secret/file')": "EACCES",
    "open('open/inner/way')": "EACCES",  # a link to the secret
    "open('file', 'a')": "EACCES",
    "open('open/new', 'w')": "EACCES",
    "os.mkdir('open/folder')": "EACCES",
    "os.rename('open/file', 'scratch/file')": "EACCES",
    "os.remove('open/inner/file')": "EACCES",
    "open('/dev/zero')": "EACCES",
    "os.symlink('/etc/passwd', 'scratch/link')": "EACCES",
    "os.mkfifo('scratch/fifo')": "EACCES",
    "socket.socket(socket.AF_UNIX).bind('scratch/socket')": "EACCES",
}

ALLOWED = [
    "assert open('file').read() == 'x'",
    "assert open('open/file').read() == 'x'",
    "assert open('open/inner/file').read() == 'x'",
    "assert open('open/inner/deep/file').read() == 'x'",
    "assert os.listdir('open') and os.listdir('open/inner') and os.listdir('open/inner/deep')",
    "os.stat('closed/file')",  # Landlock hides contents, not existence
    "open('/proc/self/status').read()",
    "open(f'/proc/{os.getpid()}/cmdline').read()",
    "open('/dev/null', 'w').write('x')",
    "open('/dev/urandom', 'rb').read(1)",
    "open('scratch/file', 'w').write('x')",
    "open('scratch/file', 'w').truncate(0)",
    "os.makedirs('scratch/a/b')",
    "os.rename('scratch/file', 'scratch/a/b/file')",
    "os.replace('scratch/a/b/file', 'scratch/file')",
    "os.removedirs('scratch/a/b')",
    "os.remove('scratch/file')",
    "tempfile.TemporaryFile(dir='scratch').write(b'x')",
    "a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
    "signal.signal(signal.SIGUSR1, lambda *_: None); os.kill(os.getpid(), signal.SIGUSR1)",
    "thread = threading.Thread(target=time.sleep, args=(0.05,)); thread.start(); "
    "signal.pthread_kill(thread.ident, signal.SIGUSR1); thread.join()",
]


def interpret(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START + source, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def answers(folder: Path, steps: str, lines: list[str]) -> dict[str, str]:
    done = interpret(f"{steps}\nanswer({lines!r})", str(folder))
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder with something open, something closed inside it, a scratch folder and a closed one.

    Not pytest's own folder, since an ordinary user must reach it.
    """
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve()
        for name in ("open/inner/secret", "open/inner/deep", "scratch", "closed"):
            (root / name).mkdir(parents=True)
        for above in ("open", "open/inner", "open/inner/deep", "open/inner/secret", "closed", "."):
            (root / above / "file").write_text("x")
        for path in [root, *root.rglob("*")]:
            path.chmod(0o777)
        (root / "open" / "link").symlink_to("../closed/file")
        (root / "open" / "inner" / "way").symlink_to("secret/file")
        yield root


@pytest.fixture(params=["", "become_ordinary()\n"], ids=["as the caller", "as an ordinary user"])
def user(request: pytest.FixtureRequest) -> str:
    if request.param and os.geteuid():
        pytest.skip("the caller is an ordinary user")
    return str(request.param)


@WHERE_IT_RUNS
def test_nothing_but_what_was_named_can_be_reached(user: str, folder: Path) -> None:
    assert answers(folder, user + RESTRICT, list(REFUSED)) == REFUSED


@WHERE_IT_RUNS
def test_without_the_barrier_the_same_attempts_succeed(folder: Path) -> None:
    """Otherwise the test above would show nothing."""
    assert answers(folder, "", list(REFUSED)) == dict.fromkeys(REFUSED, "done")


@WHERE_IT_RUNS
def test_what_was_named_can_be_used(user: str, folder: Path) -> None:
    assert answers(folder, user + RESTRICT, ALLOWED) == dict.fromkeys(ALLOWED, "done")


@WHERE_IT_RUNS
def test_names_in_a_closed_folder_beneath_a_listed_one_show_but_not_contents(folder: Path) -> None:
    """Landlock cannot do better: a rule on a folder holds for all beneath it. Whoever reads this may rely on it."""
    line = "assert os.listdir('open/inner/secret') == ['file']"
    assert answers(folder, RESTRICT, [line]) == {line: "done"}


@WHERE_IT_RUNS
def test_a_descriptor_of_a_folder_outside_leads_nowhere(folder: Path) -> None:
    steps = "outside = os.open('closed', os.O_RDONLY)\n" + RESTRICT
    lines = ["os.open('file', os.O_RDONLY, dir_fd=outside)", "os.listdir(outside)"]
    assert answers(folder, steps, lines)[lines[0]] == "EACCES"


@WHERE_IT_RUNS
@pytest.mark.skipif(ABI < 3, reason=f"Landlock ABI {ABI} does not judge truncation")
def test_a_file_that_may_be_read_cannot_be_emptied(folder: Path) -> None:
    lines = ["os.truncate('open/file', 0)", "os.open('open/file', os.O_RDONLY | os.O_TRUNC)"]
    assert answers(folder, RESTRICT, lines) == dict.fromkeys(lines, "EACCES")


@WHERE_IT_RUNS
@pytest.mark.skipif(ABI < 4, reason=f"Landlock ABI {ABI} does not judge TCP")
def test_no_tcp(folder: Path) -> None:
    lines = ["socket.create_connection(('127.0.0.1', 9))", "socket.create_server(('127.0.0.1', 0))"]
    assert answers(folder, RESTRICT, lines) == dict.fromkeys(lines, "EACCES")


@WHERE_IT_RUNS
@pytest.mark.skipif(ABI < 6, reason=f"Landlock ABI {ABI} does not judge signals")
def test_no_signals_and_no_abstract_sockets_to_the_outside(folder: Path) -> None:
    steps = "server = socket.socket(socket.AF_UNIX); server.bind(f'\\0harness-{os.getpid()}'); server.listen()\n"
    lines = [
        "os.kill(os.getppid(), 0)",
        f"os.kill({os.getpid()}, 0)",
        "socket.socket(socket.AF_UNIX).connect(f'\\0harness-{os.getpid()}')",
    ]
    assert answers(folder, steps + RESTRICT, lines) == dict.fromkeys(lines, "EPERM")


@WHERE_IT_RUNS
def test_a_second_restriction_only_takes_away(folder: Path) -> None:
    again = "landlock.restrict([root], [], [root], [])"
    found = answers(folder, RESTRICT, [again, "open('closed/file')", "open('file')"])
    assert list(found.values()) == ["done", "EACCES", "done"]


@WHERE_IT_RUNS
def test_a_process_with_a_second_thread_is_refused_in_one_sentence(folder: Path) -> None:
    """The other thread would stay free, and student code could borrow it."""
    source = """
threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
try:
    landlock.restrict([], [], [], [])
except OSError as error:
    print(error)
"""
    assert "Expected one thread" in interpret(source, str(folder)).stdout


def test_a_kernel_without_landlock_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    monkeypatch.setattr(landlock.os, "listdir", lambda _: ["1"])
    with pytest.raises(OSError, match="Expected a kernel with Landlock"):
        landlock.restrict([], [], [], [])


@pytest.mark.parametrize(
    ("version", "last"),
    [(1, Right.MAKE_SYM), (2, Right.REFER), (3, Right.TRUNCATE), (5, Right.IOCTL_DEV), (9, Right.RESOLVE_UNIX)],
)
def test_each_version_handles_all_rights_it_knows(version: int, last: Right) -> None:
    """One bit too many and the kernel refuses the ruleset; one too few and that right stays free."""
    assert landlock.handled(version) == last * 2 - 1


def test_a_newer_kernel_is_asked_for_what_this_code_knows() -> None:
    assert landlock.handled(99) == landlock.handled(9)
    assert landlock.handled(4) == landlock.handled(3)


def relative(folder: Path, excluded: list[str]) -> tuple[set[str], set[str]]:
    read, listing = without(folder, [folder / name for name in excluded])
    return {str(p.relative_to(folder)) for p in read}, {str(p.relative_to(folder)) for p in listing}


@pytest.mark.parametrize(
    ("excluded", "read", "listing"),
    [
        ([], {"."}, set()),
        (["."], set(), set()),
        ([".."], set(), set()),
        (["../elsewhere"], {"."}, set()),
        (["open"], {"file", "closed", "scratch"}, {"."}),
        (["open/inner/secret"], {"file", "closed", "scratch", "open/file", "open/inner/file", "open/inner/deep"}, None),
        (["open/inner/secret", "open/inner"], {"file", "closed", "scratch", "open/file"}, {".", "open"}),
        (["open/file"], {"file", "closed", "scratch", "open/inner"}, {".", "open"}),
        (["open/inner/way"], {"file", "closed", "scratch", "open/file", "open/inner/file", "open/inner/deep"}, None),
        (["closed/not-there-yet"], {"file", "open", "scratch", "closed/file"}, {".", "closed"}),
    ],
)
def test_a_folder_is_divided_around_what_is_excluded(
    folder: Path, excluded: list[str], read: set[str], listing: set[str] | None
) -> None:
    found = relative(folder, excluded)
    if excluded == ["open/inner/way"]:  # a link: its target is what is closed
        assert "open/inner/secret/file" not in found[0] and "open/inner/secret" not in found[0]
    assert found[0] == read
    assert listing is None or found[1] == listing


def test_a_link_to_an_excluded_folder_is_not_granted(folder: Path) -> None:
    """As `lib64 -> lib` in an environment: a rule on the link would open all of its target."""
    (folder / "lib64").symlink_to("open")
    read, listing = without(folder, [folder / "open" / "inner"])
    assert folder / "lib64" not in read + listing


def test_the_folder_and_the_excluded_path_may_be_named_by_links(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "link"
    other.symlink_to(folder)
    assert without(other, [other / "open" / "inner"]) == without(folder, [folder / "open" / "inner"])
    assert without(folder, [other / "open" / "inner"]) == without(folder, [folder / "open" / "inner"])
