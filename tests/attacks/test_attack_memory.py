"""Student code that takes more memory than it may, by every way a kernel has to give some.

Every attack stops by itself at 1.5 GB.
"""

# ruff: noqa: E501  (lines of students' files)

import pytest
from attacks.battery import CALLS, Arena, fault_of
from attacks.battery import bare_attacker as attacker
from sandbox.students import limits

LIMITS = limits(memory_mb=600)
HOGS = {
    "one allocation": "x = bytearray(1_500 * 10**6)",
    "many": "x = []\nfor _ in range(300): x.append(bytearray(5 * 10**6))",
    "array": "x = np.ones(190_000_000)",
    "tensor": "import tensorflow as tf\nx = [tf.ones((50_000_000,)) for _ in range(8)]\nsay(float(x[0][0]))",
    "shared pages": (
        "import mmap\nkept = []\nfor _ in range(15):\n    kept.append(mmap.mmap(-1, 10**8))\n    kept[-1].write(b'x' * 10**8)"
    ),
    "pages of a file": (
        "import mmap\nkept = []\nfor n in range(30):\n    file = open(str(n), 'w+b')\n    file.truncate(50_000_000)\n"
        "    kept.append(mmap.mmap(file.fileno(), 0))\n    kept[-1].write(b'x' * 50_000_000)\n    os.remove(str(n))"
    ),
    "stacks": (
        "threading.stack_size(1 << 27)\nimport threading\ndef deep(n): return np.ones(10**6).sum() + (deep(n - 1) if n else 0)\n"
        "kept = [bytearray(10**8) for _ in range(15)]"
    ),
    "without Python": "libc.malloc.restype = ctypes.c_void_p\nfor _ in range(150):\n    at = libc.malloc(ctypes.c_size_t(10**7))\n"
    "    ctypes.memset(at, 1, 10**7) if at else (_ for _ in ()).throw(MemoryError)",
}


QUICK = ("one allocation", "shared pages")
SORTED = [case if case in QUICK else pytest.param(case, marks=pytest.mark.preflight) for case in HOGS]


@pytest.mark.parametrize("case", SORTED)
def test_a_hog_is_told_what_it_needed(bare_strong: Arena, bare_weak: Arena, case: str) -> None:
    arena = bare_weak if case == "shared pages" else bare_strong
    outcome = arena.run(attacker(HOGS[case]), limits=LIMITS)
    fault = fault_of(outcome)
    if case == "pages of a file":
        assert fault.limit in ("memory", "disk") or "No space left" in fault.message or fault.kind == "crash"
    else:
        assert fault.limit == "memory", fault
        assert "0.6 GB" in fault.message
    assert outcome.usage is not None and outcome.usage.peak_memory_mb < 1_400
    arena.goes_on()


ELSEWHERE = """
def memory_file():
    fd = os.memfd_create("hidden") if hasattr(os, "memfd_create") else system_call({memfd_create}, b"hidden", 0)
    os.write(fd, bytes(10**6))
def secret_memory():
    return system_call({memfd_secret}, 0)
def system_v():
    return system_call({shmget}, 0, 10**6, 0o1600)
def message_queue():
    return system_call({msgget}, 0, 0o1600)
def semaphores():
    return system_call({semget}, 0, 100, 0o1600)
def posix():
    from multiprocessing import shared_memory
    return shared_memory.SharedMemory(create=True, size=10**6)
def posix_queue():
    return system_call({mq_open}, b"/queue", 0o102, 0o600, 0)
def shared_memory_folder():
    return open("/dev/shm/hidden", "wb").write(bytes(1000))
def locked():
    if libc.mlockall(3):
        raise OSError(ctypes.get_errno(), "mlockall")
def large_pipe():
    import fcntl
    return fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)
def asynchronous():
    return system_call({io_setup}, 60_000, ctypes.byref(ctypes.c_ulong(0)))
def keys():
    return system_call({add_key}, b"user", b"name", b"x" * 100, 100, -2)
def named_semaphore():
    import multiprocessing
    return multiprocessing.get_context("fork").Semaphore(1)
for deed in (memory_file, secret_memory, system_v, message_queue, semaphores, posix, posix_queue,
             shared_memory_folder, locked, large_pipe, asynchronous, keys, named_semaphore):
    attempt(deed.__name__, deed)
"""
NAMES = ("memfd_create", "memfd_secret", "shmget", "msgget", "semget", "mq_open", "io_setup", "add_key")


def test_no_memory_can_be_had_that_no_limit_counts(bare_arena: Arena) -> None:
    bare_arena.attack(ELSEWHERE.format(**{name: CALLS.get(name, 999_999) for name in NAMES}), at_least=13)


PIPES = """
kept, reading, writing = [], 0, 0
try:
    while writing < 2_000:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        kept.append(os.write(writing, bytes(1 << 20)))
except OSError as error:
    say(type(error).__name__)
import socket
del kept
say("pipes", reading // 2)
os._exit(0)
"""


def test_memory_of_pipes_is_little(bare_strong: Arena) -> None:
    outcome = bare_strong.run(attacker(PIPES))
    pipes = int(outcome.log.rpartition("pipes ")[2].split()[0])
    assert pipes < 200, "each holds 64 kB of the kernel's memory"
    bare_strong.goes_on()
