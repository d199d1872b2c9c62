"""The rooms of the house: who may import whom, read from the source. Anything new needs a line here and a reason."""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import harness

ROOT = Path(harness.__file__).parent
BACKENDS = {"tensorflow", "keras", "torch", "jax", "tf_keras"}

TASK_WORDS = ("", ".contract", ".measured", ".profile", ".shown", ".steps", ".task", ".variant")

TASK_USES = {"harness.data.base", "harness.errors", "harness.records.models", "harness.scoring.score"}

# Words that several rooms share: plain data and pure facts that import nothing of the rooms that use them.
SHARED = {
    "harness",  # __version__
    "harness.errors",
    "harness.files",  # how a file is written whole, for every room that writes one
    "harness.shipped",
    "harness.data.base",
    *(f"harness.task{part}" for part in TASK_WORDS),
    "harness.scoring.score",  # what a measured number is, for scorers, records and pages
    "harness.records.models",  # what a fault and a measurement are is said once, for intake, sandbox and grading
    "harness.training.backend",  # describes versions without importing a backend
}

# Each room and the rooms whose insides it may use, beside SHARED and itself.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "files": set(),
    "shipped": set(),
    "data": set(),
    "scoring": set(),
    "task": set(),  # what a task is made of: all of it shared words
    "recipes": {"data", "scoring"},
    "tasks": {"data", "scoring", "recipes"},  # a task names its scorers
    "explain": set(),  # sentences about exceptions, for the inside of the sandbox and for intake
    "intake": {"explain"},
    "training": set(),
    "search": set(),  # of data in files, told by the bytes alone
    "sandbox": {"training", "explain"},  # of training child, server and probe only: see below
    "records": set(),
    "platforms": {"intake", "records"},  # a learning platform's download, read; marks and cards given back
    "grading": set(),
    "diagnosis": {"grading"},  # what is certain and what is likely are told in the same words
    "report": {"grading", "diagnosis"},
    "roster": {"intake", "platforms", "records", "grading"},  # class.yaml and the class list
    "workflow": {
        "roster",
        "search",
        "data",
        "tasks",
        "intake",
        "platforms",
        "sandbox",
        "records",
        "grading",
        "report",
        "diagnosis",
    },
    "course": {
        "data",
        "tasks",
        "platforms",
        "records",
        "grading",
        "diagnosis",  # lint names a finding that is not there
        "workflow",
    },  # a folder with the same rooms: its tasks, found and handed out
    "export": {"grading", "platforms", "records", "report", "workflow"},  # marks for platforms, tables, data frames
    "terminal": {"data", "tasks", "platforms", "grading", "report", "workflow"},
    "selfcheck": {
        "data",
        "tasks",
        "intake",
        "sandbox",
        "records",
        "grading",
        "report",
        "workflow",
        "course",
        "terminal",
    },
    "serve": {"tasks", "records", "grading", "report", "workflow"},
    "autograder": {  # the harness where a platform runs it
        "export",
        "grading",
        "records",
        "report",
        "workflow",
        "course",
        "tasks",
        "selfcheck",
    },
    "workers": {  # other machines that units run on, through an engine; the protocol is `workflow.workers`
        "data",
        "sandbox",
        "records",
        "workflow",
        "course",
    },
    "cli": {
        "workers",
        "serve",
        "autograder",
        "export",
        "selfcheck",
        "platforms",
        "roster",
        "grading",
        "records",
        "report",
        "workflow",
        "course",
        "terminal",
        "tasks",
    },
    "pytest_plugin": {"selfcheck"},
}

# What SHARED may itself import: otherwise a shared word could carry a whole room along.
SHARED_USES: dict[str, set[str]] = {
    "harness.errors": set(),
    "harness.files": {"harness.errors"},
    "harness.shipped": set(),
    "harness.data.base": {"harness.data.key"},
    "harness.data.key": {"harness.errors"},
    "harness.scoring.score": set(),
    **{f"harness.task{part}": TASK_USES | {f"harness.task{other}" for other in TASK_WORDS} for part in TASK_WORDS},
    "harness.records.models": {"harness.scoring.score"},
    "harness.training.backend": {"harness.training", "harness.training.on_demand", "harness.training.on_jax"},
}

# Student code and the libraries it trains with live behind the wall; these processes are the wall's inside.
INSIDE = {"harness.sandbox.child", "harness.sandbox.server", "harness.sandbox.probe"}
OUTSIDE_MAY_USE = {"harness.training.backend", "harness.training.errors"}

# Who writes files in their place, and why none of them can be left half written.
WRITES_PLAINLY = {
    "harness.course.handout",  # into a folder that is put in its place when all is there
    "harness.course.split",  # the same
    "harness.data.download",  # /dev/null
    "harness.report.files",  # beside the file, which takes its place
    "harness.selfcheck.notebook",  # in a temporary folder
    "harness.workflow.preflight",  # the same
}

MOST_PARAMETERS = 7
MOST_LINES = 300


@cache
def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the package by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if relative.parts[0] == "shipped_files":
            continue
        parts = [*relative.with_suffix("").parts]
        name = ".".join(["harness", *(parts[:-1] if parts[-1] == "__init__" else parts)])
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def is_package(name: str) -> bool:
    return (ROOT / Path(*name.split(".")[1:]) / "__init__.py").is_file()


def imports(name: str, *, nested: bool = True) -> Iterator[str]:
    """Yield the full name of everything a module imports, at its top only unless `nested`."""
    tree = modules()[name]
    for node in ast.walk(tree) if nested else top_level(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from resolved(name, node)


def top_level(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield every node that runs on import: all but the bodies of functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def resolved(name: str, node: ast.ImportFrom) -> Iterator[str]:
    """Yield the modules that `from X import a, b` needs: X.a where that is a module, else X."""
    base = node.module or ""
    if node.level:
        parts = name.split(".")[: None if is_package(name) else -1]
        parts = parts[: len(parts) - (node.level - 1)]
        base = ".".join([*parts, *([node.module] if node.module else [])])
    for alias in node.names:
        full = f"{base}.{alias.name}"
        yield full if full in modules() else base


def own(name: str, *, nested: bool = True) -> set[str]:
    return {i for i in imports(name, nested=nested) if i == "harness" or i.startswith("harness.")}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def on_every_module(check: Callable[[str], None]) -> Callable[[], None]:
    """Return a test that makes a check on every module, and names those that do not pass with the reason."""

    def test() -> None:
        failed = {}
        for name in sorted(modules()):
            try:
                check(name)
            except AssertionError as error:
                failed[name] = str(error)
        assert not failed, "\n\n".join(f"{name}: {why}" for name, why in failed.items())

    test.__doc__ = check.__doc__
    return test


def test_there_is_something_to_read() -> None:
    assert len(modules()) > 40
    assert own("harness.workflow.workshop") >= {"harness.sandbox.launch", "harness.workflow.machine"}


def test_every_room_is_known() -> None:
    assert {room(name) for name in modules()} - {""} <= set(ROOMS), "a new room needs its place in the order"


@on_every_module
def test_a_module_imports_only_rooms_before_it(name: str) -> None:
    if not room(name):
        assert own(name) == set(), "importing the package must cost nothing"
        return
    allowed = ROOMS[room(name)] | {room(name)}
    upward = {i for i in own(name) - SHARED if room(i) not in allowed}
    assert not upward, f"{name} reaches into {sorted(upward)}"


def test_the_rooms_stand_in_an_order() -> None:
    order = list(TopologicalSorter({k: v - {k} for k, v in ROOMS.items()}).static_order())
    assert order.index("workflow") > order.index("report") > order.index("grading")
    assert order.index("cli") > order.index("workflow")


@pytest.mark.parametrize("name", sorted(SHARED_USES))
def test_shared_words_carry_nothing_along(name: str) -> None:
    assert own(name) <= SHARED_USES[name]


def test_no_module_imports_itself_in_a_circle() -> None:
    """Imports inside functions count too: they only hide a circle."""
    graph = {name: {i for i in own(name) if i in modules() and i != name} for name in modules()}
    for name, needs in graph.items():
        needs -= {p for p in needs if name.startswith(f"{p}.") and not own(p)}  # an empty package is no circle
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


@on_every_module
def test_backends_are_imported_in_functions_of_the_training_room_only(name: str) -> None:
    on_import = {i.partition(".")[0] for i in imports(name, nested=False)} & BACKENDS
    assert not on_import, "importing a module loads no backend"
    if room(name) != "training":
        assert not {i.partition(".")[0] for i in imports(name)} & BACKENDS


@on_every_module
def test_no_backend_is_imported_by_name_in_a_string(name: str) -> None:
    """`importlib.import_module("keras")` would be a way around."""
    if room(name) == "training":
        return
    calls = [n for n in ast.walk(modules()[name]) if isinstance(n, ast.Call)]
    loaders = [
        c for c in calls if getattr(c.func, "attr", getattr(c.func, "id", "")) in ("import_module", "__import__")
    ]
    words = {a.value for c in loaders for a in c.args if isinstance(a, ast.Constant)}
    assert not words & BACKENDS


@on_every_module
def test_only_the_inside_of_the_sandbox_runs_training(name: str) -> None:
    if room(name) == "training" or name in INSIDE:
        return
    used = {i for i in own(name) if i.startswith("harness.training.")}
    assert used <= OUTSIDE_MAY_USE


def test_scoring_and_grading_read_no_file_and_start_no_process() -> None:
    """Pure functions; the rubric and baseline files are read by the modules named here."""
    readers = {"harness.grading.rubric_file", "harness.grading.baselines", "harness.grading.rubric"}
    banned = {"subprocess", "os", "socket", "sqlite3", "pathlib", "tempfile", "shutil", "time", "datetime", "random"}
    for name in modules():
        if room(name) in ("scoring", "grading") and name not in readers:
            assert not {i.partition(".")[0] for i in imports(name)} & banned, name


def plain_writes(tree: ast.Module) -> Iterator[str]:
    """Yield every call that writes a file in its place, where a crash would leave half of it."""
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        words = [a.value for a in (*call.args, *(k.value for k in call.keywords)) if isinstance(a, ast.Constant)]
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        modes = [w for w in words if isinstance(w, str) and set(w) <= {*"rwxabt+"} and set(w) & {*"wxa"}]
        if name in ("write_text", "write_bytes") or (name in ("open", "fdopen") and modes):
            yield ast.unparse(call)


@on_every_module
def test_files_are_written_by_what_writes_them_whole(name: str) -> None:
    """By `harness.files`; in folders that nobody keeps, and in the sandbox, it does not matter."""
    if room(name) not in ("files", "sandbox") and name not in WRITES_PLAINLY:
        assert not [*plain_writes(modules()[name])], "harness.files has write_out, out_file, atomic and write_new"


def test_nothing_is_unpickled() -> None:
    """What comes out of the sandbox is bytes of a declared size; none of them may run code."""
    banned = {"pickle", "marshal", "shelve", "dill", "joblib"}
    for name in modules():
        assert not {i.partition(".")[0] for i in imports(name)} & banned, name
        text = ast.unparse(modules()[name])
        assert "allow_pickle=True" not in text, name


# How a declared library is imported where that is not its name, and what some bring along.
IMPORTED_AS = {
    "pillow": "PIL",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "ruamel-yaml": "ruamel",
}
BROUGHT_ALONG = {"markupsafe", "pydantic_core", "werkzeug"}


@cache
def declared() -> set[str]:
    """Return the top-level names of what an installation asks for, by the project's file as it is now."""
    asked = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = (re.match(r"[\w.-]+", r) for r in asked)
    distributions = {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name}
    return {IMPORTED_AS.get(d, d) for d in distributions} | BROUGHT_ALONG | {"harness"}


@on_every_module
def test_only_declared_libraries_are_imported(name: str) -> None:
    used = {i.partition(".")[0] for i in imports(name)} - set(sys.stdlib_module_names)
    engine = {"distributed", "dask"} if room(name) == "workers" else set()
    optional = {"torch", "jax"} | engine  # other backends, and what an extra installs
    assert used - optional <= declared()


@on_every_module
def test_a_module_says_what_it_is_for(name: str) -> None:
    text = ast.get_docstring(modules()[name])
    empty = not modules()[name].body
    assert empty or text


@on_every_module
def test_a_function_takes_seven_things_at_most(name: str) -> None:
    """What travels together is a value with a name; a caller of eight arguments has to count them."""
    functions = [n for n in ast.walk(modules()[name]) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    too_many = {f.name: len(names) for f in functions if len(names := parameters(f)) > MOST_PARAMETERS}
    assert not too_many, f"{name}: pass a frozen dataclass instead"


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    asked = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [a.arg for a in asked if a.arg not in ("self", "cls")]


@on_every_module
def test_a_module_is_no_longer_than_can_be_read_at_once(name: str) -> None:
    path = ROOT.parent / Path(*name.split("."))
    source = path / "__init__.py" if is_package(name) else path.with_suffix(".py")
    lines = len(source.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{name} has {lines} lines; it may hold two ideas"
