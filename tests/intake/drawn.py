"""Notebooks drawn at random in which cells change what others have made: by names, aliases, functions and methods."""

from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator

START = (
    "import keras\nfrom keras import layers\nfrom contextlib import nullcontext\nfrom functools import partial",
    "cfg = {'u': 4, 'd': {'u': 5}, 'l': [1, 2]}\ndeep = {'u': 6}\nsizes = [3, 4]\nrows = [{'u': 7}, {'u': 8}]",
    "n = 2\nm = 3\nother = {'u': 2}\nanother = {'u': 3}\nmany = [5]",
    "class C:\n    u = 8\n    l = [9]\n    d = {'u': 1}",
    "def best():\n    while True:\n        return n + 64\ndef double(x): return 2 * x\ndef small(): return 0",
    "def f(): return n\ndef g(a=n): return a\nALL = {}\ndef register(h):\n    ALL[h.__name__] = h\n    return h",
    "class T:\n    def __init__(self, d): self.d = d\n    def go(self, v): self.d['u'] = v",
    "class Look(T):\n    def look(self): return self.d\ndef give(): return deep\ndef same(x): return x",
    "def put(x, v): x['u'] = v\ndef join(x, y): x['j'] = y\ndef keep(x): cfg['kept'] = x",
)
INTS = ("n", "m", "64", "len(sizes)", "cfg['u']", "best()", "double(n)", "f()", "g()", "C.u", "deep['u']", "sum(sizes)")
DICTS = (
    "cfg",
    "deep",
    "cfg['d']",
    "rows[0]",
    "rows[-1]",
    "cfg.get('d')",
    "give()",
    "same(deep)",
    "C.d",
    "other",
    "another",
)
LISTS = ("sizes", "cfg['l']", "C.l", "many", "same(sizes)")
READ = (
    *("cfg", "deep", "sizes", "rows", "n", "m", "C.u", "C.l", "C.d", "f()", "g()", "[h() for h in ALL.values()]"),
    *("other", "another", "many", "give()", "double(n)", "Look(deep).look()", "small()", "g(m)", "sorted(ALL)"),
)
SIMPLE = (
    *("{d}['u'] = {i}", "{d}.update(u={i})", "{d}.setdefault('k', {i})", "{d}['k'] = {d}.copy()", "{d}['o'] = {i}"),
    *("{l}.append({i})", "{l} += [{i}]", "{l}.extend(sizes[:1])", "{l}[0] = {i}", "{l}.pop()", "sizes[:] = [{i}]"),
    *("n = {i}", "n += {i}", "m, n = n, {i}", "n = m = {i}", "m *= 2", "C.u = {i}", "C.l = [{i}]", "C.d = {d}"),
    *("other = {d}", "another = other", "another = {d}", "many = {l}", "other, many = {d}, {l}", "rows.append({d})"),
    *("rows = [{d}]", "rows = [x for x in rows]", "rows = list(reversed(rows))", "deep = {d}", "cfg['d'] = {d}"),
    *(
        "other = dict({d})",
        "other = dict(d={d}, u=1)",
        "other = {**cfg}",
        "sizes = {l} + [{i}]",
        "join({d}, {d})",
        "keep({d})",
    ),
    *("put({d}, {i})", "put(v={i}, x={d})", "put(*[{d}, {i}])", "T({d}).go({i})", "t = T({d})\nt.go({i})"),
    *("partial(put, {d})({i})", "(lambda x: x.update(u={i}))({d})", "move = {d}.update\nmove(u={i})"),
    *("list(map(lambda x: x.update(u={i}), rows))", "[x.update(u={i}) for x in rows]", "list(map(put, rows, sizes))"),
    *(
        "for x in rows:\n    x['u'] = {i}",
        "for k, v in cfg.items():\n    m = 5",
        "for h in (put, put):\n    h({d}, {i})",
    ),
    *(
        "setattr(C, 'u', {i})",
        "vars(C)['l'].append({i})",
        "globals()['n'] = {i}",
        "exec('n = 99')",
        "print(n := {i}, end='')",
    ),
    *(
        "def f(): return {i}",
        "def f(): return m + n",
        "def g(a={i}): return a + m",
        "f = lambda: {i}",
        "f = partial(double, {i})",
    ),
    *(
        "def put(x, v): x['u'] = v + 1",
        "def double(x): return 3 * x",
        "def give(): return {d}",
        "def same(y): return y",
    ),
    *(
        "@register\ndef one(): return {i}",
        "@register\ndef two(): return n",
        "def small(): return {i}",
        "class C(C):\n    u = {i}",
    ),
    *(
        "def tune():\n    global n\n    n = {i}\ntune()",
        "def tune():\n    {d}['u'] = {i}\ntune()",
        "def tune(x={d}): x['u'] = {i}",
    ),
    *(
        "put(rows[0], {i})",
        "def outer():\n    def inner(x): x['u'] = 5\n    inner({d})\nouter()",
        "print(f(), g(), end='')",
        "small()",
    ),
    *(
        "del sizes[0]",
        "n = best()",
        "deep = {'u': best()}",
        "cfg = {'u': {i}, 'd': {d}, 'l': {l}}",
        "other = Look({d}).look()",
    ),
)
AROUND = (
    *["{s}"] * 12,
    *(
        "if n > 0:\n{t}",
        "if best():\n{t}",
        "if f():\n{t}\nelse:\n    m = 1",
        "for _ in range(2):\n{t}",
        "with nullcontext():\n{t}",
    ),
    *(
        "try:\n{t}\nexcept KeyError:\n    n = 1",
        "while True:\n{t}\n    break",
        "if True:\n    if m:\n        m = 7\n{t}",
    ),
)


@dataclass(frozen=True)
class Drawn:
    """The cells of a notebook, the last with its builder."""

    cells: tuple[str, ...]


def draw(rng: Rng) -> Drawn:
    """Return a notebook; some fail where they are run."""
    cells = list(START)
    for _ in range(int(rng.integers(2, 7))):
        cells.append("\n".join(statement(rng) for _ in range(int(rng.integers(1, 4)))))
    read = ", ".join(one_of(rng, READ) for _ in range(int(rng.integers(1, 4))))
    builder = f"def build_model():\n    return layers.Dense({read})"
    cells.insert(int(rng.integers(len(START), len(cells) + 1)), builder)
    if rng.random() < 0.2:
        cells.append("model = build_model()")
    return Drawn(tuple(cells))


def statement(rng: Rng) -> str:
    text = one_of(rng, SIMPLE)
    for hole, choices in (("{d}", DICTS), ("{i}", INTS), ("{l}", LISTS)):
        first, *others = text.split(hole)
        text = first + "".join(one_of(rng, choices) + other for other in others)
    around = one_of(rng, AROUND)
    return around.format(s=text, t="\n".join(f"    {line}" for line in text.split("\n")))


def one_of(rng: Rng, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
