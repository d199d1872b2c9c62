import sys
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import DictLoader, Environment
from jinja2.compiler import CodeGenerator

from harness.report.themes.compiled import Compiled

PAGE = "{% for name in names %}<b>{{ name }}</b>{% endfor %}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Return the names of the templates that are compiled, as they are."""
    found: list[str | None] = []
    visit = CodeGenerator.visit_Template

    def noted(self: CodeGenerator, *args: object) -> CodeType:
        found.append(self.name)
        return visit(self, *args)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(CodeGenerator, "visit_Template", noted)
    return found


def page(source: str = PAGE) -> str:
    made = Environment(loader=DictLoader({"page": source}), autoescape=True, bytecode_cache=Compiled())
    return made.get_template("page").render(names=["<Ada>"])


def test_a_template_is_compiled_once_for_all_runs(folder: Path, compiled: list[str | None]) -> None:
    assert page() == page() == "<b>&lt;Ada&gt;</b>"
    assert compiled == ["page"]


def test_a_changed_template_is_compiled_anew(folder: Path, compiled: list[str | None]) -> None:
    assert page() != page(PAGE.replace("b>", "i>"))
    assert compiled == ["page", "page"]


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-1], lambda kept: b"", lambda kept: kept[:40] + b"?" + kept[41:]])
def test_damaged_byte_code_is_not_run(folder: Path, compiled: list[str | None], spoil: object) -> None:
    page()
    (kept,) = folder.rglob("*.template")
    kept.write_bytes(spoil(kept.read_bytes()))  # type: ignore[operator]
    assert page() == "<b>&lt;Ada&gt;</b>"
    assert compiled == ["page", "page"]


def test_byte_code_of_another_version_is_not_run(
    folder: Path, compiled: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    page()
    monkeypatch.setattr("harness.report.themes.compiled._settings", lambda: b"another version of Jinja")
    page()
    assert compiled == ["page", "page"] and len(list(folder.rglob("*.template"))) == 1


def test_pages_are_made_where_no_byte_code_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: list[str | None]
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    assert page() == page() == "<b>&lt;Ada&gt;</b>"
    assert compiled == ["page", "page"]


def test_no_byte_code_is_kept_where_python_keeps_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page()
    assert not list(folder.rglob("*.template"))
