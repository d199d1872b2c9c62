"""Plain `pytest` in a student's folder: the contract first, then one training, and each criterion as a test of its own.

It acts on a file `test_self_check.py` that says `harness_self_check = True`, and on nothing else. Every other run of
pytest loads this module and no more of the harness. The student's code is never imported here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.selfcheck.tests import TaskTests, Tests

FILE = "test_self_check.py"
MARK = "harness_self_check"
NOTE = "harness"  # the user property that carries lines for the summary


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "self-check of coursework (harness)")
    settings = {
        "task": ("tasks to check, by spaces or commas; default: all that have a file here", ""),
        "profile": ("size of the data: quick or full; default: the course's, or quick", ""),
        "seeds": ("how many seeds, a list such as 3,5,8, or auto: as many as grading would take", "1"),
    }
    for name, (text, default) in settings.items():
        group.addoption(f"--harness-{name}", default=None, metavar=name.upper(), help=text)
        parser.addini(f"harness_{name}", text, default=default)
    group.addoption("--harness-report", default=None, metavar="FILE.html", help="write the report card there")
    parser.addini("harness_report", "file to write the report card to", default="")
    parser.addini("harness_rubrics", "folder with one TASK.yaml per task; default: those of the course", default="")
    parser.addini("harness_course", "folder of the course; default: one with a course.yaml here or above", default="")


def setting(config: pytest.Config, name: str) -> str:
    """Return an option of the command line, or else the ini setting of the same name."""
    given = config.getoption(f"harness_{name}", None)
    return str(given if given is not None else config.getini(f"harness_{name}"))


def is_self_check(path: Path) -> bool:
    """Say whether a file is a self-check: by its name, and by what it says, which is read and not run."""
    if path.name != FILE:
        return False
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return False
    targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    return any(isinstance(t, ast.Name) and t.id == MARK for t in targets)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> SelfCheckFile | None:
    if not is_self_check(module_path):
        return None
    return SelfCheckFile.from_parent(parent, path=module_path)


class SelfCheckFile(pytest.File):
    """The folder of a student; collecting it reads names and rubrics, and trains nothing."""

    def collect(self) -> Iterator[TaskNode]:
        from harness.selfcheck.tests import Tests, Wanted

        config = self.config
        report = setting(config, "report")
        wanted = Wanted(
            folder=self.path.parent,
            tasks=tuple(setting(config, "task").replace(",", " ").split()),
            profile=setting(config, "profile"),
            seeds=setting(config, "seeds"),
            rubrics=config.rootpath / rubrics if (rubrics := setting(config, "rubrics")) else None,
            course=config.rootpath / course if (course := setting(config, "course")) else None,
            here=config.invocation_params.dir,
            report=config.invocation_params.dir / report if report else None,
        )
        tests = Tests(wanted, say=lambda line: say(config, line))
        config.add_cleanup(tests.close)
        for task in tests.tasks():
            yield TaskNode.from_parent(self, name=task.name, tests=tests, task=task)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return in_words(excinfo) or super().repr_failure(excinfo)


class TaskNode(pytest.Collector):
    """One task of the folder."""

    def __init__(self, *, tests: Tests, task: TaskTests, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tests, self.task = tests, task

    def collect(self) -> Iterator[pytest.Item]:
        for check in self.task.checks:
            yield ContractItem.from_parent(self, name=f"contract-{check}", check=check)
        for criterion in self.task.criteria:
            yield CriterionItem.from_parent(self, name=criterion, criterion=criterion)


class SelfCheckItem(pytest.Item):
    """A test without code of its own: it asks the self-check of its folder, which asks the sandbox once for all."""

    parent: TaskNode

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.parent.name}: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return in_words(excinfo) or super().repr_failure(excinfo)

    def note(self, result: Any) -> None:
        """Keep what is said once at the end of the run."""
        self.user_properties += [(NOTE, line) for line in result.notes]

    def heed(self, result: Any) -> None:
        """End as `result` says."""
        if result.skipped:
            pytest.skip(result.words)
        if not result.passed:
            raise Failed(result.words)


class ContractItem(SelfCheckItem):
    """One check before training."""

    def __init__(self, *, check: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def setup(self) -> None:
        self.result = self.parent.tests.check(self.parent.name, self.check)
        self.note(self.result)

    def runtest(self) -> None:
        self.heed(self.result)


class CriterionItem(SelfCheckItem):
    """One criterion of the rubric."""

    def __init__(self, *, criterion: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.criterion = criterion

    def setup(self) -> None:
        self.result = self.parent.tests.criterion(self.parent.name, self.criterion)
        self.user_properties += self.result.properties
        self.note(self.result)

    def runtest(self) -> None:
        self.heed(self.result)


class Failed(Exception):
    """What a check or a criterion came to, in words."""


def in_words(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Return the words of an error that is raised on purpose; nothing for any other: that is a fault of the harness."""
    from harness.errors import HarnessError

    return str(excinfo.value) if isinstance(excinfo.value, Failed | HarnessError) else ""


def say(config: pytest.Config, line: str) -> None:
    """Write a line while tests run; quiet runs and workers of pytest-xdist have none."""
    reporter = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")
    if reporter is None or config.get_verbosity() < 0:
        return
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        reporter.write_line(line)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Add what the self-check says of whole tasks, once each; nothing where there was none."""
    reports = [r for some in terminalreporter.stats.values() for r in some if hasattr(r, "user_properties")]
    lines = dict.fromkeys(str(text) for r in reports for name, text in r.user_properties if name == NOTE)
    if lines:
        terminalreporter.ensure_newline()
        terminalreporter.section("self-check")
        for line in lines:
            terminalreporter.write_line(line)
