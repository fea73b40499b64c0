"""The scored table: in memory, or in pieces that are made one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

import polars as pl

#: So many of the first rows of a table can be asked for after the others have been let go.
BEST = 100

# Rows of a table in memory that are handed on at once.
_AT_ONCE = 2**17


class ScoredTable(ABC):
    """The enterprises of a batch in rank order."""

    @property
    @abstractmethod
    def schema(self) -> pl.Schema:
        """Column -> type."""

    @property
    @abstractmethod
    def statuses(self) -> Mapping[str, int]:
        """Status -> how many enterprises have it."""

    @abstractmethod
    def pieces(self, *, let_go: bool = False) -> Iterator[pl.DataFrame]:
        """The rows from the first to the last; there is at least one piece, which may be empty.

        With `let_go` nobody will ask for them again, but for the first `BEST`.
        """

    @property
    def height(self) -> int:
        """The number of rows."""
        return sum(self.statuses.values())

    def frame(self) -> pl.DataFrame:
        """All rows."""
        return pl.concat(self.pieces())

    def best(self, count: int) -> pl.DataFrame:
        """The first rows that have a rank, up to `count`."""
        found = pl.DataFrame(schema=self.schema)
        for piece in self.pieces():
            found = pl.concat([found, piece.head(count - found.height).filter(pl.col("rank").is_not_null())])
            if found.height == count or piece["rank"].null_count():
                break
        return found


class HeldTable(ScoredTable):
    """A table in memory."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    @property
    def schema(self) -> pl.Schema:
        """See `ScoredTable`."""
        return self._frame.schema

    @property
    def statuses(self) -> Mapping[str, int]:
        """See `ScoredTable`."""
        return dict(self._frame["status"].value_counts().iter_rows())

    @property
    def height(self) -> int:
        """See `ScoredTable`; nothing need be counted."""
        return self._frame.height

    def pieces(self, *, let_go: bool = False) -> Iterator[pl.DataFrame]:
        """See `ScoredTable`; so much at once that what is written can be read again meanwhile."""
        yield self._frame.head(_AT_ONCE)
        for begin in range(_AT_ONCE, self._frame.height, _AT_ONCE):
            yield self._frame.slice(begin, _AT_ONCE)

    def frame(self) -> pl.DataFrame:
        """See `ScoredTable`."""
        return self._frame
