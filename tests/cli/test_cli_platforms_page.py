"""The page on learning platforms shows what is printed, word for word, of the made-up download of each."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from platforms.made import DIALECTS, zipped
from typer.testing import Result

PAGE = Path(__file__).parents[2] / "docs" / "platforms.md"
SHOWN = re.compile(r"```console\n\$ harness (grade (\w+)\.zip --list)\n(.+?)```", re.DOTALL)
SHOWN_OF = {found[2].partition("_")[0]: found for found in SHOWN.finditer(PAGE.read_text(encoding="utf-8"))}
PLATFORMS = sorted({dialect.partition(",")[0] for dialect in DIALECTS})


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_page_shows_what_is_printed(platform: str, harness: Callable[..., Result], tmp_path: Path) -> None:
    command, name, shown = SHOWN_OF[platform].groups()
    (tmp_path / f"{name}.zip").write_bytes(zipped(DIALECTS[platform]))
    done = harness(*command.split())
    assert done.exit_code == 0, done.output
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert printed == [line.rstrip() for line in shown.splitlines()]
