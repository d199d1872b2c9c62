"""Notebooks whose cells change what others have made: the last line of each is what the builder builds."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """Cells of a notebook, and in `reads` what the builder reads of them.

    `told` is the cell and line that a remark has to name; without it the model has to be the notebook's. `runs`
    are the cells as Python where they hold magics; `files` lie beside the notebook.
    """

    cells: tuple[str, ...]
    reads: str = "cfg['units']"
    told: str = ""
    runs: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


CFG = "cfg = {'units': 4, 'deep': {'units': 5}, 'more': [{'units': 6}]}"
SIZES = "sizes = [4]"
BEST = "def best():\n    return open_it() + 60\ndef open_it():\n    return len('a' * 4)"


def told(*cells: str, reads: str = "cfg['units']", at: str = "cell 4 (line 1)", **more: dict[str, str]) -> Case:
    return Case((*cells,), reads, at, **more)  # type: ignore[arg-type]


def same(*cells: str, reads: str = "cfg['units']", **more: dict[str, str]) -> Case:
    return Case((*cells,), reads, **more)  # type: ignore[arg-type]


CASES: dict[str, Case] = {
    # What is changed by lines that may be taken.
    "an item": same(CFG, "cfg['units'] = 64"),
    "an item in an item": same(CFG, "cfg['deep']['units'] = 64", reads="cfg"),
    "update": same(CFG, "cfg.update(units=64)"),
    "setdefault": same(CFG, "cfg.setdefault('rate', []).append(64)", reads="cfg"),
    "append": same(SIZES, "sizes.append(64)", reads="sizes"),
    "del": same(CFG, "del cfg['deep']", reads="cfg"),
    "augmented": same(SIZES, "n = 2", "n *= 3\nsizes += [n]", reads="[sizes, n]"),
    "augmented item": same(CFG, "cfg['units'] *= 2"),
    "or": same(CFG, "cfg |= {'units': 64}"),
    "a tuple of targets": same(CFG, "cfg['units'], n = 64, 3", reads="[cfg, n]"),
    "a slice": same(SIZES, "sizes[:] = [8, 16]", reads="sizes"),
    "in a loop": same(SIZES, "for n in (8, 16):\n    sizes.append(n)", reads="sizes"),
    "in an if": same(CFG, "BIG = True", "if BIG:\n    cfg['units'] = 64\nelse:\n    cfg['units'] = 2"),
    "in a try": same(CFG, "try:\n    cfg['units'] = 64\nexcept KeyError:\n    pass"),
    "a class attribute": same("class C:\n    units = 4", "C.units = 64", reads="C.units"),
    "an attribute of an object": same(
        "class C:\n    units = 4", "from types import SimpleNamespace as N\nc = N(u=1)", "c.u = 64", reads="c.u"
    ),
    "an attribute of a function": same("def f(): return f.units", "f.units = 64", reads="f()"),
    "an alias": same(CFG, "other = cfg\nother['units'] = 64"),
    "an alias of a part": same(CFG, "other = cfg['deep']\nother['units'] = 64", reads="cfg"),
    "an alias by chain": same("cfg = base = {'units': 4}", "base['units'] = 64"),
    "an alias by get": same(CFG, "other = cfg.get('deep')", "other['units'] = 64", reads="cfg"),
    "an alias by setdefault": same(CFG, "other = cfg.setdefault('new', {})", "other['units'] = 64", reads="cfg"),
    "an alias by a loop over items": same(
        CFG, "for k, v in cfg.items():\n    k = 'a'", "v[0]['units'] = 64", reads="cfg"
    ),
    "a change by a loop over values": same(
        "cfg = {'a': {'units': 1}}", "for v in cfg.values():\n    v['units'] = 64", reads="cfg"
    ),
    "an alias put in": same("deep = {'units': 4}\ncfg = {}", "cfg['d'] = deep", "cfg['d']['units'] = 64", reads="deep"),
    "an alias appended": same(
        "deep = {'units': 4}\nall = []", "all.append(deep)", "all[0]['units'] = 64", reads="deep"
    ),
    "an alias in a call": same("deep = {'units': 4}", "cfg = dict(d=deep)", "cfg['d']['units'] = 64", reads="deep"),
    "an alias in a copy": same(CFG, "other = cfg.copy()", "other['deep']['units'] = 64", reads="cfg"),
    "an alias in a sum": same("a = [{'u': 4}]", "b = a + []", "b[0]['u'] = 64", reads="a"),
    "an alias in a comprehension": same("a = [{'u': 4}]", "b = [x for x in a]", "b[0]['u'] = 64", reads="a"),
    "pop": same(CFG, "n = cfg.pop('units')", reads="[n, cfg]"),
    "the last definition counts": same("def f(): return 1", "def f(): return 64", reads="f()"),
    "the last constant counts": same("N = 1", "N = 64", reads="N"),
    "a default sees the earlier value": same("N = 1", "def f(n=N): return n, N", "N = 64", reads="f()"),
    "a class sees the earlier value": same("N = 1", "class C:\n    N = N * 2", "N = 64", reads="[C.N, N]"),
    "a decorator sees the earlier value": same(
        "def twice(f): return lambda: f() * 2", "@twice\ndef g(): return 3", "def twice(f): return f", reads="g()"
    ),
    "a registry": same(
        "ALL = {}\ndef register(f):\n    ALL[f.__name__] = f\n    return f",
        "@register\ndef a(): return 1\n@register\ndef b(): return 2",
        reads="[f() for f in ALL.values()]",
    ),
    "a registry by name": same(
        "ALL = {}\ndef register(name):\n    def inner(f):\n        ALL[name] = f\n        return f\n    return inner",
        "@register('x')\ndef a(): return 1",
        reads="[f() for f in ALL.values()]",
    ),
    "a registry of subclasses": same(
        "class Base:\n    all = []\n    def __init_subclass__(cls): Base.all.append(cls)",
        "class A(Base): pass",
        reads="[c.__name__ for c in Base.all]",
    ),
    "a registry in a class": same(
        "class Reg:\n    all = []\n    @classmethod\n    def add(cls, f):\n        cls.all.append(f)\n        return f",
        "@Reg.add\ndef a(): return 1",
        reads="[f() for f in Reg.all]",
    ),
    "a conditional definition": same(
        "LSTM = True", "if LSTM:\n    def f(): return 64\nelse:\n    def f(): return 2", reads="f()"
    ),
    "an import that may fail": same("try:\n    import no_such\n    N = 1\nexcept ImportError:\n    N = 64", reads="N"),
    "a lambda": same("N = 1\nf = lambda: N", "N = 64", reads="f()"),
    "partial": same("from functools import partial\nDense = partial(layers.Dense, 4)", "N = 2", reads="Dense(N)"),
    "a star": same("N = 1", "from helpers import *", reads="N", files={"helpers.py": "N = 64"}),
    "globals in the builder": same("def small(): return 3\ndef big(): return 64", reads="globals()['b' + 'ig']()"),
    "a cell that fails to be Python": same("N = 64", "N = = 3", reads="N", runs=("N = 64", "")),
    "a generator": same("g = (n for n in (4, 8))", "first = list(g)", reads="[list(g), first]"),
    "an object of a class of the notebook": same(
        "import dataclasses\n@dataclasses.dataclass\nclass C:\n    units: int = 4",
        "c = C()\nc.units = 64",
        reads="c.units",
    ),
    "what is seeded": same("keras.utils.set_random_seed(3)", "N = 4", reads="N"),
    # Builders that are made.
    "a builder by a maker": Case(
        ("def make(n):\n    def inner(): return n\n    return inner", "build_model = make(64)"), ""
    ),
    "a builder by a lambda": Case(("build_model = lambda: layers.Dense(64)",), ""),
    "a builder by partial": Case(
        ("from functools import partial\ndef make(n): return layers.Dense(n)", "build_model = partial(make, 64)"), ""
    ),
    "a builder by another name": Case(("def make_it(): return layers.Dense(64)", "build_model = make_it"), ""),
    # What is changed by lines that are left out.
    "a call": told(CFG, BEST, "cfg['units'] = best()"),
    "a call in the same cell": told(BEST, "N = 4\nN = best()", reads="N", at="cell 3 (line 2)"),
    "a call in update": told(CFG, BEST, "cfg.update(units=best())"),
    "while": told(SIZES, "", "while len(sizes) < 4:\n    sizes.append(8)", reads="sizes"),
    "with": told(CFG, "from contextlib import nullcontext", "with nullcontext():\n    cfg['units'] = 64"),
    "with as": told(CFG, "from contextlib import nullcontext", "with nullcontext(cfg) as c:\n    c['units'] = 64"),
    "match": told(CFG, "", "match 3:\n    case n: cfg['units'] = 64"),
    "match that binds": told("N = 4", "", "match 64:\n    case N: pass", reads="N"),
    "a function that changes its argument": told(CFG, "def tune(c): c['units'] = 64", "tune(cfg)"),
    "by keyword": told(CFG, "def tune(*, c): c['units'] = 64", "tune(c=cfg)"),
    "by star": told(CFG, "def tune(c): c['units'] = 64", "tune(*[cfg])"),
    "by default": told(CFG, "def tune(c=cfg): c['units'] = 64", "tune()"),
    "by any of many": told(CFG, "def tune(*all): all[0]['units'] = 64", "tune(cfg)"),
    "an alias in a function": told(
        CFG, "def tune(c):\n    d = c['deep']\n    d['units'] = 64", "tune(cfg)", reads="cfg"
    ),
    "an inner function": told(CFG, "def tune():\n    def go(): cfg['units'] = 64\n    go()", "tune()"),
    "a function that is defined later": told(CFG, "def tune(): go()\ndef go(): cfg['units'] = 64", "tune()"),
    "through another function": told(CFG, "def go(c): c['units'] = 64\ndef tune(d): go(d)", "tune(cfg)"),
    "a global": told("N = 4", "def tune():\n    global N\n    N = 64", "tune()", reads="N"),
    "a lambda that changes": told(CFG, "tune = lambda c: c.update(units=64)", "tune(cfg)"),
    "a method bound": told(CFG, "put = cfg.update", "put(units=64)"),
    "a function of functions": told(CFG, "def tune(c): c['units'] = 64", "list(map(tune, [cfg]))"),
    "functions in a list": told(CFG, "def tune(c): c['units'] = 64\nall = [tune]", "all[0](cfg)"),
    "functions in a loop": told(CFG, "def tune(): cfg['units'] = 64", "for f in (tune,): f()"),
    "a lambda called at once": told(CFG, "", "(lambda c: c.update(units=64))(cfg)"),
    "a comprehension": told("all = [{'units': 4}]", "", "print([c.update(units=64) for c in all])", reads="all"),
    "a name that a comprehension has as well": told(
        SIZES, "", "while len(sizes) < 4:\n    sizes.append(max(sizes for sizes in [3]))", reads="sizes"
    ),
    "a function that gives it": same(CFG, "def get(): return cfg", "get()['units'] = 64"),
    "what a function gives, by a name": told(
        CFG, BEST, "def get():\n    c = cfg\n    return c", "c = get()\nc['units'] = best()", at="cell 5 (line 2)"
    ),
    "a method": told(CFG, "class T:\n    def go(self): cfg['units'] = 64", "T().go()"),
    "a method with an argument": told(CFG, "class T:\n    def go(self, c): c['units'] = 64", "T().go(cfg)"),
    "a constructor": told(CFG, "class T:\n    def __init__(self, c): c['units'] = 64", "T(cfg)"),
    "a constructor that keeps it": told(
        CFG,
        "class T:\n    def __init__(self, c): self.c = c\n    def go(self): self.c['units'] = 64",
        "t = T(cfg)\nt.go()",
        at="cell 4 (line 2)",
    ),
    "setattr": told("class C:\n    units = 4", "", "setattr(C, 'units', 64)", reads="C.units"),
    "vars": told(
        "from types import SimpleNamespace as C\nc = C()", "c.units = 4", "vars(c)['units'] = 64", reads="c.units"
    ),
    "dict.update": told(CFG, "", "dict.update(cfg, units=64)"),
    "__setitem__": told(CFG, "", "cfg.__setitem__('units', 64)"),
    "operator": told(CFG, "import operator", "operator.setitem(cfg, 'units', 64)"),
    "shuffle": told("sizes = [1, 2, 3, 4, 5]", "import random", "random.Random(1).shuffle(sizes)", reads="sizes"),
    "an iterator": told("g = (n for n in (4, 8))", "", "print(list(g))", reads="list(g)"),
    "globals": told("N = 4", "", "globals()['N'] = 64", reads="N"),
    "globals().update": told("N = 4", "", "globals().update(N=64)", reads="N"),
    "exec": told("N = 4", "", "exec('N = 64')", reads="N"),
    "a walrus": told("N = 4", "", "print(N := 64)", reads="N"),
    "a walrus in a comprehension": told("N = 4", "", "print([N := n for n in (64,)])", reads="N"),
    "del of a name": told("max = 64", "", "del max", reads="max(3, 4) if callable(max) else max"),
    "a builtin": told("", BEST, "max = best()", reads="max(3, 4) if callable(max) else max", at="cell 4"),
    "a default of what was left out": told(
        "N = 4", BEST, "N = best()", "def f(n=N): return n, N", "N = 5", reads="f()"
    ),
    "a state that counts calls": told("n = [0]\ndef f():\n    n[0] += 1\n    return n[0]", "", "f()", reads="f()"),
    "a default that is changed": told("def f(n=[]):\n    n.append(4)\n    return n", "", "f()", reads="f()"),
    "the builder itself": Case(
        (CFG, "def build_model(): return cfg.pop('units') if cfg.get('units') else 3", "model = build_model()"),
        "",
    ),
    "a builder wrapped": Case(
        (
            "def build_model(): return 3",
            "def wrap(f): return f() + open('/dev/null').fileno() * 0 + 1",
            "x = wrap(build_model)\nbuild_model = lambda: 64",
            "def run(f): return f",
            "build_model = run(print and build_model)",
        ),
        "",
    ),
    # What is set for all of Keras, and Keras itself.
    "floatx": told("N = 4", "", "keras.config.set_floatx('float16')", reads="N"),
    "floatx by import": told("from keras.backend import set_floatx", "N = 3", "set_floatx('float16')", reads="N"),
    "floatx in a function": told("def start(): keras.config.set_floatx('float16')", "N = 3", "start()", reads="N"),
    "image format": told(
        "import tensorflow as tf", "N = 3", "tf.keras.backend.set_image_data_format('channels_first')", reads="N"
    ),
    "a patch of Keras": told("N = 4", "class My(layers.Layer): pass", "keras.layers.Dense = My", reads="N"),
    "a patch by setattr": told("N = 4", "class My(layers.Layer): pass", "setattr(layers, 'Dense', My)", reads="N"),
    "a patch in a function": told(
        "class My(layers.Layer): pass", "def patch(): keras.layers.Dense = My", "patch()", reads="3"
    ),
    # Modules.
    "a module that a cell writes": Case(
        ("%%writefile blocks.py\nN = 64", "from blocks import N"),
        "N",
        "cell 2",
        runs=("write_module('blocks', 'N = 64')", "from blocks import N"),
        files={"blocks.py": "N = 4"},
    ),
    "a notebook that is run": Case(
        ("N = 4", "%run other.py"),
        "N",
        "cell 3",
        runs=("N = 4", "exec('N = 64')"),
    ),
    "time of a line": Case(("N = 4", "%time N = 64"), "N", runs=("N = 4", "N = 64")),
    "a module's own": told(
        "import helpers",
        "",
        "helpers.cfg['units'] = 64",
        reads="helpers.cfg",
        files={"helpers.py": "cfg = {'units': 4}"},
    ),
    "a module's function": told(
        "import helpers",
        "",
        "helpers.setup(64)",
        reads="helpers.cfg",
        files={"helpers.py": "cfg = {'units': 4}\ndef setup(n): cfg['units'] = n"},
    ),
    "what is imported of a module": told(
        "from helpers import cfg", "", "cfg.update(units=64)", files={"helpers.py": "cfg = {'units': 4}"}
    ),
    "a function of a module": told(
        "from helpers import tune", CFG, "tune(cfg)", files={"helpers.py": "def tune(c): c['units'] = 64"}
    ),
}
