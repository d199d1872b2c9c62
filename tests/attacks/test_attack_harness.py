"""Student code that looks for the process that grades it, or for any other, to read, stop, slow or change it."""

# ruff: noqa: E501  (lines of students' files)

import ctypes
import json
import os
import platform
import signal

import pytest
from attacks.battery import CALLS, SECRET, Arena, attacker, fault_of, nothing_changes

READ = """
pids = sorted({{1, 2, os.getppid(), {harness}, {server}, os.getsid(0), *range(1, 400), *{others!r}}} - {{os.getpid(), 0}})
for pid in pids:
    for name in ("environ", "mem", "maps", "cmdline", "status", "fd", "cwd/.", "root/etc/passwd", "task", "auxv", "stat"):
        try:
            path = f"/proc/{{pid}}/{{name}}"
            got = os.listdir(path) if name in ("fd", "task") else open(path, "rb").read(100)
        except OSError:
            continue
        say(f"{{path}} | done | {{got!r}}")
say("looked | refused | at", len(pids))
buffer = ctypes.create_string_buffer(64)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
for pid in (1, os.getppid(), {harness}, {server}):
    mine, theirs = Vector(ctypes.addressof(buffer), 64), Vector({address}, 64)
    attempt(f"read memory of {{pid}}", system_call, {process_vm_readv}, pid,
            ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
    attempt(f"attach to {{pid}}", system_call, {ptrace}, 16, pid, 0, 0)
    attempt(f"seize {{pid}}", system_call, {ptrace}, 0x4206, pid, 0, 0)
    attempt(f"open {{pid}}", os.pidfd_open, pid)
    attempt(f"compare {{pid}}", system_call, {kcmp}, pid, os.getpid(), 0, 0, 0)
attempt("be traced", system_call, {ptrace}, 0, 0, 0, 0)
"""


def numbers(*names: str) -> dict[str, int]:
    return {name: CALLS.get(name, 999_999) for name in names}


def test_no_other_process_can_be_read(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_GRADER", SECRET)
    secret = ctypes.create_string_buffer(SECRET.encode())
    calls = numbers("process_vm_readv", "ptrace", "kcmp")
    others = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    deeds = READ.format(
        harness=os.getpid(), server=server_of(arena), address=ctypes.addressof(secret), others=others, **calls
    )
    arena.attack(deeds, at_least=12)


def server_of(arena: Arena) -> int:
    (server, *_) = arena.launcher._idle
    assert server.pid is not None
    return server.pid


HURT = """
import resource, signal
pids = sorted({{1, os.getppid(), {harness}, {server}, *range(1, 401)}} - {{os.getpid(), 0}})
def any_of(deed, *arguments):
    reached = []
    for pid in pids:
        try:
            deed(pid, *arguments)
            reached.append(pid)
        except OSError:
            pass
    if not reached:
        raise OSError(1, f"none of {{len(pids)}} processes")
    return reached
attempt("signal", any_of, os.kill, signal.SIGWINCH)
attempt("is there", any_of, os.kill, 0)
attempt("signal everybody", os.kill, -1, 0)
attempt("signal the group", os.killpg, {group}, signal.SIGWINCH)
attempt("signal a thread", any_of, lambda pid: system_call({tkill}, pid, 28))
attempt("signal a thread of", any_of, lambda pid: system_call({tgkill}, pid, pid, 28))
attempt("queue a signal", any_of, lambda pid: system_call({rt_sigqueueinfo}, pid, 28, 0))
attempt("signal by descriptor", any_of, lambda pid: signal.pidfd_send_signal(os.pidfd_open(pid), 28))
attempt("priority", any_of, lambda pid: os.setpriority(os.PRIO_PROCESS, pid, 19))
attempt("own priority", os.setpriority, os.PRIO_PROCESS, 0, -5)
attempt("nice", os.nice, 5)
attempt("priority of the user", os.setpriority, os.PRIO_USER, os.getuid(), 19)
attempt("cores", any_of, os.sched_setaffinity, {{0}})
attempt("own cores", os.sched_setaffinity, 0, range(64))
attempt("scheduler", any_of, lambda pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)))
attempt("own scheduler", os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1))
attempt("limits", any_of, lambda pid: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)))
attempt("limits read", any_of, lambda pid: resource.prlimit(pid, resource.RLIMIT_NOFILE))
attempt("own limits", resource.setrlimit, resource.RLIMIT_CPU, (10_000, 10_000))
attempt("own memory", resource.setrlimit, resource.RLIMIT_DATA, (-1, -1))
attempt("disk priority", any_of, lambda pid: system_call({ioprio_set}, 1, pid, 3 << 13))
attempt("group", any_of, os.setpgid, 0)
attempt("session", os.setsid)
attempt("move memory", any_of, lambda pid: system_call({move_pages}, pid, 0, 0, 0, 0, 0))
attempt("swap out", any_of, lambda pid: system_call({process_madvise}, os.pidfd_open(pid), 0, 0, 0, 0))
attempt("out of memory score", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
attempt("their score", any_of, lambda pid: open(f"/proc/{{pid}}/oom_score_adj", "w").write("1000"))
attempt("freeze", lambda: open("/sys/fs/cgroup/cgroup.procs", "w").write("0"))
import fcntl
reading, writing = os.pipe()
attempt("signals by a pipe", any_of, lambda pid: fcntl.fcntl(reading, fcntl.F_SETOWN, pid))
attempt("wait", os.waitpid, -1, 0)
"""


def test_no_other_process_can_be_hurt(arena: Arena) -> None:
    signals: list[int] = []
    before = signal.signal(signal.SIGWINCH, lambda number, frame: signals.append(number))
    try:
        calls = numbers("tkill", "tgkill", "rt_sigqueueinfo", "ioprio_set", "move_pages", "process_madvise")
        deeds = HURT.format(harness=os.getpid(), server=server_of(arena), group=os.getpgid(0), **calls)
        arena.attack(deeds, at_least=30)
    finally:
        signal.signal(signal.SIGWINCH, before)
    assert signals == []


ROOT = """
import json
say("ids", os.getresuid(), os.getresgid(), os.getgroups())
header, held = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
libc.capget(header, held)
say("facts", json.dumps({"held": list(held), "no_new": libc.prctl(39, 0, 0, 0, 0), "filters": libc.prctl(21, 0, 0, 0, 0)}))
attempt("user", os.setuid, 0)
attempt("users", os.setresuid, 0, 0, 0)
attempt("group", os.setgid, 0)
attempt("groups", os.setgroups, [0])
"""
CAP_DAC_READ_SEARCH = 1 << 2


def test_student_code_is_nobody_with_no_way_back(arena: Arena) -> None:
    """Where the interpreter lies in a folder that only root may enter, one capability stays below the strongest level:
    to enter folders. Landlock says which."""
    outcome = arena.attack(ROOT, at_least=4)
    facts = json.loads(next(line for line in outcome.log.splitlines() if line.startswith("facts"))[6:])
    if os.geteuid() == 0:
        assert "ids (65534, 65534, 65534) (65534, 65534, 65534) []" in outcome.log
        kept = CAP_DAC_READ_SEARCH if arena.launcher.walls.reading else 0
        assert facts["held"] == [kept, kept, 0, 0, 0, 0]
    else:
        assert "ids (0, 0, 0)" not in outcome.log
    assert facts["no_new"] == 1 and facts["filters"] == 2


SELF = """
attempt("core dumps on", system_call, {prctl}, 4, 1, 0, 0, 0)
attempt("outlive the parent", system_call, {prctl}, 1, 0, 0, 0, 0)
attempt("adopt orphans", system_call, {prctl}, 36, 1, 0, 0, 0)
attempt("let others trace", system_call, {prctl}, 0x59616d61, -1, 0, 0, 0)
attempt("another filter", system_call, {prctl}, 22, 2, 0, 0, 0)
attempt("filter", system_call, {seccomp}, 1, 0, 0)
attempt("keep capabilities", system_call, {prctl}, 8, 1, 0, 0, 0)
attempt("capabilities", system_call, {capset}, 0, 0)
attempt("personality", system_call, {personality}, 0x0040000)
attempt("own memory by file", lambda: open("/proc/self/mem", "r+b"))
attempt("forget references", lambda: open("/proc/self/clear_refs", "w").write("1"))
attempt("user map", lambda: open("/proc/self/uid_map", "w").write("0 0 1"))
attempt("name of a thread by file", lambda: open("/proc/self/comm", "w").write("systemd"))
attempt("exec domain", lambda: open("/proc/self/attr/current", "w").write("unconfined"))
attempt("hostname", lambda: open("/proc/sys/kernel/hostname", "w").write("x"))
attempt("trigger", lambda: open("/proc/sysrq-trigger", "w"))
attempt("memory of the machine", lambda: open("/dev/mem", "rb"))
attempt("kernel log", lambda: open("/dev/kmsg", "rb"))
attempt("kernel log by call", system_call, {syslog}, 3, 0, 0)
attempt("terminal", lambda: open("/dev/tty", "r+"))
attempt("terminals", os.openpty)
import fcntl, termios
for fd in (0, 1, 2):
    attempt(f"type into {{fd}}", fcntl.ioctl, fd, termios.TIOCSTI, b"x")
    attempt(f"control {{fd}}", fcntl.ioctl, fd, termios.TIOCSCTTY, 0)
attempt("disk", lambda: open("/dev/vda", "rb"))
"""


def test_its_own_barriers_and_the_kernels_files_are_out_of_reach(arena: Arena) -> None:
    calls = numbers("prctl", "seccomp", "capset", "personality", "syslog")
    with nothing_changes():
        arena.attack(SELF.format(**calls), at_least=27)


INHERITED = """
import stat
for name in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        status = os.fstat(int(name))
    except OSError:
        continue
    kind = stat.filemode(status.st_mode)[0]
    say("fd", name, kind)
    if kind in "d":
        say(f"folder {name} | done | {os.readlink('/proc/self/fd/' + name)}")
    if kind in "sb" or (kind == "c" and os.readlink("/proc/self/fd/" + name) != "/dev/null"):
        say(f"descriptor {name} | done | {os.readlink('/proc/self/fd/' + name)}")
    if kind == "-":
        attempt(f"write {name}", os.write, int(name), b"x")
        attempt(f"reopen {name}", lambda: open(f"/proc/self/fd/{name}", "r+b"))
"""


def test_no_descriptor_leads_out(arena: Arena) -> None:
    """A folder left open would be a way around the file system of its own, a socket one to the fork server."""
    outcome = arena.attack(INHERITED, at_least=0)
    kinds = [line.split()[2] for line in outcome.log.splitlines() if line.startswith("fd ")]
    assert kinds.count("p") == 3, "output twice, and the result"
    assert set(kinds) <= {"c", "p", "-", "d"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86_64")
def test_calls_of_another_architecture_end_the_process(strong: Arena) -> None:
    """The numbers of 32-bit calls are others, so that a filter that forgot them would let fork through."""
    deeds = """
    import mmap
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20 (getpid); int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    say("answer", ctypes.CFUNCTYPE(ctypes.c_int)(address)())
    """
    outcome = strong.run(attacker(deeds))
    fault = fault_of(outcome)
    assert fault.kind == "crash" and f"signal {int(signal.SIGSYS)}" in fault.message
    assert "answer" not in outcome.log
    strong.goes_on()
