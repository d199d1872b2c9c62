"""What student code can ask of the kernel behind the filter: checked instruction by instruction, and for real."""

import errno
import os
import re
import signal
import struct
from functools import cache
from pathlib import Path

import pytest

from harness.sandbox import seccomp
from harness.sandbox.syscalls import AARCH64, AUDIT_ARCH, NUMBERS, X86_64

PID = 4321


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def evaluate(code: bytes, arch: int, number: int, arguments: tuple[int, ...] = ()) -> str:
    """Run a filter as the kernel would and return `allow`, `kill` or the name of the errno. Source: seccomp(2)."""
    arguments = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, arch, 0, *[a & (2**64 - 1) for a in arguments])
    steps = list(struct.iter_unpack("<HBBI", code))
    at = accumulator = 0
    while True:
        operation, yes, no, value = steps[at]  # an offset beyond the end is an IndexError
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x05:
            at += value
        elif operation in (0x15, 0x35, 0x45):
            tests = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}
            at += yes if tests[operation] else no
        else:
            assert operation == 0x06, f"unknown instruction {operation:#x}"
            return {0x7FFF0000: "allow", 0x80000000: "kill"}.get(value) or errno.errorcode[value - 0x50000]


@cache
def filter_of(machine: str, gpu: bool = False) -> bytes:
    return seccomp.program(machine, PID, gpu=gpu)


def ask(machine: str, name: str, *arguments: int, gpu: bool = False) -> str:
    return evaluate(filter_of(machine, gpu), AUDIT_ARCH[machine], NUMBERS[machine][name], arguments)


def names(lists: dict[str, str]) -> list[str]:
    return " ".join(lists.values()).split()


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    if not HEADERS[machine].is_file():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", HEADERS[machine].read_text())
    numbers = {name: int(number) for name, number in found}
    numbers.setdefault("newfstatat", numbers.get("fstatat", -1))
    assert {name: numbers.get(name) for name in NUMBERS[machine]} == NUMBERS[machine]


def test_every_call_is_listed_once_and_known_to_a_machine() -> None:
    listed = [*names(seccomp.ALLOWED), *names(seccomp.REFUSED), *seccomp.checked(PID, False)]
    assert len(listed) == len(set(listed))
    assert set(listed) | {"clone3", "memfd_create", "memfd_secret", "renameat2", "openat2"} == {*X86_64, *AARCH64}


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_every_number_gets_the_answer_of_its_list(machine: str, gpu: bool) -> None:
    """All numbers a kernel could have, so that no jump goes astray and nothing unlisted passes."""
    by_number = {number: name for name, number in NUMBERS[machine].items()}
    for number in range(1024):
        name = by_number.get(number, "")
        if name in seccomp.checked(PID, gpu):
            expected = {"allow", "EPERM"}
        else:
            expected = {"allow" if name in names(seccomp.ALLOWED) else "EPERM"}
            if name not in names(seccomp.ALLOWED) + names(seccomp.REFUSED):
                expected = {"ENOSYS"}
        assert evaluate(filter_of(machine, gpu), AUDIT_ARCH[machine], number) in expected, name or number


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_a_foreign_architecture_ends_the_process(machine: str) -> None:
    other = next(arch for name, arch in AUDIT_ARCH.items() if name != machine)
    for arch in (other, 0x40000003, 0):  # 0x40000003: 32-bit programs, whose numbers mean other calls
        assert evaluate(filter_of(machine), arch, NUMBERS[machine]["read"]) == "kill"


def test_x32_numbers_are_no_way_around() -> None:
    for name in ("read", "execve", "socket"):
        assert evaluate(filter_of("x86_64"), AUDIT_ARCH["x86_64"], X86_64[name] | 0x40000000) == "ENOSYS"


HIGH = 1 << 32  # a bit that the kernel drops where it takes 32 bits
THREAD = 0x3D0F00
CLOCKS = ("clock_gettime", "clock_getres", "clock_nanosleep")


ARGUMENTS = [
    # clone: threads of glibc and musl, with or without bits the kernel drops; no processes, no namespaces
    ("clone", (THREAD,), "allow"),
    ("clone", (THREAD | 0x400000,), "allow"),
    ("clone", (THREAD | HIGH,), "allow"),
    ("clone", (17,), "EPERM"),  # fork: SIGCHLD
    ("clone", (0x01200011,), "EPERM"),  # fork in glibc
    ("clone", (0x4111,), "EPERM"),  # vfork
    ("clone", (THREAD ^ 0x10000,), "EPERM"),
    ("clone", (0x10000 << 32,), "EPERM"),
    *[("clone", (THREAD ^ part,), "EPERM") for part in (0x100, 0x200, 0x400, 0x800)],  # open files of its own
    *[("clone", (THREAD | flag,), "EPERM") for flag in (0x20000, 0x10000000, 0x40000000, 0x2000, 0x4000, 0x8000, 17)],
    ("clone3", (0,), "ENOSYS"),
    ("memfd_create", (0, 0), "ENOSYS"),
    # signals: to itself only
    ("kill", (PID, 6), "allow"),
    ("kill", (PID, signal.SIGSTOP), "allow"),
    *[("kill", (pid, 9), "EPERM") for pid in (0, -1, -PID, 1, PID + 1, PID << 32)],
    ("tgkill", (PID, PID + 3, 6), "allow"),
    ("tgkill", (PID + 1, PID + 1, 6), "EPERM"),
    ("tkill", (PID, 6), "EPERM"),
    ("rt_tgsigqueueinfo", (PID, PID, 6), "allow"),
    ("rt_tgsigqueueinfo", (PID + 1, PID, 6), "EPERM"),
    ("rt_sigqueueinfo", (PID, 6), "EPERM"),
    # prctl: names and questions
    ("prctl", (15,), "allow"),
    ("prctl", (16,), "allow"),
    ("prctl", (0x53564D41,), "allow"),
    # PDEATHSIG DUMPABLE SECCOMP CAPBSET_DROP SECUREBITS TIMERSLACK MM SUBREAPER NO_NEW_PRIVS PTRACER AMBIENT
    *[("prctl", (option,), "EPERM") for option in (1, 4, 22, 24, 28, 29, 35, 36, 38, 0x59616D61, 47)],
    ("prctl", (1 | HIGH,), "EPERM"),
    # fcntl and ioctl: nothing that signals others, whatever the upper half says
    *[("fcntl", (3, command), "allow") for command in (0, 1, 2, 3, 4, 9, 1030)],
    *[("fcntl", (3, command), "EPERM") for command in (5, 6, 7, 8, 10, 15, 38, 1024, 1026, 1031, 8 | HIGH)],
    *[("ioctl", (3, command), "allow") for command in (0x5401, 0x5413, 0x5421, 0x5451, 0x541B)],
    *[("ioctl", (3, command), "EPERM") for command in (0x5452, 0x5412, 0x8901, 0x8902, 0x8914, 0x5412 | HIGH)],
    *[("ioctl", (3, command), "EPERM") for command in (0x541C, 0x40086602, 0xC0045877, 0xC020462A)],
    # limits: its own, to read
    ("prlimit64", (0, 7, 0, 0x7FFF), "allow"),
    ("prlimit64", (PID + 1, 7, 0, 0x7FFF), "EPERM"),
    ("prlimit64", (0, 7, 0x7FFF00000000, 0), "EPERM"),
    ("prlimit64", (0, 7, 0x7FFF, 0), "EPERM"),
    # sockets: a connected pair of its own
    ("socketpair", (1, 1), "allow"),
    ("socketpair", (1, 1 | 0x80000 | 0x800), "allow"),
    ("socketpair", (1, 2), "EPERM"),  # a datagram socket could send to any path
    ("socketpair", (2, 1), "EPERM"),
    ("sendto", (3, 0x1000, 1, 0, 0, 0), "allow"),
    ("sendto", (3, 0x1000, 1, 0, 0x1000, 16), "EPERM"),
    ("sendto", (3, 0x1000, 1, 0, HIGH, 16), "EPERM"),
    ("sendto", (3, 0x1000, 1, 1, 0, 0), "EPERM"),
    ("recvfrom", (3, 0x1000, 1, 1), "EPERM"),
    # opening: no truncation by readers, no set-user-id files
    ("openat", (0, 0, os.O_RDONLY, 0), "allow"),
    ("openat", (0, 0, os.O_RDWR | 0o100 | 0o1000, 0o666), "allow"),
    ("openat", (0, 0, os.O_RDONLY, 0o6777), "allow"),  # no file is made: the mode is whatever the register held
    ("openat", (0, 0, os.O_RDONLY | 0o1000, 0), "EPERM"),
    ("openat", (0, 0, 3, 0), "EPERM"),
    ("openat", (0, 0, os.O_WRONLY | 0o100, 0o4755), "EPERM"),
    ("openat", (0, 0, os.O_RDWR | 0o20000000, 0o2755), "EPERM"),
    ("madvise", (0, 4096, 4), "allow"),
    ("madvise", (0, 4096, 14), "allow"),
    ("madvise", (0, 4096, 100), "EPERM"),
    ("madvise", (0, 4096, 12), "EPERM"),
    ("madvise", (0, 4096, 25), "EPERM"),
    # clocks: those of the machine and of its own threads; ~pid << 3 | 2 is the CPU time of any process
    *[(name, (clock,), "allow") for name in CLOCKS for clock in (0, 1, 2, 3, 7, ~PID << 3 | 6, ~0 << 3 | 6)],
    *[(name, (clock,), "EPERM") for name in CLOCKS for clock in (~1 << 3 | 2, ~PID << 3, ~77 << 3 | 3)],
    ("madvise", (0, 4096, 101 | HIGH), "EPERM"),
]


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_arguments_decide(machine: str) -> None:
    wrong = [(n, a, ask(machine, n, *a), e) for n, a, e in ARGUMENTS if ask(machine, n, *a) != e]
    assert not wrong


def test_calls_that_only_x86_64_has_are_checked_as_their_successors() -> None:
    assert ask("x86_64", "open", 0, os.O_RDONLY | 0o1000) == "EPERM"
    assert ask("x86_64", "open", 0, os.O_WRONLY | 0o100, 0o4755) == "EPERM"
    assert ask("x86_64", "open", 0, os.O_WRONLY | 0o100, 0o644) == "allow"
    assert ask("x86_64", "creat", 0, 0o4755) == "EPERM"
    assert ask("x86_64", "arch_prctl", 0x1023) == "allow"
    assert ask("x86_64", "arch_prctl", 0x1012) == "EPERM"


@pytest.mark.parametrize("machine", sorted(NUMBERS))
def test_a_gpu_opens_its_drivers_calls_only(machine: str) -> None:
    for command in (0xC020462A, 0x30000001, 27, 0x5401):
        assert ask(machine, "ioctl", 3, command, gpu=True) == "allow"
    for command in (0x5412, 0x5452, 0x541C, 0x8901, 0x8902, 0x8914, 0x40086602, 0xC0045877, 0x5412 | HIGH):
        assert ask(machine, "ioctl", 3, command, gpu=True) == "EPERM"


def test_a_machine_without_numbers_is_refused_in_one_sentence() -> None:
    with pytest.raises(OSError, match=r"Expected a machine of x86_64, aarch64.*received riscv64"):
        seccomp.program("riscv64", PID)
    with pytest.raises(ValueError, match="received 0"):
        seccomp.program("x86_64", 0)
