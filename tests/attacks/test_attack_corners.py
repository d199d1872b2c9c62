"""Student code in corners of the kernel that nobody thinks of: clocks of others, nodes of memory, crashes, watches."""

# ruff: noqa: E501  (lines of students' files)

import os

import pytest
from attacks.battery import CALLS, Arena, bare_attacker, fault_of

from harness.sandbox import limits, watch

# The CPU time of any process on the machine, to the nanosecond, at levels that share its process table.
CLOCKS = """
def of_process(pid, kind=2):
    seconds = (ctypes.c_long * 2)()
    return system_call({clock_gettime}, ctypes.c_long(~pid << 3 | kind), seconds) or seconds[:]
for name, pid in (("first", 1), ("parent", os.getppid()), ("harness", {harness})):
    attempt("CPU time of " + name, of_process, pid)
    attempt("all time of " + name, of_process, pid, 0)
attempt("clock of a descriptor", of_process, 0, 3)
assert time.thread_time() > 0 and time.process_time() > 0 and time.clock_gettime(time.CLOCK_BOOTTIME) > 0
assert time.clock_gettime(time.pthread_getcpuclockid(threading.get_ident())) > 0
"""


def test_nobody_learns_how_long_another_process_has_computed(bare_arena: Arena) -> None:
    bare_arena.attack(CLOCKS.format(clock_gettime=CALLS["clock_gettime"], harness=os.getpid()), at_least=7)


# Which node of memory holds a page of a library: whoever touched it first decides it, and it stays there.
PLACES = """
import mmap
page = mmap.mmap(os.open(os.__file__, os.O_RDONLY), 0, prot=mmap.PROT_READ)
node = ctypes.c_int()
attempt("where a page is", system_call, {get_mempolicy}, ctypes.byref(node), 0, 0, 0, 3)
attempt("where pages go", system_call, {set_mempolicy}, 0, 0, 0)
attempt("where a mapping goes", system_call, {mbind}, 0, 0, 0, 0, 0, 0)
private = mmap.mmap(-1, 4096)
attempt("pages in common with others", private.madvise, 12)
attempt("pages of a library put together", private.madvise, 25)
attempt("merging of all memory", lambda: libc.prctl(67, 1, 0, 0, 0) and 1 / 0)
"""


def test_where_memory_lies_is_not_chosen_nor_told(bare_arena: Arena) -> None:
    bare_arena.attack(PLACES.format(**{n: CALLS[n] for n in ("get_mempolicy", "set_mempolicy", "mbind")}), at_least=6)


WATCHES = """
def answered(name, *arguments):
    number = getattr(libc, name)(*arguments)
    if number < 0:
        raise OSError(ctypes.get_errno(), name)
    return number
attempt("inotify", answered, "inotify_init1", 0)
attempt("timer", answered, "timer_create", 1, 0, ctypes.byref(ctypes.c_void_p()))
attempt("timer descriptor", answered, "timerfd_create", 1, 0)
attempt("signal descriptor", answered, "signalfd", -1, ctypes.byref((ctypes.c_long * 16)()), 0)
attempt("memory locked", answered, "mlock", ctypes.create_string_buffer(4096), 4096)
for name, number in (("cachestat", 451), ("futex_wake", 454), ("futex_waitv", 449), ("map_shadow_stack", 453), ("statmount", 457), ("listmount", 458),
                     ("lsm_get_self_attr", 459), ("listns", 470), ("mseal", 462), ("process_mrelease", {mrelease}), ("pidfd_open", {pidfd_open})):
    attempt(name, system_call, number, 0, 0, 0, 0, 0, 0)
import fcntl
library = os.open(os.__file__, os.O_RDONLY)
for name, command in (("notice of changes", 1026), ("lease", 1024), ("hint of how long it lives", 1036), ("seals", 1033), ("signals", 8), ("locks", 37)):
    attempt(name, fcntl.fcntl, library, command, 0)
"""


def test_nothing_can_be_watched_and_nothing_new_be_called(bare_arena: Arena) -> None:
    bare_arena.attack(WATCHES.format(mrelease=CALLS["process_mrelease"], pidfd_open=CALLS["pidfd_open"]), at_least=22)


def test_a_crash_hands_its_memory_to_nobody(bare_weak: Arena) -> None:
    """Machines have a program for crashes that keeps all memory; only a limit of one byte says no to it (core(5))."""
    outcome = bare_weak.run(
        bare_attacker("import resource\nsay('core', resource.getrlimit(resource.RLIMIT_CORE))\nos.abort()")
    )
    assert fault_of(outcome).kind == "crash"
    assert "core (1, 1)" in outcome.log
    bare_weak.goes_on()


def test_threads_have_an_end_that_the_kernel_knows(bare_arena: Arena) -> None:
    """A thread takes microseconds to start, the parent looks every few hundredths of a second."""
    outcome = bare_arena.run(bare_attacker("import resource\nsay('most', *resource.getrlimit(resource.RLIMIT_NPROC))"))
    soft, hard = map(int, outcome.log.split()[1:])
    assert watch.MAX_THREADS < soft == hard < limits.threads_of_machine() + 2 * limits.MORE_THREADS


# A thread with open files of its own shows nothing in /proc/PID/fd, and has as many again as its process may have.
APART = """
STACK = ctypes.create_string_buffer(1 << 16)
for name, flags in (("of its own files", 0x10B00), ("of its own folder", 0x10D00)):
    attempt(name, system_call, {clone}, flags, 0, 0, 0, 0)
"""


def test_every_thread_shares_its_files_with_its_process(bare_arena: Arena) -> None:
    bare_arena.attack(APART.format(clone=CALLS["clone"]), at_least=2)


HOSTS = """
for name in ("", "/task", "/fd", "/cmdline"):
    attempt("harness" + name, os.stat, "/proc/{harness}" + name)
for name, ask in (("group", os.getpgid), ("session", os.getsid), ("cores", os.sched_getaffinity), ("scheduler", os.sched_getscheduler)):
    attempt(name, ask, {harness})
"""


def test_with_a_process_table_of_its_own_a_step_asks_about_no_other_process(bare_arena: Arena) -> None:
    """How many threads another step has is a message to whoever may count them."""
    if not bare_arena.level.own_processes:
        pytest.skip("documented: at landlock the process table is the machine's")
    bare_arena.attack(HOSTS.format(harness=os.getpid()), at_least=8)
