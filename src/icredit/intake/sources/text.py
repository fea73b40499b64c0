"""Delimited text: .csv, .tsv, .txt and standard input.

polars parses fast but pads short rows in silence, loses line numbers over quoted line breaks and drops byte-order marks.
So it is used only where counts prove that none of this happened: no quote in the file, exactly as many delimiters as rows
times columns, and every byte in a cell or between two. Everything else goes through Python's csv module, which knows the
line of every record.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice

import polars as pl

from icredit.errors import InputError
from icredit.intake.sources.grid import ROW, Content, Grid, Opened, Sheet, grid_frame, name_of
from icredit.intake.sources.limits import (
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    too_long,
    too_many_cells,
    too_many_columns,
    too_many_lines,
)

#: What may stand between two cells.
DELIMITERS = (",", "\t", ";", "|")

#: What is said of text that is UTF-8, with its mark or without.
UTF_8 = "utf-8-sig"

# Lines in which titles above the table may stand on the fast path.
_TITLES = 40

# So much of a file is looked at before polars begins with it.
_BEGINNING = 2**20

# Records turned into columns at once, and their cells: text as Python objects takes ten times the memory of a column.
_BLOCK, _BLOCK_CELLS = 20_000, 2_000_000

# Bytes looked at once: few enough to stay in the processor's cache.
_PIECE = 2**19

# So many bytes may not be counted in 32 bits.
_MANY = 2**32

_Record = tuple[int, list[str]]

# How long a cell may be is decided here, line by line; the fields say how much of it is valid.
csv.field_size_limit(2**31 - 1)


def open_text(content: Content) -> Opened:
    """A delimited file, once for every delimiter it may have; all that are not in it make the same of it.

    Raises:
        InputError: its bytes are no text, or a line of it has no end.
    """
    text, encoding = decode(content)
    line = long_line(text)
    if line is not None:
        raise too_long(f"{content.name}:{line}", "line")
    # A long text is not looked through: without the others, a short one is read half as often.
    absent = [] if len(text) > _BEGINNING else [one for one in DELIMITERS if one.encode() not in text]
    delimiters = [one for one in DELIMITERS if one not in absent[1:]]
    sheets = [Sheet(None, False, partial(load, text, one, content.name)) for one in delimiters]  # never hidden
    return Opened(tuple(sheets), encoding)


def decode(content: Content) -> tuple[bytes, str]:
    """The text of a file as UTF-8, perhaps with its mark, and the encoding it had, decided by strict decoding.

    UTF-8 first, because GB18030 takes almost any bytes; UTF-16 only by its mark.

    Raises:
        InputError: the bytes are none of these.
    """
    data = content.data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        if is_utf_8(data):
            return data, UTF_8
        encodings = ["gb18030"]
    for encoding in encodings:
        try:
            return _as_utf8(data, encoding), encoding
        except UnicodeError:
            continue
    raise InputError(f"{content.name}: the text is neither UTF-8, GB18030 nor UTF-16", hint="save it as CSV UTF-8")


def is_utf_8(data: bytes) -> bool:
    """Whether bytes are UTF-8, strictly."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at + _PIECE) + 1 or len(data)
        try:
            pl.Series([data[at:end]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            return False
        at = end
    return True


def _as_utf8(data: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)()
    text = io.BytesIO()
    for at in range(0, len(data), _PIECE):
        text.write(decoder.decode(data[at : at + _PIECE]).encode())
    text.write(decoder.decode(b"", True).encode())  # nothing follows
    return text.getvalue()


def long_line(text: bytes) -> int | None:
    """The number of a line that is longer than any table needs, if there is one.

    From line end to line end in leaps: of a text that has them where they should be, a few bytes are looked at.
    """
    at = 0
    while at + LONGEST_TEXT < len(text):
        end = text.rfind(b"\n", at, at + LONGEST_TEXT)
        if end < 0 and (end := text.rfind(b"\r", at, at + LONGEST_TEXT)) < 0:
            return text.count(b"\n", 0, at) + 1
        at = end + 1
    return None


def load(text: bytes, delimiter: str, name: str, last_row: int | None = None) -> Grid:
    """The rows of a text in UTF-8, or those to `last_row`.

    Raises:
        InputError: a quotation has no end, or the table is too large.
    """
    if last_row is not None:
        # Under a delimiter that is not that of the file, anything may seem to be a row; the whole is read under the right one.
        records = [
            (line, cells[:MOST_COLUMNS])
            for line, cells in islice(_records(text, delimiter, name, strict=False), last_row)
        ]
        width = max((len(cells) for _, cells in records), default=0)
        return Grid(grid_frame(records, width))
    grid = _fast(text, delimiter)
    if grid is not None and grid.frame.height > MOST_LINES:
        raise too_many_lines(name)
    return grid or _exact(text, delimiter, name)


def load_more(text: bytes, delimiter: str, name: str, width: int, line: int) -> Grid:
    """Further rows of a table without quotation marks, of which the first stands in the given line.

    Raises:
        InputError: as `load`.
    """
    # polars takes away a mark of the encoding, which here is none.
    frame = None if text.startswith(codecs.BOM_UTF8) else rows_by_polars(text, 0, 0, width, delimiter)
    return _exact(text, delimiter, name, width, line) if frame is None else Grid(numbered(frame, line))


class _Lines:
    """The lines of a text for Python's csv module, which puts several together where a quotation mark is open."""

    def __init__(self, text: bytes, encoding: str) -> None:
        self._lines = io.TextIOWrapper(io.BytesIO(text), encoding=encoding, newline="")
        self._length = 0

    def begin_record(self) -> None:
        """What comes next belongs to a new record."""
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._length += len(line)
            if self._length > LONGEST_TEXT:
                raise _LongRecordError
            yield line


class _LongRecordError(Exception):
    """A record is longer than any table needs."""


def _records(text: bytes, delimiter: str, name: str, *, strict: bool = True, first: int = 1) -> Iterator[_Record]:
    """Every record with the line it begins on; only a text that begins with the first may have a mark."""
    # An unusual delimiter may cut the first lines in a way that only the whole file shows to be none.
    lines = _Lines(text, UTF_8 if first == 1 else "utf-8")
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    line = first
    try:
        for record in reader:
            yield line, record
            line = first + reader.line_num
            lines.begin_record()
    except csv.Error as error:
        if strict:
            raise InputError(f"{name}:{line}: not readable as delimited text: {error}") from None
    except _LongRecordError:
        if strict:
            raise too_long(f"{name}:{line}", "row") from None


def _fast(text: bytes, delimiter: str) -> Grid | None:
    """The grid by polars, where that is provably the same as by `_exact`; else None."""
    # A file with quotation marks mostly has one near its beginning; the rest is looked through while polars parses.
    if not is_simple(text[:_BEGINNING]):
        return None
    head = list(_lines(text, _TITLES))
    counts = [line.count(delimiter.encode()) for line in head]
    titles = next((index for index in range(len(counts), 0, -1) if counts[index - 1] != counts[-1]), 0)
    width = (counts[-1] if counts else 0) + 1
    frame = rows_by_polars(text, titles, sum(map(len, head[:titles])), width, delimiter)
    if frame is None:
        return None
    frame = numbered(frame, titles + 1)
    above = list(_records(b"".join(head[:titles]), delimiter, ""))
    if any(len(cells) > width for _, cells in above):
        return None
    lengths = None
    if above:
        lengths = pl.Series([len(cells) for _, cells in above] + [width] * frame.height, dtype=pl.Int32)
        frame = pl.concat([grid_frame(above, width), frame])
    return Grid(frame, lengths=lengths)


def _lines(text: bytes, most: int) -> Iterator[bytes]:
    """The first lines, each with its end."""
    start = 0
    while most and start < len(text):
        end = text.find(b"\n", start) + 1 or len(text)
        yield text[start:end]
        start, most = end, most - 1


def rows_by_polars(text: bytes, titles: int, begin: int, width: int, delimiter: str) -> pl.DataFrame | None:
    """The rows of a text below its titles, which end before the byte `begin`; None where polars does not surely read
    them as they are.
    """
    # One column has no delimiters to count.
    if width == 1 or width > MOST_COLUMNS:
        return None
    # While polars parses, which needs no interpreter, the delimiters are counted.
    with ThreadPoolExecutor(max_workers=1) as aside:
        parsing = aside.submit(_parsed, text, titles, width, delimiter)
        if not is_simple(text):
            return None
        delimiters = text.count(delimiter.encode(), begin)
    frame = parsing.result()
    # polars refuses rows that are too long. So if there are as many delimiters as rows times columns ask for, none is
    # too short either.
    if frame is None or delimiters != frame.height * (width - 1) or not _is_whole(frame, text, begin, delimiters):
        return None
    return frame


def numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Rows with the numbers of their lines, of which the first is given."""
    return frame.select(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW), pl.all())


def is_simple(text: bytes) -> bool:
    """Whether nothing in a text but delimiters and line ends has a meaning: no quotation mark, no return for itself."""
    return b'"' not in text and (b"\r" not in text or text.count(b"\r") == text.count(b"\r\n"))


def _parsed(text: bytes, titles: int, width: int, delimiter: str) -> pl.DataFrame | None:
    """What polars makes of the lines below the titles; None if it refuses them."""
    try:
        return pl.read_csv(
            text,
            has_header=False,
            skip_lines=titles,
            schema=dict.fromkeys(map(name_of, range(width)), pl.String()),
            separator=delimiter,
            quote_char=None,
        )
    except pl.exceptions.PolarsError:
        return None


def _is_whole(frame: pl.DataFrame, text: bytes, begin: int, delimiters: int) -> bool:
    """Whether every byte of the text from `begin` on is in a cell or between two.

    polars takes a byte-order mark away, in places also within the text; only before the text it is none of it.
    """
    if begin == 0 and text.startswith(codecs.BOM_UTF8):
        begin = len(codecs.BOM_UTF8)
    ends = frame.height - (not text.endswith(b"\n")) + (text.count(b"\r", begin) if b"\r" in text else 0)
    counter = pl.UInt32 if len(text) < _MANY else pl.UInt64
    inside = sum(frame.select(pl.all().str.len_bytes().cast(counter).sum()).row(0))
    return bool(inside + delimiters + ends == len(text) - begin)


def _exact(text: bytes, delimiter: str, name: str, width: int = 0, first: int = 1) -> Grid:
    """The grid by Python's csv module, of at least so many columns; `first` is the line with which the text begins."""
    if max(text.count(b"\n"), text.count(b"\r")) > MOST_LINES:
        raise too_many_lines(name)
    # Where every row is full there are no more cells than bytes, so only rows that a much longer one widens are refused.
    most = max(MOST_CELLS, len(text))
    frames: list[pl.DataFrame] = []
    lengths: list[pl.Series] = []
    rows, least = 0, width
    for block, widest in _blocks(_records(text, delimiter, name, first=first), name, least):
        rows, width = rows + len(block), max(width, widest)
        if rows * width > most:
            raise too_many_cells(name)
        frames.append(grid_frame(block, widest))
        lengths.append(pl.Series([len(cells) for _, cells in block], dtype=pl.Int32))
    frame = pl.concat(frames, how="diagonal") if frames else grid_frame([], width)
    return Grid(frame, lengths=pl.concat(lengths) if lengths else None)


def _blocks(records: Iterator[_Record], name: str, least: int) -> Iterator[tuple[list[_Record], int]]:
    """The records some at a time, with the number of columns that they take, which is at least the given one."""
    block: list[_Record] = []
    widest = least
    for line, cells in records:
        if len(cells) > MOST_COLUMNS:
            raise too_many_columns(f"{name}:{line}", len(cells))
        width = max(widest, len(cells))
        # Short rows are filled up to the length of the longest.
        if block and (len(block) >= _BLOCK or (len(block) + 1) * width > _BLOCK_CELLS):
            yield block, widest
            block, width = [], max(least, len(cells))
        block.append((line, cells))
        widest = width
    if block:
        yield block, widest
