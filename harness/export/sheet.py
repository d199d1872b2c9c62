"""A CSV file as it was given: cells that can be read and replaced, and every other byte stays what it is."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.errors import UsageError

DELIMITERS = (",", ";", "\t")
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
OF_WINDOWS = "cp1252"  # as a spreadsheet saves a CSV that it was not told to save as UTF-8
KEPT_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how a platform or a spreadsheet keeps a cell from being a number


@dataclass(frozen=True)
class Cell:
    """Where a cell lies in the text, and what it says without its quotes."""

    start: int
    end: int
    value: str
    quoted: bool

    @property
    def plain(self) -> str:
        """Return what it says to a reader: no spaces around it, and `="x"` is x."""
        text = self.value.strip()
        found = KEPT_AS_TEXT.fullmatch(text)
        return found[1].strip() if found else text


@dataclass(frozen=True)
class Row:
    """A record and the line of the file, from 1, that it begins in."""

    line: int
    cells: tuple[Cell, ...]

    def plain(self, column: int) -> str:
        """Return what a cell says; empty where a spreadsheet left empty cells at the end of a row out."""
        return self.cells[column].plain if column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A CSV file: its text, how that is written as bytes, and its records that are not blank, the header first."""

    text: str
    encoding: str
    bom: bytes
    delimiter: str
    rows: tuple[Row, ...]

    @property
    def header(self) -> list[str]:
        return [cell.plain for cell in self.rows[0].cells]

    def filled(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with the cells at these places (row, column), both from 0, saying something else.

        A cell that says the same already stays as it is, quotes and all. Raises UsageError for a text that the
        encoding of the file does not have, and for a cell that is not there.
        """
        pieces, at = [], 0
        for (row, column), value in sorted(changes.items()):
            if column >= len(self.rows[row].cells):
                raise UsageError(
                    f"Expected {len(self.rows[0].cells)} cells in line {self.rows[row].line}, received"
                    f" {len(self.rows[row].cells)}; download the worksheet again, a spreadsheet has cut it."
                )
            cell = self.rows[row].cells[column]
            if cell.value != value:
                pieces += [self.text[at : cell.start], self._written(value, quoted=cell.quoted)]
                at = cell.end
        return self.bom + self._encoded("".join([*pieces, self.text[at:]]))

    def _written(self, value: str, *, quoted: bool) -> str:
        needed = any(c in value for c in (self.delimiter, '"', "\r", "\n")) or value != value.strip()
        doubled = value.replace('"', '""')
        return f'"{doubled}"' if quoted or needed else value

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise UsageError(
                f"Expected text that a file in {self.encoding} can hold, received {text[error.start]!r}; save the"
                " worksheet as UTF-8."
            ) from error


def read_sheet(content: bytes, name: str) -> Sheet:
    """Return a CSV file in whichever dialect it is; `name` is what sentences call it.

    The delimiter is the one that cuts the header into most cells. Raises UsageError for what is no table.
    """
    bom, encoding, text = _decoded(content, name)
    if "\0" in text or not text.strip():
        raise UsageError(f"Expected a CSV file, received {name}, which is {'empty' if not text.strip() else 'binary'}.")
    delimiter = max(DELIMITERS, key=lambda d: _width(text, d, name))
    rows = tuple(_records(text, delimiter, name))
    if not rows:
        raise UsageError(f"Expected a CSV file, received {name}, which is empty.")
    width = len(rows[0].cells)
    if width < 2:
        raise UsageError(f"Expected columns in {name}, separated by , ; or tabs, received one; give it as CSV.")
    for row in rows:
        if len(row.cells) > width:
            raise UsageError(
                f"Expected {width} cells in line {row.line} of {name}, as in its header, received {len(row.cells)};"
                " download the file again."
            )
    return Sheet(text, encoding, bom, delimiter, rows)


def _width(text: str, delimiter: str, name: str) -> int:
    """Return into how many cells a delimiter cuts the header; 0 where it makes no sense of its quotes."""
    try:
        return max((len(row.cells) for row in _records(text, delimiter, name, only_first=True)), default=0)
    except UsageError:
        return 0


def _decoded(content: bytes, name: str) -> tuple[bytes, str, str]:
    """Return the byte order mark, the encoding and the text; strictly, so that encoding gives the same bytes back."""
    bom, encoding = next((pair for pair in BOMS if content.startswith(pair[0])), (b"", "utf-8"))
    for tried in (encoding, *(() if bom else (OF_WINDOWS,))):
        try:
            return bom, tried, content[len(bom) :].decode(tried)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"Expected text in {name}, received bytes that are none in {encoding}; save it as CSV UTF-8.")


def _records(text: str, delimiter: str, name: str, *, only_first: bool = False) -> Iterator[Row]:
    """Yield the records that are not blank. Quotes are those of RFC 4180; line ends are CRLF, LF or CR."""
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    at, line, began, cells = 0, 1, 1, list[Cell]()
    while True:
        cell = _cell(text, at, plain, f"line {line} of {name}")
        cells.append(cell)
        line += len(re.findall(r"\r\n|\r|\n", text[cell.start : cell.end]))
        at = cell.end
        if text[at : at + 1] == delimiter:
            at += 1
            continue
        if len(cells) > 1 or cells[0].value.strip():
            yield Row(began, tuple(cells))
            if only_first:
                return
        if at >= len(text):
            return
        at += 2 if text.startswith("\r\n", at) else 1
        line += 1
        began, cells = line, []
        if at >= len(text):
            return


_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?!")')  # a doubled quote never closes a cell


def _cell(text: str, at: int, plain: re.Pattern[str], where: str) -> Cell:
    """Return the cell that begins at `at`; what stands between a closing quote and the next delimiter belongs to it."""
    if not text.startswith('"', at):
        end = plain.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing as well
        return Cell(at, end, text[at:end], quoted=False)
    found = _QUOTED.match(text, at)
    if not found:
        raise UsageError(f"Expected the quotes in {where} to be closed, found no end; download the file again.")
    end = plain.match(text, found.end()).end()  # type: ignore[union-attr]
    return Cell(at, end, found[1].replace('""', '"') + text[found.end() : end], quoted=True)
