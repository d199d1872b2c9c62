"""Student code that ends its process, or throws what cannot be caught, printed or understood."""

# ruff: noqa: E501  (lines of students' files)

import pytest
from attacks.battery import Arena, attacker, fault_of

ORDERLY = {  # the process hands over a message, or ends with exit code 0: its fork server goes on
    "exit": "sys.exit(0)",
    "raised": "raise SystemExit(0)",
    "exit with a text": "sys.exit('<script>alert(1)</script>')",
    "exit at once": "os._exit(0)",
    "interrupt": "raise KeyboardInterrupt",
    "generator": "raise GeneratorExit",
    "stop": "raise StopIteration",
    "asynchronous": "import asyncio\nraise asyncio.CancelledError",
    "recursion": "def f(): f()\nf()",
    "recursion without limit": "sys.setrecursionlimit(10**9)\nf = lambda n: f(n + 1)\nraise RecursionError",
    "no text": "class Odd(Exception):\n    def __str__(self): raise RuntimeError\nraise Odd",
    "no name": "class Odd(Exception): pass\nOdd.__name__ = ''\nraise Odd",
    "text is no text": "class Odd(Exception):\n    def __str__(self): return 3\nraise Odd",
    "class lies": "class Odd(Exception):\n    __class__ = MemoryError\nraise Odd",
    "name lies": "class Odd(Exception): pass\nOdd.__name__ = 'ResourceExhaustedError'\nraise Odd",
    "megabytes": "raise ValueError('x' * 5_000_000)",
    "many lines": "raise ValueError('\\n' * 1_000_000 + 'end')",
    "any character": "raise ValueError(''.join(map(chr, range(0x2000, 0x2100))) + '\\ud800\\0\\x1b[2J\\u202e')",
    "chain": "e = None\nfor n in range(500):\n    try:\n        raise ValueError(n) from e\n    except ValueError as error: e = error\nraise e",
    "circle": "a, b = ValueError(1), ValueError(2)\na.__cause__, b.__cause__ = b, a\nraise a",
    "group": "raise ExceptionGroup('many', [ValueError(n) for n in range(10_000)])",
    "notes": "e = ValueError('x')\ne.__notes__ = ['n' * 1000] * 10_000\nraise e",
    "file name lies": (
        "code = compile('raise ValueError(1)', os.getcwd() + '/submission/<img src=x onerror=alert(1)>', 'exec')\nexec(code)"
    ),
    "file name out": "exec(compile('1 / 0', os.getcwd() + '/submission/../../../etc/passwd', 'exec'))",
    "no traceback": "import traceback\ntraceback.print_exc = traceback.extract_tb = None\n1 / 0",
    "our own error": "from harness.training.errors import ContractError\nraise ContractError('Full marks.' * 1000)",
    "our wire's error": "from harness.sandbox.wire import WireError\nraise WireError('\\n'.join('abc' * 1000))",
    "a harness fault": "import harness.sandbox.child as child\nchild.explain = lambda *e: ('harness', 'Not my fault.')\n1 / 0",
    "kind of no text": "import harness.sandbox.child as child\nchild.explain = lambda *e: ([], {})\n1 / 0",
    "kind limit": "import harness.sandbox.child as child\nchild.explain = lambda *e: ('limit', 'x')\n1 / 0",
    "message too long": (
        "import harness.sandbox.wire as wire\nold = wire.write_error\n"
        "wire.write_error = lambda fd, kind, text: wire.write_all(fd, b'E' + b'x' * 10**6)\n1 / 0"
    ),
    "nested message": (
        "import harness.sandbox.wire as wire\n"
        "wire.write_error = lambda fd, *a: wire.write_all(fd, b'E' + b'{\"kind\":' * 900 + b'1' + b'}' * 900)\n1 / 0"
    ),
    "endless number": (
        "import harness.sandbox.wire as wire\n"
        "wire.write_error = lambda fd, *a: wire.write_all(fd, b'E{\"kind\": \"import\", \"message\": ' + b'9' * 8000 + b'}')\n"
        "1 / 0"
    ),
    "output closed": "os.close(1), os.close(2), sys.stdout.close(), sys.stderr.close()\n1 / 0",
    "everything closed": "os.closerange(0, 4096)",
    "no memory": "raise MemoryError",
}  # fmt: skip
TOLD = {
    "exit": "SystemExit",
    "exit at once": "an exit of its own",
    "interrupt": "KeyboardInterrupt",
    "megabytes": "ValueError: xxx",
    "many lines": "ValueError: end",
    "recursion": "RecursionError",
    "no memory": "1.5 GB of memory",
}


@pytest.mark.parametrize("case", ORDERLY)
def test_it_is_told_in_one_sentence(strong: Arena, case: str) -> None:
    outcome = strong.run(attacker(ORDERLY[case]))
    fault = fault_of(outcome)
    assert fault.kind in ("import", "exception", "crash", "contract", "output", "limit")
    assert fault.kind != "limit" or fault.limit == "memory"
    assert TOLD.get(case, "") in fault.message
    assert len(outcome.log) <= 65_536


def test_the_class_goes_on_after_all_of_them(strong: Arena) -> None:
    strong.goes_on()


CRASHES = {
    "abort": ("os.abort()", "signal 6"),
    "segmentation fault": ("ctypes.string_at(0)", "signal 11"),
    "native stack": (
        "sys.setrecursionlimit(10**9)\nclass A: pass\na = A()\nA.__repr__ = lambda self: repr(self)\nre = __import__('re')\n"
        "f = ctypes.CFUNCTYPE(None)\ng = f(lambda: g())\ng()",
        "signal 11",
    ),
    "kill itself": ("os.kill(os.getpid(), 9)", "signal 9"),
    "kill its group": ("os.killpg(0, 9)", "signal 9"),
    "terminate itself": ("os.kill(os.getpid(), 15)", "signal 15"),
    "illegal instruction": ("os.kill(os.getpid(), 4)", "signal 4"),
    "wrong free": ("libc.free(ctypes.c_void_p(8))", "signal"),
    "real-time signal": ("os.kill(os.getpid(), 34)", "signal 34"),
    "exit code": ("os._exit(77)", "an exit of its own"),
}


@pytest.mark.preflight
@pytest.mark.parametrize("case", CRASHES)
def test_a_crash_is_told_in_one_sentence(strong: Arena, case: str) -> None:
    deeds, words = CRASHES[case]
    fault = fault_of(strong.run(attacker(deeds)))
    assert fault.kind == "crash" or (case == "kill its group" and fault.kind == "import"), fault
    assert words in fault.message or case == "kill its group"
    strong.goes_on()


def test_a_crash_of_the_process_costs_nobody_else(weak: Arena) -> None:
    fault = fault_of(weak.run(attacker("ctypes.string_at(0)")))
    assert fault.kind == "crash" and "signal 11" in fault.message
    weak.goes_on()


BUILDERS = {
    "no model": "def build(input_shape, units): return None",
    "lies about its class": "class Odd:\n    __class__ = keras.Model\ndef build(input_shape, units): return Odd()",
    "looks compiled": (
        "class Odd(keras.Model):\n    compiled = True\n    def call(self, x): return np.zeros((2, 3))\n"
        "def build(input_shape, units): return Odd()"
    ),
    "name": (
        "class Odd: pass\nOdd.__name__ = '<script>' * 200\ndef build(input_shape, units): return Odd()"
    ),
    "signature": (
        "def build(x='<script>' * 1000, *, y=object()): return None"
    ),
    "signature that hangs": (
        "class Odd:\n    def __repr__(self): raise KeyboardInterrupt\ndef build(x=Odd()): return None"
    ),
    "names": "for n in range(5_000): globals()[f'buidl<b>{n}'] = lambda: 0",
    "odd name": "globals()['biuld\\x1b[31m<script>'] = lambda: 0",
    "not a function": "build = type('<b>' * 500, (), {})()",
    "callable that raises": "class Odd:\n    def __call__(self, **k): raise SystemExit\nbuild = Odd()",
    "attribute that raises": "def __getattr__(name): raise KeyboardInterrupt(name)",
    "endless list": "def build(input_shape, units):\n    return (0,) * 1_000_000",
    "lazy": "def build(input_shape, units):\n    yield 1",
}  # fmt: skip


@pytest.mark.parametrize("case", BUILDERS)
def test_a_builder_that_lies_is_told_in_one_sentence(strong: Arena, case: str) -> None:
    fault = fault_of(strong.run(attacker("", builder=BUILDERS[case])))
    assert fault.kind in ("contract", "exception", "crash", "import"), fault
    assert len(fault.message) <= 541 + len("The step contract stopped with an error: ")


def test_the_class_goes_on_after_all_builders(strong: Arena) -> None:
    strong.goes_on()
