"""What all cells of a notebook together say of its names, before any statement is decided about."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.intake.aliases import Aliases
from harness.intake.bound import STAR, alias_paths
from harness.intake.effects import Effects, of_module
from harness.intake.natures import Natures
from harness.intake.sharing import share
from harness.intake.syntax import InvalidSourceError, parse
from harness.intake.walks import Walks


@dataclass(frozen=True)
class Overview:
    """What statements do to objects, and which names may stand for the same ones."""

    effects: Effects
    aliases: Aliases


def overview(statements: Iterable[ast.stmt], beside: Mapping[str, bytes]) -> Overview:
    """Look through all statements of a notebook; `beside` has the sources of modules that lie beside it, by name."""
    body = [*statements]
    walks = Walks()
    found = imported_modules(body, walks) & beside.keys()
    modules = {name: effects for name in found if (effects := of_source(beside[name]))}
    imported = imports_of(body, modules, walks)
    effects = Effects(Natures(imported, body, walks), body, modules)
    aliases = Aliases()
    for statement in body:
        share(statement, effects.scene, aliases)
    for name, path in imported.items():
        if (module := path.partition(".")[0]) in beside:
            aliases.join(name, of_module(module))
    return Overview(effects, aliases)


def imports_of(body: Iterable[ast.stmt], modules: Mapping[str, Effects], walks: Walks) -> dict[str, str]:
    """Return what names of imports stand for, without those that the notebook binds to something else as well."""
    imported: dict[str, str] = {}
    bound: set[str] = set()
    for statement in body:
        paths = {**walks.import_paths(statement)}
        if STAR in paths:
            module = paths[STAR].partition(".")[0]
            paths |= {name: f"{module}.{name}" for name in (modules[module].names if module in modules else ())}
        paths |= alias_paths(statement, imported)
        bound |= walks.sets(statement) - paths.keys()
        imported |= paths
    return {name: path for name, path in imported.items() if name not in bound}


def imported_modules(body: Iterable[ast.stmt], walks: Walks) -> set[str]:
    return {path.partition(".")[0] for statement in body for path in walks.import_paths(statement).values()}


def of_source(source: bytes) -> Effects | None:
    """Return what the functions of a module do; None if it is not Python."""
    try:
        body = parse("", source).body
    except InvalidSourceError:
        return None
    walks = Walks()
    return Effects(Natures(imports_of(body, {}, walks), body, walks), body)
