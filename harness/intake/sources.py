"""The Python files and notebooks of one submission, collected file by file under the limits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath

from harness.errors import SubmissionError
from harness.intake.limits import IntakeLimits
from harness.intake.names import clean, is_odd, is_skipped, some
from harness.intake.notebook import Notebook, open_notebook

ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".whl", ".egg"}
NOTEBOOK = ".ipynb"
PSEUDONYM = "pseudonym.txt"  # at the top of a submission; no part of the work
PSEUDONYM_BYTES = 1_000  # far more than the name in its first line may have


@dataclass(frozen=True)
class Sources:
    """`files` maps a relative POSIX path to the bytes of a `.py` file; `notes` are sentences for the card.

    `wrapper` is the folder that was taken off all of these paths, with a slash behind; those of `notebooks` are whole.
    `pseudonym` is the first line of `pseudonym.txt` at the top, None where there is none.
    """

    files: dict[str, bytes]
    notes: tuple[str, ...]
    archives: tuple[str, ...] = ()
    notebooks: tuple[Notebook, ...] = ()
    wrapper: str = ""
    pseudonym: str | None = None


class Collector:
    """Decides for each file offered whether it enters; raises SubmissionError beyond a limit."""

    def __init__(self, limits: IntakeLimits) -> None:
        self._limits = limits
        self._members = 0
        self._bytes = 0
        self._files: dict[str, bytes] = {}
        self._ignored: list[str] = []
        self._archives: list[str] = []
        self._notebooks: list[Notebook] = []
        self._notebook_bytes = 0
        self._odd: list[str] = []
        self._special: list[str] = []
        self._pseudonyms: dict[str, bytes] = {}

    def count(self) -> None:
        """Count one file or folder."""
        self._members += 1
        if self._members > self._limits.max_members:
            raise SubmissionError(
                f"The submission holds more than {self._limits.max_members} files and folders; "
                "hand in only the Python files you wrote."
            )

    def special(self, path: str) -> None:
        """Ignore a link, device or pipe."""
        self._special.append(path)

    def accepts(self, path: str) -> bool:
        """Return whether a path may be used at all; note the reason if not."""
        if is_skipped(path):
            return False
        if is_odd(path, self._limits.max_path_length):
            self._odd.append(path)
            return False
        return True

    def offer(self, path: str, read: Callable[[int], bytes]) -> None:
        """Take in the file at `path` if it is Python or a notebook; `read(n)` returns at most its first n bytes."""
        if not self.accepts(path):
            return
        self.count()
        suffix = PurePosixPath(path).suffix.lower()
        if suffix == ".py":
            self._take(path, read(self._limits.max_source_bytes + 1))
        elif suffix == NOTEBOOK:
            self._open(path, read)
        elif suffix in ARCHIVES:
            self._archives.append(path)
        elif PurePosixPath(path).name.lower() == PSEUDONYM:
            self._name(path, read)
        else:
            self._ignored.append(path)

    def _take(self, path: str, source: bytes) -> None:
        limits = self._limits
        path = str(PurePosixPath(path).with_suffix(".py"))  # .PY is Python as well
        if path in self._files:
            self._ignored.append(path)
            return
        if len(source) > limits.max_source_bytes:
            raise SubmissionError(
                f"{clean(path)} is larger than {limits.max_source_bytes // 1000} kB, "
                "the most a Python file may have; move data out of the code and hand in again."
            )
        self._files[path] = source
        self._bytes += len(source)
        if len(self._files) > limits.max_files or self._bytes > limits.max_sources_bytes:
            raise SubmissionError(
                f"The submission holds more Python code than the {limits.max_files} files and "
                f"{limits.max_sources_bytes / 1e6:g} MB allowed; hand in only the files you wrote."
            )

    def _open(self, path: str, read: Callable[[int], bytes]) -> None:
        """Read a notebook; one that cannot be used does no harm to the other files."""

        def counted(size: int) -> bytes:
            raw = read(min(size, self._limits.max_notebook_bytes - self._notebook_bytes + 1))
            self._notebook_bytes += len(raw)
            return raw

        if self._notebook_bytes <= self._limits.max_notebook_bytes:
            self._notebooks.append(open_notebook(path, counted, self._limits))
        else:
            self._ignored.append(path)

    def _name(self, path: str, read: Callable[[int], bytes]) -> None:
        try:
            self._pseudonyms[path] = read(PSEUDONYM_BYTES)
        except Exception:  # no work is refused for a name that cannot be read
            self._ignored.append(path)

    def finish(self) -> Sources:
        """Return what was collected, without the folders that wrap all of its `.py` files."""
        wrapper = wrapping(self._files)
        files = {path.removeprefix(wrapper): source for path, source in self._files.items()}
        pseudonym = self._pseudonym()
        notes, archives, notebooks = tuple(self._notes()), tuple(self._archives), tuple(self._notebooks)
        return Sources(files, notes, archives, notebooks, wrapper, pseudonym)

    def _pseudonym(self) -> str | None:
        """Return the first line of the file that lies at the top, or in a folder around all of the work."""
        outer = wrapping([*self._files, *(notebook.path for notebook in self._notebooks)])
        for path in sorted(self._pseudonyms, key=lambda path: path.count("/")):
            folder = path.rpartition("/")[0]
            if outer.startswith(f"{folder}/" if folder else ""):
                return first_line(self._pseudonyms.pop(path))
        return None

    def _notes(self) -> list[str]:
        kinds = (
            ([*self._ignored, *self._pseudonyms], "Ignored {}, not Python: {}."),
            (self._archives, "Did not open {}, an archive inside the submission: {}."),
            (self._special, "Did not follow {}, a link or special file: {}."),
            (self._odd, "Ignored {}, the name being too long or holding unusual characters: {}."),
        )
        return [text.format(_counted(len(paths)), some(paths)) for paths, text in kinds if paths]


def first_line(raw: bytes) -> str:
    """Return the first line of a text in UTF-8, with or without a byte-order mark, without what is not shown."""
    lines = raw.decode("utf-8-sig", "replace").splitlines()
    return clean(lines[0]) if lines else ""


def wrapping(paths: Iterable[str]) -> str:
    """Return the folders that every path lies in, with a slash behind, or nothing."""
    parents = [path.split("/")[:-1] for path in paths]
    common = takewhile(lambda parts: len(set(parts)) == 1, zip(*parents, strict=False))
    return "".join(f"{parts[0]}/" for parts in common)


def _counted(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
