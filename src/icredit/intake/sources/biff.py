"""The records of an .xls workbook, made safe to read.

xlrd reads every cell right, but was written for files that no one crafted: one hyperlink that claims to cover a sheet
makes it fill memory, names that refer to each other double its work with each step, and a damaged comment stops it. So
it is given a copy of the records in which everything that is no cell, format or sheet has a number that it passes over,
and only where sheets and shared texts are as they must be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from icredit.intake.sources.compound import SIGNATURE, CompoundFile
from icredit.intake.sources.limits import MOST_SHEETS
from icredit.intake.sources.signature import BOF, is_bare

_BOF_8 = 0x0809
_EOF = 0x000A
_FORMULA = (0x0006, 0x0206, 0x0406)
_CONTINUE, _SST, _BOUNDSHEET, _FILEPASS, _MERGED = 0x003C, 0x00FC, 0x0085, 0x002F, 0x00E5
_CODEPAGE, _RECALC_ID = 0x0042, 0x01C1
_DIMENSIONS = (0x0000, 0x0200)

# What a workbook is read from; the dimensions of a sheet are not, because its cells show them.
_READ = frozenset(
    [
        *BOF,
        _EOF,
        *_FORMULA,
        _CONTINUE,
        _SST,
        _BOUNDSHEET,
        _FILEPASS,
        _MERGED,
        _CODEPAGE,
        0x0022,  # epoch of dates
        *(0x001E, 0x041E, 0x0043, 0x0243, 0x0443, 0x00E0, 0x0044),  # number formats, and which cells use them
        *(0x0002, 0x0003, 0x0203, 0x027E, 0x00BD),  # numbers
        *(0x0004, 0x0204, 0x00D6, 0x00FD, 0x0007, 0x0207),  # texts
        *(0x0005, 0x0205),  # truth values and errors
        *(0x0021, 0x0221, 0x0036, 0x0037, 0x0236, 0x04BC),  # stand between a formula and its text
    ]
)
_PASSED_OVER = 0x0FFF

# Of a shared text: it has formatted runs, it has a pronunciation.
_HAS_RUNS, _HAS_PHONETIC = 8, 4

_GLOBALS, _SHEET = 0x0005, 0x0010
_BIFF5, _BIFF8 = 0x0500, 0x0600

_Record = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Biff:
    """A workbook's records for xlrd.

    Attributes:
        stream: the records; empty when the workbook is encrypted.
        encrypted: whether a password protects them.
        has_codepage: whether texts of one byte a character say how to read them.
        not_calculated: per worksheet, in the workbook's order, the cells (row, column; both from 0) whose formula was
            never calculated.
    """

    stream: bytes
    encrypted: bool = False
    has_codepage: bool = True
    not_calculated: tuple[frozenset[tuple[int, int]], ...] = ()


def read_biff(data: bytes) -> Biff:
    """The records of an .xls file, in its container or bare.

    Raises:
        ValueError: it is damaged, no workbook, or larger than xlrd should be given.
    """
    return _safe(_workbook_stream(data) if data.startswith(SIGNATURE) else data)


def _workbook_stream(data: bytes) -> bytes:
    container = CompoundFile(data)
    # Excel 97 could keep a copy for Excel 95, named Book, beside the workbook.
    for name in ("workbook", "book"):
        if name in container.names:
            return container.read(name)
    raise ValueError("it has no workbook inside")


def _records(stream: bytes, start: int) -> Iterator[_Record]:
    """Number, place of the header, first and last byte of a record's data, from `start` on."""
    at = start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at, at + 4, at + 4 + length
        at += 4 + length
    raise ValueError("it ends too early")


def _substream(stream: bytes, start: int) -> Iterator[_Record]:
    """The records from a BOF to its EOF, without those of charts inside."""
    inside = False
    for record in _records(stream, start):
        if inside:
            inside = record[0] != _EOF
            continue
        if record[0] in BOF and record[1] != start:
            inside = True
            continue
        yield record
        if record[0] == _EOF:
            return


def _safe(stream: bytes) -> Biff:
    if not is_bare(stream):
        raise ValueError("it is no workbook of Excel 97 to 2003")
    version, kind = struct.unpack_from("<HH", stream, 4)
    safe = bytearray(stream)
    if kind == _SHEET and (version not in {_BIFF5, _BIFF8} or stream[1] != _BOF_8 >> 8):
        return _lone_sheet(stream, safe)
    if kind != _GLOBALS or version not in {_BIFF5, _BIFF8}:
        raise ValueError("it is no workbook of Excel 97 to 2003")
    return _book(stream, safe)


def _lone_sheet(stream: bytes, safe: bytearray) -> Biff:
    """One sheet without a workbook around it."""
    kinds = [number for number, *_ in _substream(stream, 0)]
    end, _, _ = _sheet(stream, 0, safe, dimensions=True)
    return Biff(bytes(safe[:end]), encrypted=_FILEPASS in kinds, has_codepage=_CODEPAGE in kinds)


def _book(stream: bytes, safe: bytearray) -> Biff:
    sheets: list[int] = []
    shared: list[bytes] = []
    kinds = set[int]()
    end, last = 0, 0
    for number, at, first, end in _substream(stream, 0):
        kinds.add(number)
        if number == _FILEPASS:
            return Biff(b"", encrypted=True)
        if number == _BOUNDSHEET:
            offset, _, kind = struct.unpack_from("<IBB", stream, first)
            sheets += [offset] if kind == 0 else []
        elif number == _SST or (number == _CONTINUE and last == _SST):
            shared.append(stream[first:end])
            number = _SST  # noqa: PLW2901  # a continuation of a continuation
        elif number not in _READ:
            struct.pack_into("<H", safe, at, _PASSED_OVER)
        last = number
    if shared:
        _SharedTexts(shared)
    # Each may claim a cell in its last row, which takes xlrd 20 MB and 50 ms.
    if len(sheets) > MOST_SHEETS:
        raise ValueError(f"it has more than {MOST_SHEETS} sheets")
    blank: dict[int, frozenset[tuple[int, int]]] = {}
    calculated = _RECALC_ID in kinds
    for offset in sorted(sheets):
        if offset < end:
            raise ValueError("its sheets overlap")
        end, without, with_value = _sheet(stream, offset, safe)
        blank[offset] = without
        calculated = calculated or with_value
    # Excel stores the result of ="" like no result. So formulas without one are taken as never calculated only where
    # none in the workbook has a result, and no program has signed that it calculated them.
    none = frozenset[tuple[int, int]]()
    cells = tuple(none if calculated else blank[offset] for offset in sheets)
    return Biff(bytes(safe), has_codepage=_CODEPAGE in kinds, not_calculated=cells)


def _sheet(
    stream: bytes, start: int, safe: bytearray, *, dimensions: bool = False
) -> tuple[int, frozenset[tuple[int, int]], bool]:
    """The end of a sheet, its formulas with a blank result, and whether others have one.

    With `dimensions`, the first record of a sheet's dimensions is kept: in a lone sheet it is where xlrd takes stock of
    the number formats. Further ones would have it grow all rows anew.
    """
    blank: list[tuple[int, int]] = []
    with_value = False
    end = start
    for number, at, first, end in _substream(stream, start):
        if dimensions and number in _DIMENSIONS:
            dimensions = False
        elif number not in _READ or (number == _MERGED and not _is_list_of_ranges(stream[first:end])):
            struct.pack_into("<H", safe, at, _PASSED_OVER)
        elif number in _FORMULA:
            row, column, _, result, mark = struct.unpack_from("<HHHB5xH", stream, first)
            if (result, mark) == (3, 0xFFFF):
                blank.append((row, column))
            else:
                with_value = True
    return end, frozenset(blank), with_value


def _is_list_of_ranges(data: bytes) -> bool:
    return len(data) >= 2 and len(data) == 2 + 8 * struct.unpack_from("<H", data)[0]  # noqa: PLR2004  # count and ranges


class _SharedTexts:
    """A walk over the shared texts that stops where xlrd would go wrong: it goes back where a length is negative.

    Raises:
        ValueError: a text says that something of negative length follows it.
        struct.error: the texts end too early.
        IndexError: the same.
    """

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part, self._at = 0, 8
        for _ in range(struct.unpack_from("<i", parts[0], 4)[0]):
            self._pass_text()

    @property
    def _data(self) -> bytes:
        return self._parts[self._part]

    def _take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _pass_text(self) -> None:
        if self._at >= len(self._data):
            self._at -= len(self._data)
            self._part += 1
        length, flags = self._take("<HB")
        runs = self._take("<H")[0] if flags & _HAS_RUNS else 0
        phonetic = self._take("<i")[0] if flags & _HAS_PHONETIC else 0
        if phonetic < 0:
            raise ValueError("its shared texts are damaged")
        self._pass_characters(length, 1 + (flags & 1))
        for _ in range(runs):
            if self._at == len(self._data):
                self._part, self._at = self._part + 1, 0
            self._take("<HH")
        self._at += phonetic

    def _pass_characters(self, left: int, width: int) -> None:
        """A text goes on in the next part with its width anew."""
        while True:
            taken = min((len(self._data) - self._at) // width, left)
            self._at, left = self._at + taken * width, left - taken
            if not left:
                return
            self._part, self._at = self._part + 1, 1
            width = 1 + (self._data[0] & 1)
