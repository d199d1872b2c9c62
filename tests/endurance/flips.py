"""What becomes of a result folder in which bytes flip: the same marks, or a sentence."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workflow.classes import graded, marks, options

from harness.errors import HarnessError
from harness.grading.by_hand import class_by_hand
from harness.grading.results import ClassResult
from harness.records.hand_marks import read_newest
from harness.workflow.grade import Regrading, regrade
from harness.workflow.graded_class import opened

Marks = Mapping[str, object]
LITTER = ("work", ".lock")


def flip(data: bytes, rng: random.Random) -> bytes:
    """Return bytes of which one, somewhere, is another."""
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ rng.randrange(1, 256)]) + data[at + 1 :]


def files_of(folder: Path) -> list[Path]:
    """Return the files of a result folder that hold anything, in order."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size and p.suffix != ".lock")


@contextmanager
def with_other_bytes(path: Path, data: bytes, whole: Mapping[Path, bytes], folder: Path) -> Iterator[None]:
    """Let a file hold other bytes, and put the whole folder back afterwards."""
    path.write_bytes(data)
    try:
        yield
    finally:
        shutil.rmtree(folder)
        for place, content in whole.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


def seen(result: ClassResult) -> Marks:
    """Return all that a mark rests on, for every student."""
    totals = {s.name: (s.slug, s.status, s.passed, [(t.earned, t.possible) for t in s.tasks]) for s in result.students}
    return {"marks": marks(result), "totals": totals}


def by_serve(folder: Path) -> Marks:
    """Return the marks that `serve`, `publish` and `bundle` show: those of results.json, under people's decisions."""
    from toy import REGISTRY

    with opened(folder / "out", tasks=REGISTRY) as there:
        return seen(class_by_hand(there.results(), read_newest(folder / "out")))


def by_regrade(folder: Path) -> Marks:
    from toy import REGISTRY

    return seen(regrade(folder / "out", Regrading(folder / "rubrics", tasks=REGISTRY)))


def by_grade(folder: Path) -> Marks:
    return seen(graded(folder / "class", options(folder)))


READERS: Mapping[str, Callable[[Path], Marks]] = {"serve": by_serve, "regrade": by_regrade, "grade": by_grade}


def outcome(read: Callable[[Path], Marks], folder: Path, right: Marks) -> str:
    """Return `same`, `sentence` or what is wrong."""
    try:
        return "same" if read(folder) == right else "WRONG MARK"
    except HarnessError as error:
        return "sentence" if str(error).strip() and "\n" not in str(error).strip() else "NO SENTENCE"
    except Exception as error:
        return f"TRACEBACK {type(error).__name__}: {error}"


def flipped(folder: Path, times: int, seed: int, readers: Mapping[str, Callable[[Path], Marks]]) -> Counter[str]:
    """Flip one random byte of a random file so many times, each read in one of the ways; count what came of it."""
    out, rng = folder / "out", random.Random(seed)
    right = {name: read(folder) for name, read in readers.items()}
    whole = {path: path.read_bytes() for path in files_of(out)}
    counts: Counter[str] = Counter()
    for _ in range(times):
        name = rng.choice(sorted(readers))
        path = rng.choice(sorted(whole))
        with with_other_bytes(path, flip(whole[path], rng), whole, out):
            found = outcome(readers[name], folder, right[name])
        kind = path.relative_to(out).parts[-2 if len(path.relative_to(out).parts) > 2 else -1]
        counts[f"{name}: {found}" + (f" ({kind})" if found not in ("same", "sentence") else "")] += 1
    return counts
