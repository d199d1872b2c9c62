"""A process behind the filter of system calls: what is refused there, and what goes on as before."""

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.sandbox import environment, seccomp

WHERE_IT_RUNS = pytest.mark.skipif(not seccomp.supported(), reason="this kernel or machine has no seccomp filters")


# What follows runs for real. Each attempt is one line of Python; the answer is an errno or `done`.
START = """
import asyncio, concurrent.futures.thread, ctypes, errno, fcntl, json, mmap, os, resource, shutil, signal, socket
import subprocess, sys, tempfile, threading, time, zipfile
from harness.sandbox import seccomp
from harness.sandbox.syscalls import call

def attempt(line):
    try:
        exec(line, globals())
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"

def become_ordinary():
    os.setgroups([]), os.setresgid(65534, 65534, 65534), os.setresuid(65534, 65534, 65534)
    call("prctl", 4, 1, 0, 0, 0)

def answer(lines):
    open("file", "w").close()
    print(json.dumps({line: attempt(line) for line in lines}), flush=True)
    os._exit(0)

os.chdir(sys.argv[1])
"""


REFUSED = [
    "os.fork() or os._exit(0)",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "subprocess.run(['true'])",
    "os.execv('/bin/true', ['true'])",
    "os.kill(os.getppid(), 0)",
    "os.kill(0, 0)",
    "os.kill(-1, 0)",
    "os.killpg(os.getpgid(0), 0)",
    "os.pidfd_open(os.getpid())",
    "os.setsid()",
    "call('ptrace', 0, 0, 0, 0)",
    "call('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0)",
    "socket.socket()",
    "socket.socket(socket.AF_UNIX)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "call('prlimit64', 0, 7, ctypes.addressof(ctypes.create_string_buffer(16)), 0)",
    "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "os.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))",
    "os.setpriority(os.PRIO_PROCESS, 0, 19)",
    "os.chmod('file', 0o600)",
    "os.chown('file', -1, -1)",
    "os.utime('file')",
    "os.setxattr('file', 'user.a', b'')",
    "os.getxattr('file', 'user.a')",
    "os.getxattr('file', 'user.a', follow_symlinks=False)",
    "os.listxattr('file')",
    "os.listxattr('file', follow_symlinks=False)",
    "os.listxattr(os.open('file', os.O_RDONLY))",
    "os.statvfs('.')",
    "os.fstatvfs(0)",
    "call('sysinfo', ctypes.addressof(ctypes.create_string_buffer(256)))",
    "os.symlink('/etc/passwd', 'link')",
    "os.link('file', 'second')",
    "os.mkfifo('fifo')",
    "os.truncate('file', 0)",
    "os.close(os.open('file', os.O_RDONLY | os.O_TRUNC))",
    "os.close(os.open('new', os.O_WRONLY | os.O_CREAT, 0o4755))",
    "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    "fcntl.flock(open('file'), fcntl.LOCK_SH)",
    "fcntl.lockf(open('file', 'r+'), fcntl.LOCK_EX)",
    "resource.getrusage(resource.RUSAGE_SELF)",
    "fcntl.ioctl(0, 0x5412, b'x')",
    "call('prctl', 1, 0, 0, 0, 0)",
    "call('prctl', 4, 1, 0, 0, 0)",
    "call('unshare', 0x10000000)",
    "call('shmget', 0, 4096, 0o1600)",
    "call('io_uring_setup', 1, 0)",
    "call('bpf', 0, 0, 0)",
    "call('keyctl', 0, 0)",
    "call('userfaultfd', 0)",
    "seccomp.install()",
]


ABSENT = ["os.memfd_create('x')", "call('clone3', 0, 0)", "call('openat2', 0, 0, 0, 0)"]


WORKING = [
    "threading.Thread(target=time.sleep, args=(0.001,)).start()",
    "assert list(concurrent.futures.ThreadPoolExecutor(4).map(abs, range(-9, 0))) == list(range(9, 0, -1))",
    "assert asyncio.run(asyncio.to_thread(lambda: 7)) == 7",
    "with tempfile.TemporaryDirectory(dir='.') as t: open(t + '/x', 'w').write('x')",
    "with tempfile.TemporaryFile(dir='.') as t: t.write(b'x')",
    "zipfile.ZipFile('z.zip', 'w').writestr('a', 'b')",
    "shutil.copyfile('z.zip', 'y.zip'); os.replace('y.zip', 'x.zip'); os.remove('x.zip')",
    "os.makedirs('a/b'); os.listdir('a'); shutil.rmtree('a')",
    "with open('file', 'w') as f: f.write('x' * 99); f.flush(); f.truncate(9)",
    "assert mmap.mmap(-1, 4096).write(b'x') == 1",
    "a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'; a.settimeout(1)",
    "r, w = os.pipe(); os.write(w, b'x'); assert os.read(r, 1) == b'x'",
    "signal.signal(signal.SIGUSR1, lambda *_: None); signal.raise_signal(signal.SIGUSR1)",
    "os.kill(os.getpid(), 0)",
    "signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.001); time.sleep(0.01)",
    "assert os.sched_getaffinity(0) and os.getrandom(8) and os.urandom(8) and os.cpu_count() and os.uname()",
    "resource.getrlimit(resource.RLIMIT_NOFILE)",
    "shutil.get_terminal_size(); os.isatty(0); sys.stdout.isatty()",
    "import numpy as n; n.save('a.npy', n.ones(9)); assert n.load('a.npy', mmap_mode='r').sum() == 9",
    "import numpy as n; a = n.random.rand(200, 200); assert n.isfinite(n.linalg.svd(a @ a.T)[1]).all()",
    "import sqlite3, decimal, uuid; uuid.uuid4()",
    "assert open('/proc/self/status').read() and os.stat('/')",
]


def interpret(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START + source, *arguments]
    env = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=env, check=False)


def answers(folder: Path, steps: str, lines: list[str]) -> dict[str, str]:
    folder.chmod(0o777)
    done = interpret(f"{steps}\nanswer({lines!r})", str(folder))
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(params=["", "become_ordinary(); "], ids=["as the caller", "as an ordinary user"])
def user(request: pytest.FixtureRequest) -> str:
    if request.param and os.geteuid():
        pytest.skip("the caller is an ordinary user")
    return str(request.param)


@WHERE_IT_RUNS
def test_ways_out_answer_that_they_are_not_permitted(user: str, tmp_path: Path) -> None:
    lines = REFUSED + ABSENT
    found = answers(tmp_path, user + "seccomp.install()", lines)
    assert found == {**dict.fromkeys(REFUSED, "EPERM"), **dict.fromkeys(ABSENT, "ENOSYS")}


@WHERE_IT_RUNS
def test_without_the_filter_the_same_attempts_succeed(tmp_path: Path) -> None:
    """Otherwise the test above would show nothing."""
    lines = [line for line in [*REFUSED, *ABSENT] if "call(" not in line and "exec" not in line]
    lines = [
        line
        for line in lines
        if "etxattr" not in line and "fcntl" not in line and "setsid" not in line and "install" not in line
    ]
    assert set(answers(tmp_path, "", lines).values()) == {"done"}


@WHERE_IT_RUNS
def test_ordinary_work_goes_on(user: str, tmp_path: Path) -> None:
    found = answers(
        tmp_path, "import numpy, numpy.random, sqlite3, decimal, uuid; " + user + "seccomp.install()", WORKING
    )
    assert found == dict.fromkeys(WORKING, "done")


@WHERE_IT_RUNS
def test_threads_that_run_already_are_held_too(tmp_path: Path) -> None:
    source = """
go, found = threading.Event(), []
thread = threading.Thread(target=lambda: (go.wait(), found.append(attempt("socket.socket()"))))
thread.start()
seccomp.install()
go.set(), thread.join()
print(found)
"""
    assert interpret(source, str(tmp_path)).stdout.strip() == "['EPERM']"


@WHERE_IT_RUNS
@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("os.abort()", signal.SIGABRT),
        ("os.kill(os.getpid(), signal.SIGKILL)", signal.SIGKILL),
        ("ctypes.string_at(0)", signal.SIGSEGV),
    ],
)
def test_a_crash_stays_a_crash(line: str, number: int, tmp_path: Path) -> None:
    assert interpret(f"seccomp.install()\n{line}", str(tmp_path)).returncode == -number


@WHERE_IT_RUNS
def test_a_process_may_stop_itself_and_can_be_ended(tmp_path: Path) -> None:
    source = START + "seccomp.install()\nos.kill(os.getpid(), signal.SIGSTOP)"
    with subprocess.Popen([sys.executable, "-c", source, str(tmp_path)]) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        process.kill()


@WHERE_IT_RUNS
@pytest.mark.skipif(platform.machine() != "x86_64", reason="32-bit calls are a matter of x86_64")
def test_a_32_bit_call_ends_the_process(tmp_path: Path) -> None:
    """`int 0x80` with the number of getpid: another numbering of calls, which the filter does not read."""
    source = """
seccomp.install()
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
"""
    assert interpret(source, str(tmp_path)).returncode == -signal.SIGSYS


TRAINING = """
import os, sys, tempfile
import numpy as np, tensorflow as tf, keras
from pathlib import Path
from harness.sandbox import landlock, seccomp

scratch = Path(sys.argv[1])
os.chdir(scratch)
tempfile.tempdir = str(scratch)
if landlock.abi():
    system = ["/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system", "/etc/ld.so.cache", "/usr", "/lib"]
    read = [*map(Path, (sys.prefix, sys.base_prefix, *system)), Path(keras.__file__).parents[1]]
    landlock.restrict(read, [], [scratch], [Path("/dev/null"), Path("/dev/urandom"), Path("/dev/random")])
seccomp.install()

class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3
    def __getitem__(self, index):
        return x[index::3], y[index::3]

keras.utils.set_random_seed(1)
x, y = np.random.rand(48, 8, 8, 1).astype("float32"), np.random.randint(0, 3, 48)
layers = keras.layers
net = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3, "softmax")])
net.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(Batches(workers=1), epochs=2, verbose=0)
stream = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a * 2, b), num_parallel_calls=4).shuffle(48)
net.fit(stream.batch(16).prefetch(2), verbose=0)
net.compile("sgd", "sparse_categorical_crossentropy", jit_compile=True)
keep = keras.callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True, monitor="loss")
net.fit(x, y, verbose=0, callbacks=[keep, keras.callbacks.CSVLogger("log.csv")])
net.save_weights("net.weights.h5")
net.load_weights("net.weights.h5")
net.save("net.keras")
recurrent = keras.Sequential([keras.Input((6, 2)), layers.LSTM(4), layers.Dense(1)])
recurrent.compile("adam", "mse")
recurrent.fit(np.random.rand(32, 6, 2), np.random.rand(32, 1), verbose=0)
assert np.isfinite(recurrent.predict(np.random.rand(4, 6, 2), verbose=0)).all()
for barrier, way in ((landlock.abi(), lambda: open("/etc/passwd")), (1, os.fork)):
    try:
        way()
        assert not barrier
    except PermissionError:
        pass
print("trained on", len(os.sched_getaffinity(0)), sorted(os.listdir()))
sys.stdout.flush()
os._exit(0)
"""


@WHERE_IT_RUNS
def test_keras_trains_behind_both_barriers(tmp_path: Path) -> None:
    """Convolution, PyDataset, parallel tf.data, XLA, LSTM and saving: the calls of a whole training are allowed."""
    env = environment.clean(tmp_path, "tensorflow", "cpu")
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=600,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith(f"trained on {len(os.sched_getaffinity(0))} ")
    for name in ("net.keras", "net.weights.h5", "best.weights.h5", "log.csv"):
        assert name in done.stdout
