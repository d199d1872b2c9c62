"""Grades a class of the toy task in a process of its own, which tests end before it is done.

python grade_toy.py SUBMISSIONS RUBRICS OUT
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import toy

from harness.cli.ending import INTERRUPTED, Endings
from harness.workflow.grade import grade
from harness.workflow.options import Options
from harness.workflow.protection import Protection

LIMITED = toy.tight(cpu_s=5, wall_s=600)


def main(submissions: str, rubrics: str, out: str) -> int:
    registry = {LIMITED.name: LIMITED}
    options = Options(
        Path(out),
        rubrics=Path(rubrics),
        registry=registry,
        device="cpu",
        jobs=1,
        key=toy.KEY,
        protection=Protection(trusted=True),  # where no barrier holds, too
    )
    with Endings() as endings:
        try:
            grade(Path(submissions), options, lambda board, plan: None)
        except KeyboardInterrupt:
            return endings.code(INTERRUPTED)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
