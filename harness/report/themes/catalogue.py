"""Every sentence that a theme can replace: those marked in templates, and the phrases made in Python."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

from harness.report.words.phrase import PLACEHOLDER

_ROOMS = ("report", "serve")


def key(sentence: str) -> str:
    """Return a sentence as it is looked up: blanks as one, a doubled per cent sign single."""
    return " ".join(sentence.split()).replace("%%", "%")


@cache
def catalogue() -> Mapping[str, str]:
    """Return every sentence with the file that it is first found in."""
    found: dict[str, str] = {}
    for name, source in sorted(_sources(), key=lambda file: (file[0].endswith(".py"), file[0])):
        for sentence in in_template(source) if name.endswith(".html") else in_python(source):
            found.setdefault(sentence, name)
    return found


@cache
def built_in_templates() -> Mapping[str, str]:
    """Return the sources of the templates that a theme can replace, by name."""
    folder = files("harness").joinpath("report", "templates")
    return {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".html")}


def in_template(source: str) -> Iterator[str]:
    """Yield what `_()` and `{% trans %}` mark in a template; nothing for one that cannot be read."""
    engine = Environment(extensions=["jinja2.ext.i18n"])  # noqa: S701 - it renders nothing
    engine.policies["ext.i18n.trimmed"] = True
    try:
        marked = list(engine.extract_translations(source))  # type: ignore[attr-defined]
    except TemplateSyntaxError:
        return
    for _line, _function, said in marked:
        texts = [said] if isinstance(said, str) else said or ()  # nothing for `_(word)`, which is a phrase already
        yield from (key(text) for text in texts if text)


def in_python(source: str) -> Iterator[str]:
    """Yield the texts of `Phrase("...")`, of `plural(n, "...", "...")` and of `count(n, "word")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _marked(node.func.id, [text for argument in node.args if (text := _text(argument))])


def _text(argument: ast.expr) -> str:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def _marked(function: str, texts: list[str]) -> Iterator[str]:
    if function in ("Phrase", "plural"):
        yield from (key(text) for text in texts if PLACEHOLDER.sub("", text).strip(" .,:;()"))
    if function == "count" and texts:
        one, many = texts[0], texts[1] if len(texts) > 1 else f"{texts[0]}s"
        yield from (f"%(n)s {one}", f"%(n)s {many}")


def _sources() -> Iterator[tuple[str, str]]:
    """Yield name and text of every template and module of the rooms that write pages."""
    waiting: list[Traversable] = [files("harness").joinpath(room) for room in _ROOMS]
    while waiting:
        for file in waiting.pop().iterdir():
            if file.name.endswith((".py", ".html")):
                yield file.name, file.read_text(encoding="utf-8")
            elif file.is_dir():
                waiting.append(file)
