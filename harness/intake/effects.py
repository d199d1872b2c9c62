"""What calling the functions and classes of a notebook changes, whichever of their definitions it is.

Told from all cells together. A function changes an argument or a name of the module if its body does, if something
that it calls does, or if it hands it on to what is not known.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.intake.aliases import Aliases
from harness.intake.bound import root
from harness.intake.changes import NOTHING, Touched, Use, touched
from harness.intake.held import Scene, held
from harness.intake.natures import Natures
from harness.intake.pieces import Names
from harness.intake.routines import Routine, routine_of
from harness.intake.scopes import Function
from harness.intake.walks import Walks

MOST_DEFINITIONS = 6  # of one name that are told apart
MOST_PARENTS = 20  # of one class
AT_CREATION = frozenset({"__init__", "__post_init__", "__new__", "__call__"})


@dataclass(frozen=True)
class Effect:
    """Names whose objects are changed, names that are bound, and what is set for a library as a whole."""

    changes: Names = NOTHING
    binds: Names = NOTHING
    settings: Names = NOTHING


@dataclass(frozen=True)
class Definition:
    """A function, under the names that a call may have for it: its own, that of its class, or that of a method."""

    keys: tuple[str, ...]
    node: Function
    method: bool = False


class Effects:
    """The functions and classes of a notebook, and what is known of calling those that it may call.

    Of a module, for which there are no `modules`, all are known: whoever imports it may call them.
    """

    def __init__(
        self, natures: Natures, statements: Sequence[ast.stmt], modules: "Mapping[str, Effects] | None" = None
    ) -> None:
        self.outers: dict[str, Names] = {}
        self.mixing: dict[str, Names] = {}
        self.scene = Scene(natures, self.gives, self.outers, self.mixing)
        self._routines: dict[str, list[Routine]] = defaultdict(list)
        self._keys: dict[int, tuple[str, ...]] = {}
        self._parents: dict[str, list[str]] = {}
        found = [one for statement in statements for one in self._definitions(statement)]
        self.outers |= {key: NOTHING for one in found for key in one.keys}
        for module, source in (modules or {}).items():
            self._adopt(module, source)
        called = may_be_called(found, mentioned_in(statements, natures.walks)) if modules is not None else found
        routines = [routine for one in called if (routine := self._add(one))]
        for heir in [name for name in self._parents if name not in self._routines]:
            for routine in self._called(heir):
                self._keys[id(routine)] += (heir,)
        self._close(routines)

    def _adopt(self, module: str, source: "Effects") -> None:
        """Take over the functions of a module beside the notebook; what they change of it is the module as a whole."""
        for key in [key for key in source.outers if not key.startswith(".")]:
            path = f"{module}.{key}"
            self.outers[path] = NOTHING
            for routine in source._called(key):
                outer = {of_module(module)} if routine.outer | routine.binds else set()
                kept = {name: [name] for name in {*routine.params} & routine.changed} | {name: [name] for name in outer}
                self._routines[path].append(
                    replace(routine, aliases=Aliases(), interesting=kept, groups={*kept}, binds=set(), own=NOTHING)
                )
            self.outers[path] = NOTHING.union(*(routine.outer for routine in self._routines[path]))

    @property
    def names(self) -> list[str]:
        """The functions and classes that are defined."""
        return [name for name in self.outers if "." not in name]

    def of(self, node: ast.AST) -> Effect:
        """Return what a statement does as it runs, what it calls included."""
        return self._with_calls(touched(node, self.scene))

    def gives(self, scene: Scene, call: ast.Call) -> Names | None:
        """Return what a call of something of the notebook may give; None if it is not of the notebook."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in self.outers or name in scene.own:
            return None
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        handed = NOTHING.union(*(held(one, scene) for one in given))
        routines = self._called(name)
        if name in self._parents or not routines:
            return handed
        outer = {one for routine in routines for one in routine.gives if one not in routine.params}
        taken = any(one in routine.params for routine in routines for one in routine.gives)
        return frozenset(outer) | (handed if taken else NOTHING)

    def _definitions(self, statement: ast.stmt) -> Iterator[Definition]:
        """Yield the functions that a statement defines for its module, methods among them."""
        methods: set[int] = set()
        for part in self.scene.running(statement):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and id(part) not in methods:
                yield Definition((part.name,), part)
            elif isinstance(part, ast.ClassDef):
                self.outers.setdefault(part.name, NOTHING)
                self._parents.setdefault(part.name, []).extend(filter(None, map(root, part.bases)))
                for one in (one for one in part.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)):
                    methods.add(id(one))
                    made = (part.name,) if one.name in AT_CREATION else ()
                    yield Definition((f".{one.name}", *made), one, method=True)
            elif isinstance(part, ast.Assign) and isinstance(part.value, ast.Lambda):
                names = tuple(target.id for target in part.targets if isinstance(target, ast.Name))
                yield Definition(names, part.value)

    def _add(self, one: Definition) -> Routine | None:
        """Add a function under its names; None if another one stands for it from here on."""
        routine = routine_of(one.keys[0] if one.keys else "", one.node, self.scene, method=one.method)
        keys = tuple(key for key in one.keys if len(self._routines[key]) < MOST_DEFINITIONS)
        for key in one.keys:
            if key in keys:
                self._routines[key].append(routine)
            else:
                self._routines[key][-1].absorb(routine)
        self._keys[id(routine)] = keys
        return routine if keys else None

    def _called(self, key: str) -> list[Routine]:
        """Return the functions that a call may run: those of a name, or of the classes that a class is of."""
        found: list[Routine] = []
        waiting, seen = [key], {key}
        for one in waiting:
            found += self._routines.get(one, [])
            stop = one in self._routines or len(seen) > MOST_PARENTS
            more = [] if stop else [p for p in self._parents.get(one, ()) if p not in seen]
            waiting += more
            seen.update(more)
        return found[: 2 * MOST_DEFINITIONS]

    def _with_calls(self, found: Touched) -> Effect:
        effects = [self._effect(use) for use in found.uses]
        return Effect(
            frozenset(found.names).union(*(one.changes for one in effects)),
            NOTHING.union(*(one.binds for one in effects)),
            frozenset(found.settings).union(*(one.settings for one in effects)),
        )

    def _effect(self, use: Use) -> Effect:
        names, binds, settings = set[str](), set[str](), set[str]()
        for routine in self._called(use.callee):
            for name in routine.changed & routine.params.keys():
                names |= routine.given(name, use)
            names |= routine.outer
            binds |= routine.binds
            settings |= routine.settings
        return Effect(frozenset(names), frozenset(binds), frozenset(settings))

    def _close(self, routines: list[Routine]) -> None:
        """Let each function do what those do that it calls, until nothing is new."""
        callers: dict[str, list[tuple[Routine, Use]]] = defaultdict(list)
        for routine in routines:
            for use in routine.uses:
                callers[use.callee].append((routine, use))
        waiting = dict.fromkeys(key for routine in routines for key in self._keys[id(routine)])
        while waiting:
            key, _ = waiting.popitem()
            for caller, use in callers.get(key, ()):
                if self._learn_from(caller, use):
                    waiting |= dict.fromkeys(self._keys[id(caller)])
        for key in self.outers:
            called = self._called(key)
            self.outers[key] = self.outers[key].union(*(routine.outer for routine in called))
            if any(routine.mixes for routine in called):
                self.mixing[key] = NOTHING.union(*(routine.mixed for routine in called))

    def _learn_from(self, caller: Routine, use: Use) -> bool:
        """Add what a call does to the function that it stands in; return whether that is new."""
        new = False
        for routine in self._called(use.callee):
            for name in routine.changed & routine.params.keys():
                new = caller.change(routine.given(name, use)) or new
            new = caller.change_outer(routine.outer, frozenset(routine.binds), frozenset(routine.settings)) or new
        return new


def mentioned_in(statements: Sequence[ast.stmt], walks: Walks) -> set[str]:
    """Return the names, and the attributes with a dot, that statements mention as they run."""
    found: set[str] = set()
    for statement in statements:
        for part in walks.running(statement):
            found.update(*map(mention, ast.walk(part) if isinstance(part, ast.Lambda) else (part,)))
    return found


def mention(part: ast.AST) -> tuple[str, ...]:
    if isinstance(part, ast.Name):
        return (part.id,)
    return (f".{part.attr}",) if isinstance(part, ast.Attribute) else ()


def may_be_called(definitions: Sequence[Definition], mentioned: set[str]) -> list[Definition]:
    """Return the definitions that are mentioned, by what runs or by another one of these; Python calls `__x__`."""
    by_key: dict[str, list[Definition]] = defaultdict(list)
    for one in definitions:
        for key in one.keys:
            by_key[key].append(one)
    waiting = [key for key in by_key if key in mentioned or key.startswith(".__")]
    called: set[int] = set()
    for key in waiting:
        for one in by_key.pop(key, ()):
            if id(one) not in called:
                called.add(id(one))
                waiting += [name for part in ast.walk(one.node) for name in mention(part) if name in by_key]
    return [one for one in definitions if id(one) in called]


def of_module(name: str) -> str:
    """Return the name that stands for all that a module beside the notebook holds."""
    return f"module {name}"
