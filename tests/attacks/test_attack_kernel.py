"""Student code that calls the kernel by number: every way to another view of the machine, or into its faulty corners.

Arguments are such that a call which got through would do no harm; the answer must be the filter's (EPERM, ENOSYS), not
one of the kernel's own about the arguments.
"""

# ruff: noqa: E501  (lines of students' files)

import pytest
from attacks.battery import CALLS, Arena, attacker, said

CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWPID = 0x10000000, 0x20000, 0x40000000, 0x20000000
TRIED: dict[str, tuple[object, ...]] = {
    "unshare": (CLONE_NEWUSER,),
    "setns": (-1, 0),
    "mount": (b"none", b"/proc/self", b"tmpfs", 0, 0),
    "umount2": (b"/proc/self/nowhere", 8),
    "pivot_root": (b"nowhere", b"nowhere"),
    "chroot": (b".",),
    "open_tree": (-100, b".", 1),
    "move_mount": (-1, b"", -1, b"", 0),
    "fsopen": (b"tmpfs", 0),
    "fsmount": (-1, 0, 0),
    "fsconfig": (-1, 0, 0, 0, 0),
    "mount_setattr": (-1, b"", 0, 0, 0),
    "bpf": (0, 0, 0),
    "perf_event_open": (0, 0, -1, -1, 0),
    "userfaultfd": (1,),
    "io_uring_setup": (1, 0),
    "io_uring_enter": (-1, 0, 0, 0, 0, 0),
    "io_uring_register": (-1, 0, 0, 0),
    "keyctl": (0, -3, 0),
    "request_key": (b"user", b"name", 0, 0),
    "kexec_load": (0, 0, 0, 0),
    "finit_module": (-1, b"", 0),
    "delete_module": (b"no_such_module", 0),
    "reboot": (0, 0, 0, 0),
    "swapon": (b"nowhere", 0),
    "acct": (b"nowhere",),
    "quotactl": (0, 0, 0, 0),
    "fanotify_init": (0, 0),
    "name_to_handle_at": (-100, b".", 0, 0, 0),
    "open_by_handle_at": (-1, 0, 0),
    "landlock_create_ruleset": (0, 0, 1),
    "seccomp": (2, 0, 0),
    "clock_settime": (0, 0),
    "adjtimex": (0,),
    "sethostname": (b"x", 1),
    "iopl": (3,),
    "ioperm": (0, 1, 1),
    "modify_ldt": (0, 0, 0),
    "vhangup": (),
    "migrate_pages": (0, 0, 0, 0),
    "memfd_secret": (0,),
    "openat2": (-100, b".", 0, 0),
    "clone3": (0, 0),
    "execveat": (-1, b"", 0, 0, 0x1000),
    "pidfd_getfd": (-1, 0, 0),
    "process_vm_writev": (1, 0, 0, 0, 0, 0),
    "sched_setattr": (0, 0, 0),
    "lookup_dcookie": (0, 0, 0),
}
# Numbers of later kernels or of none; 335 and 336 belong to probes, which kernels answer before any filter is asked.
UNKNOWN = (400, 423, 449, 450, 451, 453, 454, 455, 456, 457, 461, 462, 470, 500, 512, 547, 1000, 0x40000000 + 57)


def test_every_call_is_answered_by_the_filter(arena: Arena) -> None:
    tried = [
        f"attempt({name!r}, system_call, {CALLS[name]}, *{args!r})" for name, args in TRIED.items() if name in CALLS
    ]
    tried += [f"attempt('number {number}', system_call, {number}, 0, 0, 0, 0, 0, 0)" for number in UNKNOWN]
    outcome = arena.attack("\n".join(tried), at_least=len(tried))
    answers = {
        name: words for name, words in said(outcome).refused.items() if " 1 " not in words and " 38 " not in words
    }
    assert not answers, "EPERM or ENOSYS"


DEVICES = """
for path in ("/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop-control",
             "/dev/userfaultfd", "/dev/vhost-net", "/dev/ptmx", "/dev/pts/ptmx", "/dev/tty", "/dev/console", "/dev/full",
             "/dev/cpu/0/msr", "/dev/hwrng", "/dev/rtc0", "/dev/vda", "/dev/sda", "/proc/kcore", "/proc/kallsyms",
             "/proc/keys", "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/sys/kernel/debug",
             "/sys/fs/cgroup/cgroup.procs", "/sys/power/state", "/proc/kmsg", "/proc/config.gz",
             "/proc/1/root/etc/passwd", "/proc/interrupts", "/proc/schedstat", "/proc/self/../1/environ"):
    attempt(f"open {path}", lambda: open(path, "rb").read(1))
for path in ("/sys/devices/system/cpu/cpu1/online", "/proc/cpuinfo", "/proc/meminfo", "/proc/self/status"):
    attempt(f"write {path}", lambda: open(path, "r+b"))
"""


def test_devices_and_the_kernels_files_are_closed(arena: Arena) -> None:
    arena.attack(DEVICES, at_least=37)


HARMLESS = """
import mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(page)), 0, 4096)
view = np.memmap(os.__file__, mode="c")
view[:10] = 0
sys.modules["os"].environ.clear()
ctypes.pythonapi.PyErr_CheckSignals()
"""


def test_what_a_process_does_to_its_own_memory_stays_there(arena: Arena) -> None:
    """Private changes to the pages of a library file are seen by nobody else."""
    assert arena.run(attacker(HARMLESS)).fault is None
    arena.goes_on()


@pytest.mark.parametrize("answer", ["EPERM", "ENOSYS"])
def test_the_filter_holds_for_threads_too(strong: Arena, answer: str) -> None:
    call = "os.fork" if answer == "EPERM" else f"lambda: system_call({CALLS.get('clone3', 999_999)}, 0, 0)"
    deeds = f"thread = threading.Thread(target=attempt, args=('thread', {call}))\nthread.start()\nthread.join()"
    outcome = strong.attack(deeds)
    assert (" 1 " if answer == "EPERM" else " 38 ") in said(outcome).refused["thread"]
