"""`harness watch`: check again whenever something is saved."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from harness.errors import HarnessError
from harness.sandbox.launch import Launcher
from harness.selfcheck.beside import SUFFIXES
from harness.selfcheck.run import run_check
from harness.selfcheck.session import SelfCheck
from harness.terminal import live_screen
from harness.workflow.options import Options


def watch(path: Path, options: Options, *, only_contract: bool, report: Path | None) -> None:
    """Check `path` now and after every save; ends with KeyboardInterrupt only.

    A mistake in the folder, such as a file of another name, is said and waited out. The backend stays loaded.
    """
    screen, launcher = live_screen.screen(), None
    try:
        for _ in saves(path.expanduser().resolve()):
            launcher = again(path, options, screen, launcher, only_contract=only_contract, report=report)
            screen.print("Waiting for the next save; Ctrl-C ends.", style="dim")
    finally:
        if launcher:
            launcher.close()


def again(
    path: Path,
    options: Options,
    screen: Console,
    launcher: Launcher | None,
    *,
    only_contract: bool,
    report: Path | None,
) -> Launcher | None:
    """Check once; return the launcher, for the next time."""
    screen.rule(style="dim")
    try:
        with SelfCheck(path, options, launcher=launcher) as own:
            launcher = launcher or own.keep_launcher()
            run_check(own, screen, only_contract=only_contract, report=report, as_json=False)
    except HarnessError as error:
        screen.print(f"harness: {error}", soft_wrap=True, highlight=False, markup=False)
    return launcher


def saves(path: Path) -> Iterator[None]:
    """Yield at once, and whenever a source below a folder, or the file itself, was saved."""
    from watchfiles import watch as changes_in

    yield
    folder = path if path.is_dir() else path.parent
    for changes in changes_in(folder, watch_filter=lambda _, name: matters(Path(name), path)):
        if changes:
            yield


def matters(changed: Path, path: Path) -> bool:
    """Say whether a changed file is source of the work at `path`: not hidden, and no cache."""
    if path.is_file():
        return changed == path
    inner = changed.relative_to(path).parts if changed.is_relative_to(path) else changed.parts
    return changed.suffix in SUFFIXES and not any(part.startswith(".") or part == "__pycache__" for part in inner)
