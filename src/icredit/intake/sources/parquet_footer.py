"""What a Parquet file says of its own size, before anything of it is unpacked.

A few kilobytes can stand for a billion rows, because what repeats is stored once, and polars unpacks first and asks later.
The footer is a structure in the compact protocol of Apache Thrift; here as much of it is understood as tells the number of
columns and rows, and the size of all pages. The format: parquet.thrift of Apache Parquet, and "Thrift compact protocol".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

_MARK = b"PAR1"

# Of a structure within others, and of all values in a footer: some 40 a column in each group of rows.
_DEEPEST, _MOST_VALUES = 16, 20_000_000

# Kinds of values. In a structure the first two are the value itself.
_TRUE, _FALSE = 1, 2

# Numbers of the fields that are looked at.
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_CHILDREN = 5
_COLUMNS = 1
_CHUNK = 3
_UNCOMPRESSED = 6


@dataclass(frozen=True, slots=True)
class Footer:
    """The size of a file's content.

    Attributes:
        columns: cells of a row; those of lists and structures one by one.
        levels: how deep lists and structures lie within each other; 2 for cells.
        rows: rows of all groups.
        unpacked: bytes of all pages when they are unpacked.
    """

    columns: int
    levels: int
    rows: int
    unpacked: int


def read_footer(data: bytes) -> Footer:
    """The footer of a Parquet file.

    Raises:
        ValueError: there is none, or it is damaged.
    """
    if len(data) < 3 * len(_MARK) or not data.endswith(_MARK):
        raise ValueError("it is cut short")
    (length,) = struct.unpack("<I", data[-8:-4])
    if length > len(data) - 12:
        raise ValueError("it is cut short")
    try:
        content = _Reader(data[-8 - length : -8]).structure(0)
        groups = content.get(_GROUPS, [])
        return Footer(
            sum(not element.get(_CHILDREN) for element in content[_SCHEMA]),
            _levels(content[_SCHEMA]),
            max(content[_ROWS], sum(group.get(_ROWS, 0) for group in groups)),
            sum(chunk.get(_CHUNK, {}).get(_UNCOMPRESSED, 0) for group in groups for chunk in group.get(_COLUMNS, [])),
        )
    except (IndexError, KeyError, TypeError, AttributeError, struct.error):
        raise ValueError("its footer is damaged") from None


def _levels(elements: list[dict[int, Any]]) -> int:
    """The schema is a tree, written from the top to the leaves; each part says how many follow that belong to it."""
    deepest = 0
    missing: list[int] = []
    for element in elements:
        while missing and missing[-1] <= 0:
            missing.pop()
        if missing:
            missing[-1] -= 1
        missing.append(element.get(_CHILDREN, 0))
        deepest = max(deepest, len(missing))
    return deepest


class _Reader:
    """Reads values one behind the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._values = 0

    def structure(self, depth: int) -> dict[int, Any]:
        """A structure: number of a field -> its value."""
        found: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            # A field says how far its number is from the one before, or in full.
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth + 1)
        return found

    def _value(self, kind: int, depth: int) -> Any:  # noqa: PLR0911  # one a kind
        self._values += 1
        if depth > _DEEPEST or self._values > _MOST_VALUES:
            raise ValueError("its footer is damaged")
        match kind:
            case 1 | 2 | 3:  # truth values, which take a byte in lists, and bytes
                return self._byte()
            case 4 | 5 | 6:  # whole numbers
                return self._signed()
            case 7:  # a number with a point
                return self._take(8)
            case 8:  # bytes, or a text
                return self._take(self._unsigned())
            case 9 | 10:  # lists and sets
                return self._list(depth)
            case 11:
                return self._map(depth)
            case 12:
                return self.structure(depth)
            case _:
                raise ValueError("its footer is damaged")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._unsigned()  # noqa: PLR2004  # then the count stands behind
        return [self._value(head & 15, depth + 1) for _ in range(self._bounded(count))]

    def _map(self, depth: int) -> None:
        count = self._bounded(self._unsigned())
        kinds = self._byte() if count else 0
        for _ in range(count):
            self._value(kinds >> 4, depth + 1)
            self._value(kinds & 15, depth + 1)

    def _bounded(self, count: int) -> int:
        """A count of values, each of which takes a byte at least."""
        if count > len(self._data) - self._at:
            raise ValueError("its footer is damaged")
        return count

    def _byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def _take(self, length: int) -> bytes:
        self._at += self._bounded(length)
        return self._data[self._at - length : self._at]

    def _unsigned(self) -> int:
        """Seven bits a byte, the last byte without the eighth."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004  # the eighth bit
                return value
        raise ValueError("its footer is damaged")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)
