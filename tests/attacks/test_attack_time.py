"""Student code that does not end, or hides how long it took."""

# ruff: noqa: E501  (lines of students' files)

import pytest
from attacks.battery import Arena, fault_of
from attacks.battery import bare_attacker as attacker
from sandbox.students import limits

QUICK = limits(wall_s=1.5)  # reached at the latest in what has no end, however far it came by then
ENDLESS = {
    "sleep": "time.sleep(600)",
    "no signal gets through": (
        "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(600)"
    ),
    "stopped": "import signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "waiting for a lock": "threading.Lock().acquire() and threading.Event().wait()",
    "waiting for input": "import select\nselect.select([], [], [])",
    "swallowing everything": (
        "class Odd:\n    def __del__(self): raise KeyboardInterrupt\n"
        "while True:\n    try: time.sleep(0.01)\n    except BaseException: pass"
    ),
    "holding the interpreter": "import re\nre.match('(a?){40}a{40}' , 'a' * 40)\nwhile True: sum(range(10**8))",
    "in native code": "libc.sleep(600)",
    "unwilling to end": "import atexit\natexit.register(time.sleep, 600)\nsys.exit = os._exit = lambda *a: time.sleep(600)",
    "storm of timers": (
        "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 1e-5, 1e-5)\n"
        "while True: pass"
    ),
    "trace function": (
        "def trace(*a):\n    time.sleep(0.05)\n    return trace\nsys.settrace(trace)\nthreading.settrace(trace)\n"
        "def count():\n    for _ in range(1_000): pass\ncount()"
    ),
    "collector": "import gc\ngc.callbacks.append(lambda *a: time.sleep(600))\ngc.collect()",
    "result in hand, never sent": (
        "import harness.sandbox.wire as wire\nwire.write_result = lambda *a: time.sleep(600)"
    ),
    "pipe full": "fds = os.pipe()\nwhile True: os.write(fds[1], bytes(10**6))",
    "exception that hangs": (
        "class Slow(BaseException):\n    def __str__(self): time.sleep(600)\nraise Slow"
    ),
}  # fmt: skip


@pytest.mark.preflight
@pytest.mark.parametrize("case", ENDLESS)
def test_it_is_ended_by_the_clock(bare_strong: Arena, case: str) -> None:
    fault = fault_of(bare_strong.run(attacker(ENDLESS[case]), limits=QUICK))
    assert (fault.kind, fault.limit) == ("limit", "wall"), fault
    bare_strong.goes_on()


def test_a_loop_deaf_to_every_signal_is_ended_by_the_clock(bare_strong: Arena) -> None:
    fault = fault_of(bare_strong.run(attacker(ENDLESS["no signal gets through"]), limits=QUICK))
    assert (fault.kind, fault.limit) == ("limit", "wall"), fault
    bare_strong.goes_on()


def test_stopping_itself_is_ended_by_the_clock(bare_weak: Arena) -> None:
    fault = fault_of(bare_weak.run(attacker(ENDLESS["stopped"]), limits=QUICK))
    assert (fault.kind, fault.limit) == ("limit", "wall"), fault
    bare_weak.goes_on()


BUSY = """
import signal
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
def spin():
    while True:
        np.ones(1000).sum()
for _ in range(4):
    threading.Thread(target=spin).start()
"""
FAKED = """
import resource
time.perf_counter = time.time = time.monotonic = time.process_time = lambda: 0.0
resource.getrusage = lambda who: None
while True: pass
"""


@pytest.mark.preflight
def test_threads_deaf_to_signals_use_up_the_cpu_together(bare_strong: Arena) -> None:
    outcome = bare_strong.run(attacker(BUSY + "time.sleep(600)"), limits=limits(cpu_s=1))
    fault = fault_of(outcome)
    assert (fault.kind, fault.limit) == ("limit", "cpu"), fault
    bare_strong.goes_on()


def test_a_clock_that_stands_still_is_only_the_students(bare_weak: Arena) -> None:
    outcome = bare_weak.run(attacker(FAKED), limits=limits(cpu_s=1))
    assert fault_of(outcome).limit == "cpu"
    assert outcome.usage is not None and outcome.usage.cpu_s >= 0.5 and outcome.usage.wall_s >= 0.5
    bare_weak.goes_on()


LATER = {
    "a thread that writes on": """
def write_on():
    while True:
        for fd in range(3, 64):
            try: os.write(fd, b"more")
            except OSError: pass
import harness.sandbox.wire as wire
real = wire.write_result
def twice(fd, outputs, values):
    real(fd, outputs, values)
    threading.Thread(target=write_on).start()
    time.sleep(0.3)
wire.write_result = twice
""",
    "a second result": """
import harness.sandbox.wire as wire
real = wire.write_result
def twice(fd, outputs, values):
    real(fd, outputs, values)
    real(fd, outputs, values)
wire.write_result = twice
""",
    "an error after the result": """
import harness.sandbox.wire as wire
real = wire.write_result
def twice(fd, outputs, values):
    real(fd, outputs, values)
    raise ValueError("and more")
wire.write_result = twice
""",
}


@pytest.mark.parametrize("case", LATER)
def test_nothing_may_follow_the_result(bare_strong: Arena, case: str) -> None:
    fault = fault_of(bare_strong.run(attacker(LATER[case])))
    assert fault.kind == "output", fault
    bare_strong.goes_on()


IMMORTAL = """
import builtins
os._exit = sys.exit = builtins.exit = lambda *a: None
import harness.sandbox.child as child, harness.sandbox.server as server
child.os._exit = server.os._exit = lambda *a: None
"""


def test_a_child_that_will_not_exit_becomes_no_second_server(bare_weak: Arena) -> None:
    """Without `os._exit` the step's process would go on in the server's code; whatever it does there, it is alone."""
    before = bare_weak.processes()
    outcome = bare_weak.run(attacker(IMMORTAL), limits=limits(wall_s=4))
    if outcome.fault is None:
        assert outcome.arrays["facts"].tolist() == [15, 0, 0]
    else:
        assert fault_of(outcome).kind in ("limit", "output", "crash")
    assert bare_weak.processes() == before
