"""The cells of a worksheet by an XML parser, however the XML is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from icredit.intake.sources.xlsx.cells import SCHEMA, Keep, Merged, MergedRanges, cell_of, filled
from icredit.intake.sources.xlsx.elements import Attributes, TextElements
from icredit.intake.sources.xlsx.escapes import unescape
from icredit.intake.sources.xml_events import read_xml

# Cells that are Python objects at once, and the characters in them.
_AT_ONCE, _CHARACTERS = 50_000, 2**24

# Of the number of a row or a style.
_MOST_DIGITS = 7


def parsed_cells(stream: Iterable[bytes], keep: Keep, last_row: int | None = None) -> list[Merged]:
    """As `plain_cells`, for any XML.

    Raises:
        ValueError: the XML is damaged, or a cell stands where no cell can be.
    """
    reader = _Reader(keep, last_row)
    read_xml(stream, reader)
    reader.hand_over()
    return reader.merged.all


class _Reader(TextElements):
    def __init__(self, keep: Keep, last_row: int | None) -> None:
        super().__init__()
        self.merged = MergedRanges()
        self._keep = keep
        self._last_row = last_row
        self._columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
        self._characters = 0
        self._row, self._column = 0, -1
        self._cell: Attributes | None = None
        self._formula = False

    def begin(self, parent: str, name: str, attributes: Attributes) -> None:
        super().begin(parent, name, attributes)
        if name == "c" and parent == "row":
            self._place(attributes.get("r"))
            self._cell, self._formula = attributes, False
            self.collected()  # what stood outside
        elif name == "f":
            self._formula = True
        elif name == "row" and parent == "sheetData":
            self._row = _number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = -1
        else:
            self.merged.see(parent, name, attributes)

    def _place(self, reference: str | None) -> None:
        """Where a cell is; one that does not say so follows the one before."""
        if reference is None:
            self._column += 1
            return
        place = cell_of(reference)
        if place is None:
            raise ValueError(f"it has a cell called {reference[:20]!r}")
        self._row, self._column = place

    def finish(self, name: str) -> None:
        super().finish(name)
        if name != "c" or self._cell is None:
            return
        cell, self._cell = self._cell, None
        value = self.collected()
        if (not value and not self._formula) or (self._last_row is not None and self._row > self._last_row):
            return
        style = cell.get("s")
        content = (
            self._row,
            self._column,
            None if style is None else _number(style),
            cell.get("t"),
            None if value is None else unescape(value),
            self._formula,
        )
        for column, told in zip(self._columns.values(), content, strict=True):
            column.append(told)
        self._characters += len(value or "")
        if len(self._columns["row"]) >= _AT_ONCE or self._characters > _CHARACTERS:
            self.hand_over()

    def hand_over(self) -> None:
        """Hand over what is collected."""
        self._keep(filled(pl.DataFrame(self._columns, schema=SCHEMA)))
        for column in self._columns.values():
            column.clear()
        self._characters = 0


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise ValueError(f"it has a row or style called {text[:20]!r}")
    return int(text)
