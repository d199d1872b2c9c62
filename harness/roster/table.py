"""CSV files as platforms and spreadsheets write them, read by the heads of their columns."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ClassError

MAX_BYTES = 20_000_000
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Line:
    """One line of a table below its heads; `number` is that of the line in the file where it begins."""

    number: int
    cells: list[str]

    def cell(self, place: int | None) -> str:
        """Return the words of a cell; none for one that the line is too short for."""
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    path: Path
    heads: list[str]
    lines: list[Line]

    def error(self, line: int, sentence: str) -> ClassError:
        return ClassError(f"{self.path}:{line}: {sentence}")


def read_table(path: Path, what: str) -> Table:
    """Return the table in a CSV file. Raises ClassError, in which `what` says what was expected there.

    UTF-8 with or without a mark and UTF-16 are read, and commas, semicolons and tabs between cells.
    """
    text = _text(path, what)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise ClassError(
            f"{path}:{reader.line_num}: expected {what} as CSV, received {error}; export it again."
        ) from None
    if len(lines) < 2:
        raise ClassError(f"{path}: expected {what} with heads and at least one line below them, received {len(lines)}.")
    return Table(path, [cell.strip() for cell in lines[0].cells], lines[1:])


def _text(path: Path, what: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ClassError(f"{path}: expected {what} here, received {error.strerror}; check the path.") from None
    if len(data) > MAX_BYTES:
        raise ClassError(f"{path}: expected {what} of at most 20 MB, received a larger file; check the path.")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ClassError(f"{path}:{line}: the text is not UTF-8; save the file as CSV UTF-8.") from None
