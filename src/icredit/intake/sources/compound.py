"""Compound files, the container of .xls workbooks and of encrypted new ones: streams with names, in chained sectors.

Written after [MS-CFB]. xlrd has a reader of its own, but one that a crafted directory sends round without end; here
every walk is bounded by the number of sectors or entries there are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

#: How every compound file begins.
SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = struct.Struct("<30xHH14xI4xII4xI4x109I")
_ENTRY = struct.Struct("<64sHBxIII36xII4x")
_STREAM = 2
_NONE = 0xFFFFFFFF

# Sectors have 512 bytes or, in version 4, 4,096; those of small streams 64.
_SHIFTS = (9, 12)
_SMALL_SHIFT = 6


class CompoundFile:
    """The streams that lie at the top of a compound file.

    Raises:
        ValueError: it is none, or damaged.
    """

    def __init__(self, data: bytes) -> None:
        if not data.startswith(SIGNATURE) or len(data) < _HEADER.size:
            raise ValueError("it is cut short")
        shift, small_shift, directory, self._cutoff, small_table, difat, *tables = _HEADER.unpack_from(data)
        if shift not in _SHIFTS or small_shift != _SMALL_SHIFT:
            raise ValueError("its sectors have no valid size")
        self._data = data
        self._size = 1 << shift
        self._next: Sequence[int] = ()
        self._next = self._numbers(self._tables(tables, difat))
        entries = list(_ENTRY.iter_unpack(_whole(b"".join(map(self._sector, self._chain(directory))), _ENTRY.size)))
        if not entries:
            raise ValueError("it has no directory")
        self._streams = {name.lower(): place for name, place in _children(entries)}
        self._small_next = self._numbers(list(self._chain(small_table)))
        *_, start, size = entries[0]
        self._small = self._read(start, size) if size and self._small_next else b""

    @property
    def names(self) -> frozenset[str]:
        """The names of the streams, in lower case."""
        return frozenset(self._streams)

    def read(self, name: str) -> bytes:
        """The bytes of a stream.

        Raises:
            ValueError: the stream is cut short, or its sectors are not where the tables say.
        """
        start, size = self._streams[name.lower()]
        if size >= self._cutoff:
            return self._read(start, size)
        parts, left = [], size
        while left > 0:
            at = start << _SMALL_SHIFT
            parts.append(self._small[at : at + (1 << _SMALL_SHIFT)])
            if not parts[-1] or start >= len(self._small_next):
                raise ValueError("it is cut short")
            left -= len(parts[-1])
            start = self._small_next[start]
        return b"".join(parts)[:size]

    def _read(self, start: int, size: int) -> bytes:
        if size > len(self._data):
            raise ValueError("it is cut short")
        parts, left = [], size
        while left > 0:
            parts.append(self._sector(start))
            if not parts[-1] or start >= len(self._next):
                raise ValueError("it is cut short")
            left -= len(parts[-1])
            start = self._next[start]
        return b"".join(parts)[:size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]

    def _chain(self, start: int) -> Iterator[int]:
        """The sectors of a chain whose length no other place states; marks such as its end are beyond every table."""
        for _ in range(len(self._next)):
            if start >= len(self._next):
                return
            yield start
            start = self._next[start]
        raise ValueError("its sectors go round in a circle")

    def _tables(self, tables: Sequence[int], difat: int) -> list[int]:
        """The sectors of the allocation table: the first 109 stand in the header, the others in sectors of their own."""
        count = len(self._data) // self._size
        found, seen = list(tables), set[int]()
        while difat < count and difat not in seen:
            seen.add(difat)
            *more, difat = self._numbers([difat]) or [_NONE]
            found += more
        # A sector that is named twice would be read twice.
        return list(dict.fromkeys(sector for sector in found if sector < count))

    def _numbers(self, sectors: Sequence[int]) -> tuple[int, ...]:
        data = b"".join(map(self._sector, sectors))
        return struct.unpack(f"<{len(data) // 4}I", _whole(data, 4))


def _children(
    entries: Sequence[tuple[bytes, int, int, int, int, int, int, int]],
) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, first sector and size of the streams directly below the root, however its tree is linked."""
    todo, seen = [entries[0][5]], set[int]()
    while todo:
        number = todo.pop()
        if number >= len(entries) or number in seen:
            continue
        seen.add(number)
        name, length, kind, left, right, _, start, size = entries[number]
        if kind == _STREAM:
            yield name[: max(0, length - 2)].decode("utf-16-le", "replace"), (start, size)
        todo += [left, right]


def _whole(data: bytes, size: int) -> bytes:
    """Without what is left at the end of a cut file."""
    return data[: len(data) // size * size]
