"""`harness theme` and `--theme`: from the command line, and before anything is trained."""

from pathlib import Path

import pytest
import toy
from typer.testing import CliRunner

from harness.cli import app

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "theme")


def run(*arguments: str, **env: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments), env=env)
    return done.exit_code, done.output


def test_a_theme_is_started_checked_and_shown(tmp_path: Path) -> None:
    code, said = run("theme", "--out", str(tmp_path / "mine"))
    assert (code, said) == (0, f"wrote {tmp_path / 'mine' / 'theme.yaml'}\n")
    assert run("theme", str(tmp_path / "mine"))[0] == 0
    code, said = run("theme", EXAMPLE, "--preview", str(tmp_path / "look"))
    assert code == 0 and f"Made-up class: {tmp_path / 'look' / 'index.html'}" in said
    assert "Tiefes Lernen" in (tmp_path / "look" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [(), (EXAMPLE, "--out", "x")])
def test_one_of_a_folder_and_out_is_needed(arguments: tuple[str, ...]) -> None:
    code, said = run("theme", *arguments)
    assert code == 2 and "Expected the folder of a theme, or --out DIR" in said


@pytest.mark.parametrize("verb", [("grade", "class", "--out", "out"), ("check", "class"), ("regrade", "out")])
def test_a_broken_theme_stops_a_verb_before_it_does_anything(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (tmp_path / "mine" / "templates").mkdir(parents=True)
    (tmp_path / "mine" / "templates" / "card.html").write_text("\n{{ crad.name }}")
    for code, said in (run(*verb, "--theme", "mine"), run(*verb, HARNESS_THEME="mine")):
        assert code == 2
        assert "harness: mine/templates/card.html:2: 'crad' is undefined. Did you mean 'card'?" in said
    assert not (tmp_path / "out").exists()
