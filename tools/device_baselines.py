"""Measures the reference models on a bare machine with a GPU: one command, no network, no TensorFlow.

    python tools/device_baselines.py --wheels wheels --data data --out measured --to baselines --jobs 16 --minutes 30

Needs Python 3.11 or newer with jax or torch for the device, this checkout, a folder of wheels for what else is missing
(`pip download`), and one of data sets as `--data-dir` takes it. What is missing is installed beside the interpreter's
own packages, into `OUT/environment`. One seed of every task comes first, in the order of `--tasks`, then one more of
each, and so on; whatever is done when time runs out is kept, and the same command goes on from there. Each task's file
is written anew whenever a seed of it is complete, and `summary.json` beside them.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import venv
from importlib import import_module
from pathlib import Path

from device_packages import lacking

ROOT = Path(__file__).resolve().parents[1]
WORTH = (
    "network_training",
    "autoencoder",
    "image_generation",
    "cifar100_classification",
    "denoising",
    "colorization",
    "hyperparameter_tuning",
    "clock_reading",
    "text_embeddings",
    "face_generation",
    "pegasus",
    "reinforcement_learning",
    "text_generation",
    "rnn_regression",
    "transfer_learning",
)
MEASURING = ("skimage.metrics", "sklearn.linear_model", "nltk", "gymnasium")  # imported late, when it would be too late
INSIDE = "HARNESS_DEVICE_ENVIRONMENT"  # set once this runs in the environment it made


def main() -> int:
    chosen = arguments().parse_args()
    if chosen.wheels and INSIDE not in os.environ:
        python = environment(chosen.wheels, chosen.out / "environment")
        command = [str(python), str(Path(__file__).resolve()), *sys.argv[1:]]
        os.execve(python, command, {**os.environ, INSIDE: str(python)})  # noqa: S606  (no shell is wanted)
    sys.path.insert(0, str(ROOT))
    if missing := lacking(ROOT / "pyproject.toml"):
        print(f"Neither here nor in --wheels, so that what needs them fails: {', '.join(missing)}.", file=sys.stderr)
    try:
        for module in MEASURING:
            import_module(module)
        from device_run import Wanted, measure
    except ImportError as error:
        print(f"Expected all packages that measuring takes, but: {error}; add it to --wheels.", file=sys.stderr)
        return 2

    wanted = Wanted(
        tasks=chosen.tasks.split(","),
        seeds=chosen.seeds,
        out=chosen.out,
        to=chosen.to,
        data=chosen.data,
        backend=chosen.backend,
        device=chosen.device,
        jobs=chosen.jobs,
        minutes=chosen.minutes,
        tiny=chosen.tiny,
        profile=chosen.profile,
        walls=chosen.walls,
    )
    if chosen.repeat:
        from device_repeat import repeat

        return repeat(wanted, [int(part) for part in chosen.repeat.split(",")])
    return measure(wanted)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="folder of wheels to install; without it nothing is installed")
    parser.add_argument("--data", type=Path, help="folder of data sets; default: $HARNESS_DATA")
    parser.add_argument("--out", type=Path, default=Path("measured"), help="folder that keeps the measurements")
    parser.add_argument("--to", type=Path, default=Path("measured/baselines"), help="folder for the baselines")
    parser.add_argument("--tasks", default=",".join(WORTH), help="names with commas, what matters most first")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds at most")
    parser.add_argument("--minutes", type=float, default=0, help="time after which to stop; 0: when all is done")
    parser.add_argument("--jobs", type=int, default=8, help="steps at once, each with its share of the GPU's memory")
    parser.add_argument("--backend", default="jax", help="jax or torch")
    parser.add_argument("--device", default="gpu", help="gpu or cpu")
    parser.add_argument("--profile", default="full", help="full or quick")
    parser.add_argument("--walls", choices=("auto", "none"), default="auto", help="none: references need no barrier")
    parser.add_argument("--tiny", action="store_true", help="an epoch of few examples, to rehearse")
    parser.add_argument("--repeat", help="measure no baseline: train one seed so many times at once, such as 1,8,16")
    return parser


def environment(wheels: Path, folder: Path) -> Path:
    """Return the interpreter of a virtual environment that has this one's packages and the wheels.

    A step runs in an isolated interpreter, which looks at no PYTHONPATH; so the packages have to be its own.
    """
    python = folder / "bin" / "python"
    packages = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    if not python.exists():
        venv.create(folder, with_pip=False, symlinks=True)
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    ours |= {path for path in sys.path if path.endswith("-packages")}
    (packages / "parent.pth").write_text("\n".join(sorted(ours)) + "\n")
    options = ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--quiet", "--upgrade"]
    found = sorted(str(path) for path in wheels.glob("*.whl"))
    installed = folder / "installed.txt"
    if found and not (installed.exists() and installed.read_text().splitlines() == found):
        command = [sys.executable, "-m", "pip", "install", *options, "--target", str(packages), *found]
        subprocess.run(command, check=True)
        installed.write_text("\n".join(found) + "\n")
    return python.absolute()


if __name__ == "__main__":
    raise SystemExit(main())
