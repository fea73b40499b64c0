"""Rows in a file of their own: written in few bytes, and read back as exactly the same frame.

Such files are as large as the batch and do not last long, so what they cost is bytes: for every one the system has to find
memory, and beyond some gigabytes it makes whoever writes wait for the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file with rows.

    Attributes:
        schema: the columns of the rows.
        alike: those that have one and the same value in all rows; they are not in the file.
    """

    path: Path
    schema: pl.Schema
    alike: Mapping[str, Any]

    @classmethod
    def write(cls, frame: pl.DataFrame, path: Path) -> RowFile:
        """Write rows to a file; raises what polars or the system raise."""
        alike = {one.name: one[0] for one in frame.iter_columns() if _is_alike(one)} if frame.height else {}
        if len(alike) == frame.width:
            alike.popitem()  # a file without any column does not know how many rows it has
        columns = [one.shrink_dtype() if one.dtype.is_integer() else one for one in frame.drop(alike).iter_columns()]
        with path.open("wb") as file:
            # The newest form of text takes more bytes and is read at half the speed, as all is checked twice.
            pl.DataFrame(columns).write_ipc(file, compat_level=pl.CompatLevel.oldest())
        return cls(path, frame.schema, alike)

    def read(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows, with all columns or those named."""
        wanted = self.schema.names() if columns is None else list(columns)
        stored = [name for name in self.schema if name not in self.alike]
        needed = [name for name in stored if name in wanted] or stored[:1]
        # Not by way of mapping the file into memory, where all that is ever looked at would count as held.
        with self.path.open("rb") as file:
            frame = pl.read_ipc(file, columns=needed)
        return frame.with_columns(self._whole(wanted)).select(wanted)

    def scan(self) -> pl.LazyFrame:
        """The rows as a query reads them."""
        return pl.scan_ipc(self.path).with_columns(self._whole(self.schema.names())).select(self.schema.names())

    def remove(self) -> None:
        """Remove the file; nobody may ask for its rows again."""
        self.path.unlink()

    def _whole(self, names: Sequence[str]) -> list[pl.Expr]:
        """The columns that are not in the file as they are in the rows."""
        return [
            pl.lit(self.alike[name], self.schema[name]).alias(name)
            if name in self.alike
            else pl.col(name).cast(self.schema[name])
            for name in names
            if name in self.alike or self.schema[name].is_integer()
        ]


def _is_alike(column: pl.Series) -> bool:
    """Whether there is but one value; of numbers with a fraction only if it is none, because 0.0 equals -0.0."""
    if column.null_count() or column.dtype.is_float():
        return column.null_count() == column.len()
    return column[0] == column[-1] and bool((column == column[0]).all())
