"""The system calls that student code may make: a seccomp filter that allows a list and refuses all else.

The kernel runs the filter, a classic BPF program, before every system call of this process, for good. What a training
process needs is allowed; well-known ways out answer EPERM, so that Python says "Operation not permitted"; everything
else answers ENOSYS, as an older kernel would, which libraries know how to live with (glibc starts threads by clone
where clone3 is missing, and only the flags of clone are within a filter's sight).

Sources: seccomp(2); Documentation/userspace-api/seccomp_filter.rst; linux/filter.h for the instructions.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable
from typing import NamedTuple

from harness.sandbox.syscalls import AUDIT_ARCH, NUMBERS, X32_BIT, call, forbid_new_privileges

# Allowed whatever the arguments, by why a training process needs them and may have them.
ALLOWED = {
    "open files reach no further than what opened them":
        "read write readv writev pread64 pwrite64 preadv pwritev lseek close close_range "
        "fstat ftruncate fallocate sendfile copy_file_range fsync fdatasync "
        "dup dup2 dup3 pipe pipe2 eventfd eventfd2",
    "names and folders, which Landlock guards (but for stat)":
        "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents64 getcwd chdir "
        "fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat umask",
    "waiting for open files, and what asyncio asks of its own pair of sockets":
        "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 "
        "shutdown getsockname getpeername getsockopt",
    "its own memory and threads":
        "mmap munmap mprotect mremap brk msync futex set_robust_list rseq "
        "membarrier sched_yield exit exit_group wait4 waitid",
    "its own signals and timers":
        "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause alarm "
        "setitimer getitimer nanosleep restart_syscall",
    "questions":
        "gettid getpid getppid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid getgroups "
        "capget gettimeofday time times uname getrlimit getcpu getrandom "
        "getpriority sched_getaffinity sched_getscheduler sched_getparam sched_getattr sched_get_priority_max "
        "sched_get_priority_min sched_rr_get_interval",
}  # fmt: skip

# Refused with EPERM, by what they would be good for. What is on neither list answers ENOSYS: clone3, memfd_create, and
# what newer kernels have besides: cachestat, fchmodat2, getxattrat and its family, file_setattr, ...
REFUSED = {
    "other processes: to begin, to trace, to signal, to outlive":
        "fork vfork execve execveat setsid setpgid ptrace process_vm_readv process_vm_writev process_madvise "
        "process_mrelease kcmp tkill rt_sigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd",
    "the network, other programs' sockets, descriptors in flight":
        "socket connect bind listen accept accept4 sendmsg recvmsg sendmmsg recvmmsg setsockopt",
    "files beyond what Landlock judges: owners, modes, times, links, devices, handles, truncation before ABI 3":
        "chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat link linkat "
        "symlink symlinkat mknod mknodat truncate open_by_handle_at name_to_handle_at fanotify_init fanotify_mark",
    "extended attributes, which Landlock does not judge: those of any file can be asked for by its path":
        "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr "
        "lremovexattr fremovexattr",
    "talking to another step through what both may read: locks, and which of its pages are in memory, and where":
        "flock preadv2 pwritev2 fadvise64 readahead mincore getrusage mbind get_mempolicy set_mempolicy",
    "how much of the machine others use: free memory and blocks, threads, load":
        "sysinfo statfs fstatfs",
    "another view of the machine, or other barriers":
        "mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount fspick "
        "mount_setattr seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self",
    "the parts of the kernel where its faults were found":
        "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register io_setup io_submit io_destroy "
        "io_getevents io_cancel add_key request_key keyctl modify_ldt lookup_dcookie nfsservctl",
    "memory that outlives the process or that no limit counts":
        "shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink",
    "more than its share of the machine":
        "sched_setaffinity sched_setscheduler sched_setparam sched_setattr setpriority ioprio_set setrlimit "
        "migrate_pages move_pages",
    "what only root could do, should it be root":
        "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset personality acct "
        "swapon swapoff reboot kexec_load kexec_file_load init_module finit_module delete_module quotactl quotactl_fd "
        "sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex syslog vhangup iopl ioperm",
}  # fmt: skip

# The flags of pthread_create in glibc and musl. CLONE_ VM FS FILES SIGHAND THREAD must be there: without them begin
# processes, or threads with open files of their own, which nobody sees who looks at the process. CLONE_ SYSVSEM SETTLS
# PARENT_SETTID CHILD_CLEARTID CHILD_SETTID DETACHED may be; all else is for processes or namespaces.
THREAD_FLAGS = 0x10F00
THREAD_EXTRAS = 0x13C0000 | 0x400000

# PR_ GET_DUMPABLE SET_NAME GET_NAME GET_SECCOMP CAPBSET_READ GET_TIMERSLACK GET_NO_NEW_PRIVS GET_THP_DISABLE SVE_GET_VL
# GET_TAGGED_ADDR_CTRL SME_GET_VL SET_VMA: names for threads and memory, and questions. aarch64 asks for vector lengths.
PRCTL = (3, 15, 16, 21, 23, 30, 39, 42, 51, 56, 64, 0x53564D41)

# ARCH_ GET_XCOMP_SUPP GET_XCOMP_PERM REQ_XCOMP_PERM: oneDNN asks for the matrix registers (AMX) at its first operation.
ARCH_PRCTL = (0x1021, 0x1022, 0x1023)

# F_ DUPFD GETFD SETFD GETFL SETFL GETOWN DUPFD_CLOEXEC GETPIPE_SZ GET_SEALS. Not here: locks (see above), F_SETOWN,
# F_SETOWN_EX, F_SETSIG (signals to others), F_SETLEASE (holds up other programs' opens), F_SETPIPE_SZ (memory that no
# limit counts).
FCNTL = (0, 1, 2, 3, 4, 9, 1030, 1032, 1034)

# TCGETS TCGETS2 TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX FICLONE: is it a terminal, how wide, how much to read.
IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x40049409)

# With a GPU its driver's own calls are allowed, but for the families of terminals (TIOCSTI, FIOASYNC), sockets
# (FIOSETOWN, SIOCSPGRP, interface settings) and file systems (attributes, freezing).
IOCTL_FAMILIES_REFUSED = (0x5400, 0x8900, 0x6600, 0x5800, 0x9400)

MADV_COLD, MADV_PAGEOUT = 20, 21  # they put pages of a library out of memory, which the next step could notice
MADV_MERGEABLE, MADV_COLLAPSE = 12, 25  # they put pages together with those of others, or a library's with one another
MADV_HWPOISON, MADV_SOFT_OFFLINE = 100, 101  # as root they take memory pages away from the whole machine
MADV_REFUSED = (MADV_COLD, MADV_PAGEOUT, MADV_MERGEABLE, MADV_COLLAPSE, MADV_HWPOISON, MADV_SOFT_OFFLINE)

# A clock below zero counts the CPU time of the process whose number is in it, for whoever asks; bit 2 makes it that of
# a thread, for which the kernel answers its own process only. Source: linux/posix-timers_types.h.
CLOCK_OF_ANY, CLOCK_OF_THREAD = 0x8000_0000, 0b100
O_ACCMODE, O_CREAT, O_TRUNC, O_TMPFILE = 0o3, 0o100, 0o1000, 0o20000000
SET_ID_BITS = 0o6000
AF_UNIX, SOCK_STREAM, SOCK_NONBLOCK, SOCK_CLOEXEC, MSG_OOB = 1, 1, 0x800, 0x80000, 1
WORD = 0xFFFFFFFF

LOAD, AND, JUMP, IF_EQUAL, IF_AT_LEAST, IF_ANY_BIT, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x45, 0x06
SECCOMP_SET_MODE_FILTER, SECCOMP_GET_ACTION_AVAIL, FILTER_FLAG_TSYNC = 1, 2, 1


class Instruction(NamedTuple):
    """One BPF instruction: `yes` and `no` say how many instructions a test skips. See struct sock_filter."""

    code: int
    value: int
    yes: int = 0
    no: int = 0


ALLOW = Instruction(RETURN, 0x7FFF0000)
KILL = Instruction(RETURN, 0x80000000)
EPERM = Instruction(RETURN, 0x00050000 | errno.EPERM)
ENOSYS = Instruction(RETURN, 0x00050000 | errno.ENOSYS)

Code = list[Instruction]


def supported() -> bool:
    """Return whether this kernel can load a filter for this machine (Linux 4.14 or newer, x86_64 or aarch64)."""
    action = ctypes.c_uint32(KILL.value)
    try:
        return call("seccomp", SECCOMP_GET_ACTION_AVAIL, 0, ctypes.addressof(action)) == 0
    except OSError:
        return False


def install(pid: int | None = None, *, gpu: bool = False) -> None:
    """Load the filter for all threads of this process, for good. Call `landlock.restrict` before, not after.

    `pid` is this process as its own pid namespace numbers it. Raises OSError where the kernel does not take the filter.
    """
    code = program(platform.machine(), os.getpid() if pid is None else pid, gpu=gpu)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
    try:
        forbid_new_privileges()
        thread = call("seccomp", SECCOMP_SET_MODE_FILTER, FILTER_FLAG_TSYNC, ctypes.addressof(header))
    except OSError as error:
        message = f"Expected the kernel to take a seccomp filter, received: {error.strerror}; see `supported()`."
        raise OSError(error.errno, message) from error
    if thread:
        message = f"Expected the seccomp filter to hold for every thread, but thread {thread} has one of its own."
        raise OSError(errno.EPERM, message)


def program(machine: str, pid: int, *, gpu: bool = False) -> bytes:
    """Return the filter as an array of struct sock_filter for a machine named as by `platform.machine()`.

    `pid` is the one process that signals may be sent to. Raises OSError for a machine whose numbers are not known.
    """
    if machine not in NUMBERS:
        message = f"Expected a machine of {', '.join(NUMBERS)} for the seccomp filter, received {machine}."
        raise OSError(errno.ENOSYS, message)
    if pid < 1:
        raise ValueError(f"Expected a process id from 1 for the seccomp filter, received {pid}.")
    numbers = NUMBERS[machine]
    code = [Instruction(LOAD, 4), Instruction(IF_EQUAL, AUDIT_ARCH[machine], yes=1), KILL, Instruction(LOAD, 0)]
    if machine == "x86_64":
        code += [Instruction(IF_AT_LEAST, X32_BIT, no=1), ENOSYS]
    for name, checks in checked(pid, gpu).items():
        if name in numbers:
            code += [Instruction(IF_EQUAL, numbers[name], no=len(checks)), *checks]
    for lists, answer in ((ALLOWED, ALLOW), (REFUSED, EPERM)):
        names = " ".join(lists.values()).split()
        code += any_of([numbers[name] for name in names if name in numbers], answer)
    code.append(ENOSYS)
    return b"".join(struct.pack("<HBBI", i.code, i.yes, i.no, i.value) for i in code)


def checked(pid: int, gpu: bool) -> dict[str, Code]:
    """Return the calls whose arguments decide, the often used ones first; each piece of code ends in an answer."""
    own_process = [*expect(0, pid), ALLOW]
    return {
        "madvise": [*(step for advice in MADV_REFUSED for step in forbid(2, advice)), ALLOW],
        **dict.fromkeys(("clock_gettime", "clock_getres", "clock_nanosleep"), own_clock()),
        "openat": opening(flags=2),
        "open": opening(flags=1),
        "ioctl": gpu_ioctl() if gpu else one_of(1, IOCTL),
        "fcntl": one_of(1, FCNTL),
        "prctl": one_of(0, PRCTL),
        "arch_prctl": one_of(0, ARCH_PRCTL),
        "clone": [*expect(0, THREAD_FLAGS, WORD ^ THREAD_EXTRAS), ALLOW],
        "kill": own_process,
        "tgkill": own_process,
        "rt_tgsigqueueinfo": own_process,
        "creat": [*expect(1, 0, SET_ID_BITS), ALLOW],
        "prlimit64": [*expect(0, 0), *null(2), ALLOW],  # reading its own limits; as root it could raise them
        "socketpair": [*expect(0, AF_UNIX), *expect(1, SOCK_STREAM, WORD ^ SOCK_NONBLOCK ^ SOCK_CLOEXEC), ALLOW],
        "sendto": [*null(4), *expect(3, 0, MSG_OOB), ALLOW],  # to its own pair, not to an address
        "recvfrom": [*expect(3, 0, MSG_OOB), ALLOW],
    }


def opening(flags: int) -> Code:
    """Return the checks of an open call whose flags are argument number `flags`, followed by the mode.

    O_TRUNC needs write access here: Landlock before ABI 3 lets a reader truncate, and access mode 3 pass. No file is
    born with a set-user-id bit; the mode counts only where a file may be created.
    """
    mode = expect(flags + 1, 0, SET_ID_BITS)
    return [
        *forbid(flags, O_ACCMODE, O_ACCMODE),
        *forbid(flags, O_TRUNC, O_ACCMODE | O_TRUNC),
        low(flags),
        Instruction(IF_ANY_BIT, O_CREAT | O_TMPFILE, no=len(mode)),
        *mode,
        ALLOW,
    ]


def own_clock() -> Code:
    of_any = [Instruction(IF_ANY_BIT, CLOCK_OF_THREAD, yes=1), EPERM]
    return [low(0), Instruction(IF_ANY_BIT, CLOCK_OF_ANY, no=len(of_any)), *of_any, ALLOW]


def gpu_ioctl() -> Code:
    known = [low(1), *any_of(IOCTL, ALLOW)]
    return [*known, Instruction(AND, 0xFF00), *any_of(IOCTL_FAMILIES_REFUSED, EPERM), ALLOW]


def one_of(argument: int, values: Iterable[int]) -> Code:
    return [low(argument), *any_of(list(values), ALLOW), EPERM]


def expect(argument: int, value: int, mask: int = WORD) -> Code:
    """Refuse unless the low word of an argument, under a mask, is `value`; else go on.

    Enough for arguments that the kernel itself takes as 32 bits (int, unsigned int, clone's flags).
    """
    return [low(argument), Instruction(AND, mask), Instruction(IF_EQUAL, value, yes=1), EPERM]


def forbid(argument: int, value: int, mask: int = WORD) -> Code:
    """Refuse if the low word of an argument, under a mask, is `value`; else go on."""
    return [low(argument), Instruction(AND, mask), Instruction(IF_EQUAL, value, no=1), EPERM]


def null(argument: int) -> Code:
    """Refuse unless a pointer is null in both its words; else go on."""
    words = low(argument), Instruction(LOAD, low(argument).value + 4)
    return [step for word in words for step in (word, Instruction(IF_EQUAL, 0, yes=1), EPERM)]


def low(argument: int) -> Instruction:
    """Load the low 32 bits of an argument (0 to 5) from struct seccomp_data; both machines are little endian."""
    return Instruction(LOAD, 16 + 8 * argument)


def any_of(values: Iterable[int], answer: Instruction) -> Code:
    """Give `answer` if what was loaded is one of `values` (at most 255), else go on."""
    values = list(values)
    tests = [Instruction(IF_EQUAL, value, yes=len(values) - i) for i, value in enumerate(values)]
    return [*tests, Instruction(JUMP, 1), answer]
