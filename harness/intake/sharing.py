"""Which names stand for one object, or hold one another's, after a statement."""

import ast

from harness.intake.aliases import Aliases
from harness.intake.bound import root
from harness.intake.changes import MUTATORS
from harness.intake.held import Scene, direct, held
from harness.intake.natures import Nature
from harness.intake.pieces import Names
from harness.intake.statements import bindings

# Methods that put nothing of their arguments into their object.
APART = frozenset({"fit", "evaluate", "predict", "get", "index", "count", "pop", "remove", "discard", "join", "format"})


def share(node: ast.AST, scene: Scene, aliases: Aliases) -> None:
    """Put names together that share objects once a statement has run: by assignments, loops and what is put in."""
    for part in scene.running(node):
        for target, value in bindings(part):
            name = root(target)
            if name and (scene.of(name) is not Nature.PLAIN or not isinstance(target, ast.Name)):
                for other in held(value, scene):
                    aliases.join(name, other)
        if isinstance(part, ast.ClassDef):
            values = [value for statement in part.body for _, value in bindings(statement)]
            for other in frozenset().union(*(held(value, scene) for value in values)):
                aliases.join(part.name, other)
        if isinstance(part, ast.Call):
            put_in(part, scene, aliases)


def put_in(call: ast.Call, scene: Scene, aliases: Aliases) -> None:
    """Put what a method is handed together with its object, and what a function puts together."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Name):
        if call.func.id in scene.mixing and call.func.id not in scene.own:
            join_all(scene.mixing[call.func.id].union(*(held(one, scene) for one in given)), aliases)
    elif isinstance(call.func, ast.Attribute) and call.func.attr not in APART:
        owner = root(call.func)
        if owner and not scene.is_library(owner) and scene.of(owner) is not Nature.PLAIN:
            parts = given if call.func.attr in MUTATORS else direct(given)
            join_all(frozenset({owner}).union(*(held(ast.Tuple([one], ast.Load()), scene) for one in parts)), aliases)


def join_all(names: Names, aliases: Aliases) -> None:
    first, *others = [*names] or [""]
    for other in others:
        aliases.join(first, other)
