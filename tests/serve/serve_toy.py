"""Serves a class of the toy task in a process of its own, which tests end by a signal.

python serve_toy.py OUT PORT
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import toy

from harness.cli.ending import Endings
from harness.errors import HarnessError
from harness.serve.run import Options, serve


def main(out: str, port: str) -> int:
    options = Options(port=int(port), grader="Prof", open_browser=False, tasks=toy.REGISTRY)
    try:
        with Endings():  # as the command line does
            serve(Path(out), options, lambda text: print(text, flush=True))
    except HarnessError as error:
        print(error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
