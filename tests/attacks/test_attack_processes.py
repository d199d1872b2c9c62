"""Student code that begins other processes: bombs, daemons, shells. None is born, and none is left."""

import threading
import time

from attacks.battery import CALLS, Arena
from attacks.battery import bare_attacker as attacker
from sandbox.bare import bare_pool

BEGIN = """
import multiprocessing, subprocess, concurrent.futures
def child_ends(pid):
    if pid == 0:
        os._exit(0)
    return pid
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(30)
        os._exit(0)
attempt("fork", lambda: child_ends(os.fork()))
attempt("fork with a terminal", lambda: child_ends(os.forkpty()[0]))
attempt("daemon", daemon)
attempt("shell", lambda: os.system("sleep 30 & echo born") and 1 / 0)
attempt("pipe to a shell", lambda: os.popen("echo born").read() or 1 / 0)
attempt("subprocess", subprocess.run, ["/bin/true"], check=True)
attempt("python", subprocess.run, [sys.executable, "-c", "pass"], check=True)
attempt("background", subprocess.Popen, ["/bin/sleep", "30"], start_new_session=True)
attempt("spawn", os.posix_spawn, "/bin/true", ["true"], {{}})
attempt("replace", os.execv, "/bin/true", ["true"])
attempt("replace by descriptor", lambda: os.execve(os.open(sys.executable, os.O_RDONLY), ["python", "-V"], {{}}))
for method in ("fork", "spawn", "forkserver"):
    def born():
        process = multiprocessing.get_context(method).Process(target=time.sleep, args=(30,), daemon=True)
        process.start()
    attempt("multiprocessing " + method, born)
attempt("pool", lambda: concurrent.futures.ProcessPoolExecutor(1).submit(os.getpid).result(2))
def cloned(flags):
    pid = system_call({clone}, flags, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    return pid
for name, flags in (("plain", 17), ("sharing memory", 0x4111), ("with the parent's parent", 0x8011),
                    ("user namespace", 0x10000011), ("process namespace", 0x20000011), ("untraced", 0x800011)):
    attempt("clone " + name, cloned, flags)
arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)
attempt("clone3", lambda: child_ends(system_call({clone3}, ctypes.byref(arguments), 88)))
attempt("vfork", lambda: child_ends(system_call({vfork}) if {vfork} != 999999 else 1 / 0))
"""
BOMB = """
born = 0
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        born += 1
    except OSError:
        pass
say(f"born {born}")
"""


def test_no_process_can_be_begun(bare_arena: Arena) -> None:
    before = bare_arena.processes()
    calls = {name: CALLS.get(name, 999_999) for name in ("clone", "clone3", "vfork")}
    outcome = bare_arena.attack(BEGIN.format(**calls), at_least=23)
    assert "born\n" not in outcome.log
    assert bare_arena.processes() == before


def test_a_fork_bomb_has_no_fuse(bare_arena: Arena) -> None:
    before = bare_arena.processes()
    outcome = bare_arena.attack(BOMB, at_least=0)
    assert "born 0" in outcome.log
    assert bare_arena.processes() == before


THREADS = """
threading.stack_size(32 * 1024)
started = 0
try:
    for _ in range({most}):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        started += 1
except BaseException as error:
    say(type(error).__name__)
say("threads", started)
"""
MOST_THREADS = 3_000


def test_a_thread_bomb_is_held(bare_weak: Arena) -> None:
    """A thread takes a place in the machine's table of processes, which everybody shares."""
    outcome = bare_weak.run(attacker(THREADS.format(most=MOST_THREADS)))
    bare_weak.goes_on()
    assert f"threads {MOST_THREADS}" not in outcome.log


def test_threads_that_never_end_do_not_outlive_the_step(bare_strong: Arena) -> None:
    """They hold nobody up either: the process ends as soon as it has handed over its result."""
    before = bare_strong.processes()
    deeds = """
    def spin():
        while True:
            try:
                time.sleep(0.01)
            except BaseException:
                pass
    for _ in range(20):
        threading.Thread(target=spin).start()
    """
    outcome = bare_strong.run(attacker(deeds))
    assert outcome.fault is None
    assert bare_strong.processes() == before


def test_a_server_outlives_the_thread_that_started_it(bare_strong: Arena) -> None:
    """Workers of one run come and go; "die with the parent" means the parent's thread to the kernel."""
    walls = bare_strong.launcher.walls
    pool = bare_pool(walls)
    try:
        starter = threading.Thread(target=pool.check)
        starter.start()
        starter.join()
        time.sleep(0.3)
        Arena(bare_strong.level, pool, backend=False).goes_on()
    finally:
        pool.close()
