"""Student code that leaves or reads traces: times of access, attributes of files, and how busy the machine is.

Two steps have nothing in common but what everybody may read; whatever there changes with what a step does carries a
message from an encoder to its decoder.
"""

# ruff: noqa: E501  (lines of students' files)

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from attacks.battery import CALLS, Arena, bare_attacker, fault_of, said
from sandbox.students import limits

from harness.sandbox import facts
from harness.sandbox.levels import Level

LONG_AGO = (
    10**18
)  # ns; a file that was changed after its last access gets a new time at the next one (mount(8), relatime)
READ_ALL = """
import mmap
for path in {paths!r}:
    with open(path, "rb") as file:
        file.read()
    os.pread(os.open(path, os.O_RDONLY), 1, 0)
    mmap.mmap(os.open(path, os.O_RDONLY), 1, prot=mmap.PROT_READ)[0]
    os.listdir(os.path.dirname(path))
"""


def untouched_files(number: int) -> list[Path]:
    """Return files beneath the libraries, and their folders, whose next access is noted where accesses are."""
    spec = find_spec("keras")
    assert spec is not None and spec.submodule_search_locations
    (library,) = spec.submodule_search_locations
    paths = sorted((Path(library) / "src" / "applications").glob("*.py"))[:number]
    try:
        for path in [*paths, paths[0].parent]:
            os.utime(path, ns=(LONG_AGO, path.stat().st_mtime_ns))
    except PermissionError:
        pytest.skip("the libraries belong to somebody else")
    return paths


def test_reading_libraries_leaves_no_time_of_access(bare_arena: Arena) -> None:
    """A file that was read or was not is a bit for whoever asks for its times, which no barrier refuses."""
    if bare_arena.level == Level.LANDLOCK:
        pytest.skip("documented: without mounts of its own a step leaves times of access")
    control, *paths = untouched_files(9)
    control.read_bytes()
    if control.stat().st_atime_ns == LONG_AGO:
        pytest.skip("this file system notes no accesses")
    untouched_files(9)
    outcome = bare_arena.run(bare_attacker(READ_ALL.format(paths=[str(path) for path in paths])))
    assert outcome.fault is None, outcome.fault
    assert {path.stat().st_atime_ns for path in [*paths, control.parent]} == {LONG_AGO}


BUSY = """
for name in ("loadavg", "uptime", "vmstat", "diskstats", "interrupts", "softirqs", "schedstat", "sched_debug", "timer_list",
             "zoneinfo", "buddyinfo", "pagetypeinfo", "slabinfo", "vmallocinfo", "locks", "pressure/cpu", "pressure/memory",
             "pressure/io", "net/dev", "net/sockstat", "sys/kernel/ns_last_pid", "sys/fs/inode-nr", "sys/fs/file-nr",
             "sys/kernel/random/entropy_avail", "self/stat", "self/status", "self/statm", "self/io", "self/schedstat", "self/sched"):
    attempt(name, lambda: open("/proc/" + name).read(2000))
for name in ("node/node0/meminfo", "node/node0/vmstat", "node/node0/numastat", "cpu/cpu0/cpuidle/state0/usage",
             "cpu/cpu0/cpufreq/scaling_cur_freq", "cpu/cpufreq/policy0/scaling_cur_freq"):
    attempt(name, lambda: open("/sys/devices/system/" + name).read(2000))
def machine():
    facts = (ctypes.c_long * 64)()
    return system_call({sysinfo}, facts) or facts[:]
attempt("sysinfo", machine)
for path in ("/", ".", os.__file__, "/dev/shm"):
    attempt("room at " + path, os.statvfs, path)
    attempt("room in " + path, lambda: os.fstatvfs(os.open(path, os.O_RDONLY)))
"""
TRUTHS = """
for name in ("stat", "meminfo"):
    try:
        say(name, "says", repr(open("/proc/" + name).read()))
    except PermissionError:
        say(name, "says nothing")
"""


def test_how_busy_the_machine_is_is_not_told(bare_arena: Arena) -> None:
    bare_arena.attack(BUSY.format(sysinfo=CALLS["sysinfo"]), at_least=40)


def test_what_must_be_told_of_the_machine_is_a_fixed_copy(bare_arena: Arena) -> None:
    """Or nothing, where there is no way to show another file in its place."""
    outcome = bare_arena.run(bare_attacker(TRUTHS))
    assert outcome.fault is None, outcome.fault
    lines = outcome.log.splitlines()
    copies = [f"{name} says {facts.text(name)!r}" for name in ("stat", "meminfo")]
    nothing = [f"{name} says nothing" for name in ("stat", "meminfo")]
    assert lines == (nothing if bare_arena.level == Level.LANDLOCK else copies)


SPEEDS = """
say("speeds", sorted({line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("cpu MHz")}))
import psutil
say("memory", psutil.virtual_memory().total > 10**8, psutil.cpu_count(), psutil.cpu_percent(0.01))
"""


def test_programs_that_ask_for_memory_and_cores_are_answered(bare_strong: Arena) -> None:
    """A notebook's cell that looks how much memory there is is no attack."""
    outcome = bare_strong.run(bare_attacker(SPEEDS))
    if bare_strong.level == Level.LANDLOCK:
        pytest.skip("nothing can be shown in place of what is hidden")
    assert outcome.fault is None, outcome.fault
    assert outcome.log.splitlines() in (
        [f"speeds {speeds}", f"memory True {os.cpu_count()} 0.0"] for speeds in ("['0.000']", "[]")
    )


ATTRIBUTES = """
path = {path!r}
attempt("get", os.getxattr, path, "user.note")
attempt("get of a link", os.getxattr, path, "user.note", follow_symlinks=False)
attempt("list", os.listxattr, path)
attempt("list of a link", os.listxattr, path, follow_symlinks=False)
attempt("set", os.setxattr, path, "user.note", b"mine")
attempt("remove", os.removexattr, path, "user.note")
library = os.open(os.__file__, os.O_RDONLY)
attempt("set by descriptor", os.setxattr, library, "user.note", b"mine")
attempt("get by descriptor", os.getxattr, library, "user.note")
for name, number in (("setxattrat", 463), ("getxattrat", 464), ("listxattrat", 465), ("removexattrat", 466), ("file_getattr", 468)):
    attempt(name, system_call, number, -100, path.encode(), 0, b"user.note", (ctypes.c_long * 4)(), 16)
say(*({{"EPERM", "ENOSYS"}} - {{errno.errorcode.get(number) for number in (1, 38)}}))
"""


def test_attributes_of_files_elsewhere_are_not_told(bare_arena: Arena, tmp_path: Path) -> None:
    """Landlock does not judge them: a note on a file that is closed was read by its path."""
    noted = tmp_path / "noted"
    noted.touch()
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    try:
        os.setxattr(noted, "user.note", b"secret")
    except OSError:
        pytest.skip("this file system has no attributes")
    outcome = bare_arena.attack(ATTRIBUTES.format(path=str(noted)), at_least=13)
    for name, words in said(outcome).refused.items():
        assert " 1 " in words or " 38 " in words, (name, words)
    assert os.getxattr(noted, "user.note") == b"secret"


# What a process calls itself stands in /proc/PID/stat and /proc/PID/status, among what is looked for there.
NAMES = {"brackets": b"x) R 1 (\n", "words": b"Threads:\t1"}
BOMB = """
libc.prctl(15, {name!r})
threading.stack_size(32 * 1024)
for thread in range({threads}):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
time.sleep(600)
"""


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_threads_are_counted_whatever_their_process_calls_itself(bare_weak: Arena, name: bytes) -> None:
    fault = fault_of(bare_weak.run(bare_attacker(BOMB.format(name=name, threads=700)), limits=limits(wall_s=20)))
    assert fault.limit == "threads"
    bare_weak.goes_on()


# The first thread ends: /proc/PID/statm, fd and maps are empty from then on, and the others go on.
WITHOUT_FIRST = """
def go_on():
    time.sleep(0.3)
    {deed}
    time.sleep(5)
    os._exit(0)
threading.Thread(target=go_on).start()
libc.syscall({exit}, 0)
"""
HIDDEN = {
    "memory": "kept = np.ones(60_000_000)",
    "disk": "kept = [open(f'f{n}', 'wb') for n in range(2)]; [(f.write(bytes(60_000_000)), f.flush(), os.unlink(f.name)) for f in kept]",
}


@pytest.mark.skipif(sys.platform != "linux", reason="threads end one by one")
@pytest.mark.parametrize("limit", HIDDEN)
def test_what_goes_on_without_its_first_thread_is_held_too(bare_weak: Arena, limit: str) -> None:
    source = bare_attacker(WITHOUT_FIRST.format(deed=HIDDEN[limit], exit=CALLS["exit"]))
    fault = fault_of(bare_weak.run(source, limits=limits(memory_mb=500, wall_s=30)))
    assert fault.limit == limit
    bare_weak.goes_on()
