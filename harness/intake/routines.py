"""One function of a notebook: what it changes, gives and sets, as far as its own body tells."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from harness.intake.aliases import Aliases
from harness.intake.bound import FUNCTIONS, arguments_of, root, sets
from harness.intake.changes import NOTHING, Use, touched
from harness.intake.held import Scene, held
from harness.intake.natures import Nature
from harness.intake.pieces import Names
from harness.intake.scopes import Function, body_of, statements_in
from harness.intake.sharing import share

MOST_NAMES = 40  # that one function changes; one that changes more is said to change anything
ANYTHING = "*anything*"
ANY = "*any*"  # a parameter of a function that stands for several


@dataclass
class Routine:
    """A function: where its parameters stand, and which groups of names it changes.

    `own` are its local names, `interesting` its parameters and the names of the module by their groups. With `loose`,
    it stands for several, and any argument may be any parameter. A `bound` one is called on an object.
    """

    params: dict[str, int]
    defaults: dict[str, Names] = field(default_factory=dict)
    star: str = ""
    keywords: str = ""
    bound: bool = False
    loose: bool = False
    own: Names = NOTHING
    aliases: Aliases = field(default_factory=Aliases)
    interesting: dict[str, list[str]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    settings: set[str] = field(default_factory=set)
    gives: Names = NOTHING
    uses: list[Use] = field(default_factory=list)

    def change(self, names: Iterable[str]) -> bool:
        """Note local names or parameters whose objects are changed; return whether that is new."""
        new = {self.aliases.of(name) for name in names} - self.groups
        self.groups |= new
        return bool(new)

    def change_outer(self, names: Names, binds: Names, settings: Names) -> bool:
        """Note what something that is called does to the module; return whether that is new."""
        before = len(self.groups), len(self.binds), len(self.settings)
        for name in names:
            seen = name if name not in self.own else f" {name}"  # the module's, not the one of the same name here
            self.groups.add(self.aliases.of(seen))
            if seen not in self.interesting.setdefault(self.aliases.of(seen), []):
                self.interesting[self.aliases.of(seen)].append(seen)
        self.binds |= binds
        self.settings |= settings
        return before != (len(self.groups), len(self.binds), len(self.settings))

    def absorb(self, other: "Routine") -> None:
        """Stand for another function as well: any argument may then be any parameter."""
        self.loose = True
        self.params.setdefault(ANY, 0)
        self.interesting.setdefault(ANY, [ANY])
        self.change_outer(other.outer, frozenset(other.binds), frozenset(other.settings))
        if not other.params.keys().isdisjoint(other.changed):
            self.change((ANY,))
        for use in other.uses:
            given = use.receiver | use.others.union(*use.positional, *(names for _, names in use.named))
            self.uses.append(Use(use.callee, others=(given - other.own) | ({ANY} if given & other.own else NOTHING)))

    @property
    def changed(self) -> set[str]:
        return {name for group in self.groups for name in self.interesting.get(group, ())}

    @property
    def outer(self) -> Names:
        """The names of the module whose objects it changes."""
        found = frozenset(name.strip() for name in self.changed if name not in self.params)
        return found if len(found) <= MOST_NAMES else frozenset({ANYTHING})

    @property
    def mixes(self) -> bool:
        """Whether it puts an argument together with another, or with something of the module."""
        return any(len(names) > 1 and not self.params.keys().isdisjoint(names) for names in self.interesting.values())

    @property
    def mixed(self) -> Names:
        """The names of the module that it puts together with arguments."""
        groups = [names for names in self.interesting.values() if not self.params.keys().isdisjoint(names)]
        return frozenset(name.strip() for names in groups for name in names if name not in self.params)

    def given(self, name: str, use: Use) -> Names:
        """Return what a parameter may be in a call."""
        slots = (use.receiver, *use.positional) if self.bound else use.positional
        named = dict(use.named)
        if self.loose:
            return use.others.union(*slots, *named.values())
        if name == self.star:
            return use.others.union(*slots[self.params[name] :])
        if name == self.keywords:
            return use.others.union(*(names for key, names in use.named if key not in self.params))
        place = self.params[name]
        if place < len(slots):
            return slots[place] | use.others
        return named.get(name, self.defaults.get(name, NOTHING)) | use.others


def routine_of(name: str, function: Function, scene: Scene, *, method: bool = False) -> Routine:
    """Return what the body of a function says, nested functions taken as run."""
    arguments = arguments_of(function)
    own = scene.natures.walks.local_names(function)
    inner = replace(scene, own=own, layers=layers_in(function, scene))
    static = any(root(d) == "staticmethod" for d in getattr(function, "decorator_list", []))
    found = Routine(
        {argument.arg: place for place, argument in enumerate(positions(function))},
        defaults_of(name, function, scene),
        function.args.vararg.arg if function.args.vararg else "",
        function.args.kwarg.arg if function.args.kwarg else "",
        method and not static,
        own=own,
    )
    found.params |= {a.arg: len(found.params) + 10_000 for a in arguments if a.arg not in found.params}
    if found.star:
        found.params[found.star] = len(positions(function))
    parts = [*parts_of(function, scene)]
    for part in parts:
        share(part, inner, found.aliases)
    done = [touched(part, inner) for part in parts]
    outside = scene.natures.walks.reading(function)
    mentioned = (outside.later | outside.at_once | found.aliases.names).union(*(one.names for one in done)) - own
    for name_of in sorted({*found.params} | {n for n in mentioned if is_object(n, scene)}):
        found.interesting.setdefault(found.aliases.of(name_of), []).append(name_of)
    for one in done:
        found.change(one.names)
        found.settings |= one.settings
        found.uses += one.uses
    found.gives = given_by(parts, function, inner, found)
    found.binds |= bound_outside(parts)
    return found


def positions(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args]


def is_object(name: str, scene: Scene) -> bool:
    return scene.of(name) is not Nature.PLAIN


def defaults_of(name: str, function: Function, scene: Scene) -> dict[str, Names]:
    """Return what parameters are where nothing is handed in; a new object is one that the function keeps."""
    arguments = function.args
    placed = positions(function)[len(positions(function)) - len(arguments.defaults) :]
    pairs = [
        *zip(placed, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    found = {}
    for argument, value in pairs:
        if value is not None and scene.natures.of_value(value) > Nature.FUNCTION:
            found[argument.arg] = held(value, scene) or frozenset({name})
    return found


def parts_of(function: Function, scene: Scene) -> Iterator[ast.AST]:
    """Yield the statements of a function, and those of functions in it."""
    waiting = [*body_of(function)]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += [one for inner in scene.running(part) if isinstance(inner, FUNCTIONS) for one in body_of(inner)]


def layers_in(function: Function, scene: Scene) -> Names:
    """Return the local names that stand for what a library makes: calling one changes nothing."""
    made: dict[str, bool] = defaultdict(lambda: True)
    for statement in body_of(function):
        for part in scene.running(statement):
            if isinstance(part, ast.Assign):
                for target in (one for one in part.targets if isinstance(one, ast.Name)):
                    called = isinstance(part.value, ast.Call) and scene.is_library(root(part.value))
                    made[target.id] = made[target.id] and called
    return frozenset(name for name, of_library in made.items() if of_library)


def given_by(parts: Iterable[ast.AST], function: Function, scene: Scene, routine: Routine) -> Names:
    """Return the parameters and names of the module that a function may give."""
    values = [function.body] if isinstance(function, ast.Lambda) else []
    for part in parts:
        for one in scene.running(part):
            if isinstance(one, ast.Return | ast.Yield | ast.YieldFrom) and one.value is not None:
                values.append(one.value)
    groups = {routine.aliases.of(name) for value in values for name in held(value, scene)}
    return frozenset(name for group in groups for name in routine.interesting.get(group, ()))


def bound_outside(parts: Iterable[ast.AST]) -> set[str]:
    """Return the names of the module that the statements of a function, and of those in it, bind."""
    statements = [part for part in parts if isinstance(part, ast.stmt)]
    named = (one for part in statements for one in statements_in(part) if isinstance(one, ast.Global))
    if not (called_global := {name for one in named for name in one.names}):
        return set()
    return called_global.intersection(*[frozenset().union(*map(sets, statements))])
