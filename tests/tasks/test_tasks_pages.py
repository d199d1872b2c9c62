"""The page of every task in the docs says what its contract, rubric, baseline and flawed submissions say."""

import pytest
import task_pages

from harness.tasks import find, names


@pytest.mark.parametrize("name", names())
def test_the_page_of_a_task_is_what_the_tool_writes(name: str) -> None:
    written = (task_pages.PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert written == task_pages.Page(find(name)).text(), "run python tools/task_pages.py"


def test_every_page_has_its_task_and_its_line_in_the_readme() -> None:
    assert sorted(path.stem for path in task_pages.PAGES.iterdir()) == sorted(names())
    readme = (task_pages.ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"| [`{name}`](docs/tasks/{name}.md) |" not in readme] == []
