"""A verb on a class of the toy task, in a process of its own that others kill: `python killed.py VERB FOLDER`.

FOLDER holds `class`, `rubrics` and `out`. Steps are answered without a process, after a moment.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pytest
import toy
from workflow.classes import FakeSandbox, NoLauncher, digits, options, truth

from harness.cli.ending import INTERRUPTED, Endings
from harness.errors import HarnessError
from harness.sandbox.job import Job
from harness.serve import run as serving
from harness.workflow.grade import Regrading, grade, regrade
from harness.workflow.graded_class import opened
from harness.workflow.publish import publish

STEP_S = 0.03


def pretend(patch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let every step be answered after a moment; pictures are not drawn."""
    fake = FakeSandbox(truth(), seen=pause)
    patch.setattr("harness.workflow.execute.run_job", fake)
    patch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    patch.setattr("harness.workflow.context.load", lambda name, folder, sizes: digits())
    patch.setattr("harness.report.drawing.figures.draw", lambda figure: "<svg></svg>")
    return fake


def pause(_: Job) -> None:
    time.sleep(STEP_S)


def do(verb: str, folder: Path) -> None:
    """Do what a verb of the command line does."""
    chosen = options(folder)
    if verb == "grade":
        grade(folder / "class", chosen, lambda board, plan: None)
    elif verb == "regrade":
        regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    elif verb == "publish":
        with opened(chosen.out, tasks=toy.REGISTRY) as there:
            publish(there, grader="Grace", force=True)
    else:
        quiet = serving.Options(port=0, grader="Grace", open_browser=False, tasks=toy.REGISTRY)
        serving.serve(chosen.out, quiet, lambda said: None)


def main(verb: str, folder: str) -> int:
    with pytest.MonkeyPatch.context() as patch, Endings() as endings:
        pretend(patch)
        print("ready", flush=True)
        try:
            do(verb, Path(folder))
        except KeyboardInterrupt:
            return endings.code(INTERRUPTED)
        except HarnessError as error:
            print(f"harness: {error}", file=sys.stderr)
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
