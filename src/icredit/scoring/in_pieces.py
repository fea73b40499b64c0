"""Scoring a batch that is too large to be held in memory, by the same expressions as any other.

What a whole batch decides needs few columns. The constants of every group are found first: they are the reference of the
batch, and with them every row can be scored by itself. So the rows are scored some at a time and dealt out onto files by
the points they have, within limits that a sample of them gives. What then has the points between two limits is few enough
to be ranked and sorted, and counted for the ranks of what has less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

import polars as pl

from icredit.ahead import ahead
from icredit.progress import SILENT, Advance
from icredit.queries import collect, collect_all
from icredit.ranks import Above, ranked
from icredit.scheme.model import Scheme
from icredit.scored_table import RANKS
from icredit.scoring.account import Done, account_of, account_query
from icredit.scoring.conform import conform
from icredit.scoring.pipeline import columns_of, graded, prepared, table_columns
from icredit.scoring.reference import Reference
from icredit.scoring.table import BEST, HeldTable, ScoredTable


class TypedRows(Protocol):
    """The rows of a batch, as for `icredit.score`."""

    @property
    def height(self) -> int:
        """Their number, which is not 0."""
        ...

    def pieces(self, *, let_go: bool) -> Iterator[pl.DataFrame]:
        """The rows in pieces, which with `let_go` nobody will ask for again."""
        ...

    def sample(self) -> pl.DataFrame:
        """About one row of so many, from all parts of the batch."""
        ...


class RowFile(Protocol):
    """Rows in a file of their own."""

    def read(self) -> pl.DataFrame:
        """The rows."""
        ...

    def remove(self) -> None:
        """Remove the file; nobody may ask for its rows again."""
        ...


class Store(Protocol):
    """Keeps rows in files until the end of a run."""

    def write(self, frame: pl.DataFrame) -> RowFile:
        """Write rows to a file of their own."""
        ...


# Rows scored at once: enough to be fast, few enough to take little. About so many times as many are sorted at once: of
# fewer parts the files are fewer and larger.
_AT_ONCE = 250_000
_SORTED = 2

# Columns of rows that are dealt out: by what they are ranked, and the number of their part.
_POINTS, _PART = "rank.points", "rank.part"


class PiecedTable(ScoredTable):
    """A table whose rows are in files; each of its parts has rows with more points than those of the next."""

    def __init__(self, schema: pl.Schema, statuses: Mapping[str, int], parts: Sequence[Sequence[RowFile]]) -> None:
        self._schema = schema
        self._statuses = statuses
        self._parts = parts
        self._first = HeldTable(pl.DataFrame(schema=schema))
        self._let_go = False

    @property
    def schema(self) -> pl.Schema:
        """See `ScoredTable`."""
        return self._schema

    @property
    def statuses(self) -> Mapping[str, int]:
        """See `ScoredTable`."""
        return self._statuses

    def pieces(self, *, let_go: bool = False) -> Iterator[pl.DataFrame]:
        """See `ScoredTable`."""
        self._let_go = self._let_go or let_go
        for piece in ahead(self._ranked()):
            if let_go:
                first = self._first.frame()
                self._first = HeldTable(pl.concat([first, piece.head(BEST - first.height)]))
            yield piece

    def best(self, count: int) -> pl.DataFrame:
        """See `ScoredTable`."""
        return self._first.best(count) if self._let_go else super().best(count)

    def _ranked(self) -> Iterator[pl.DataFrame]:
        above = Above()
        for part in self._parts:
            if part:
                rows = pl.concat(file.read() for file in part).lazy()
                if self._let_go:
                    for file in part:
                        file.remove()
                found = collect(above.in_batch(ranked(rows, pl.col(_POINTS))).select(self._schema.names()))
                above.count(found)
                yield found


class LargeBatch:
    """The typed rows of a batch that come in pieces."""

    def __init__(
        self,
        rows: TypedRows,
        scheme: Scheme,
        as_of: date,
        reference: Reference,
        store: Store,
        advance: Advance = SILENT.advance,
    ) -> None:
        """Know the batch.

        Args:
            rows: its rows.
            scheme: how to score.
            as_of: what expressions call `today`.
            reference: the constants, of the batch itself or of an earlier one.
            store: keeps the rows of the table.
            advance: is told of the rows that have been scored.
        """
        self._rows = rows
        self._scheme = scheme
        self._as_of = as_of
        self._reference = reference
        self._store = store
        self._advance = advance

    def table(self, *, values: bool = False, steps: bool = False) -> tuple[ScoredTable, dict[str, Done]]:
        """The scored table, and what was done to the values of each indicator; lets go of the rows."""
        columns = [
            column
            for column in columns_of(self._scheme, values=values, steps=steps)
            if column.meta.output_name() not in RANKS
        ]
        limits = self._limits()
        parts: list[list[RowFile]] = [[] for _ in range(limits.len() + 2)]
        statuses: Counter[str] = Counter()
        counts: list[pl.DataFrame] = []
        schema = pl.Schema()
        # While rows are written, the next are dealt out, those after them scored, and others read.
        for groups, counted in ahead(self._dealt(columns, limits)):
            counts += counted
            for number, group in groups.items():
                parts[number].append(self._store.write(group))
                statuses.update(dict(group["status"].value_counts().iter_rows()))
                schema = group.schema
            self._advance(sum(group.height for group in groups.values()))
        types = {**schema, **dict.fromkeys(RANKS, pl.Int64())}
        order = table_columns(self._scheme, values=values, steps=steps)
        found = PiecedTable(pl.Schema({name: types[name] for name in order}), statuses, parts)
        return found, account_of(pl.concat(counts).sum(), self._scheme) if counts else {}

    def _dealt(
        self, columns: Sequence[pl.Expr], limits: pl.Series
    ) -> Iterator[tuple[dict[int, pl.DataFrame], list[pl.DataFrame]]]:
        """Rows some at once, as `_scored` gives them, but by the number of their part."""
        for table, *counted in ahead(self._scored(columns, limits)):
            groups = table.partition_by(_PART, as_dict=True, include_key=False)
            yield {number: group for (number,), group in groups.items()}, counted

    def _scored(self, columns: Sequence[pl.Expr], limits: pl.Series) -> Iterator[list[pl.DataFrame]]:
        """Rows some at once: their columns with points and part, and if there is any, the account of their values."""
        for frame in ahead(_some_at_once(self._rows.pieces(let_go=True))):
            ready = self._prepared(frame)
            rows, earned = graded(ready, self._scheme, self._reference)
            account = account_query(ready, self._scheme)
            yield collect_all(
                [
                    rows.select(*columns, earned.alias(_POINTS), _part(earned, limits)),
                    *([account] if account is not None else []),
                ]
            )

    def _prepared(self, frame: pl.DataFrame) -> pl.LazyFrame:
        """Rows with values and constants."""
        typed = conform(frame.lazy(), self._scheme)
        return prepared(typed, self._scheme, as_of=self._as_of, reference=self._reference)

    def _limits(self) -> pl.Series:
        """The points, from the most to the least, that part the ranked rows into files of a good size."""
        rows, earned = graded(self._prepared(self._rows.sample()), self._scheme, self._reference)
        points = collect(rows.select(earned.alias(_POINTS))).to_series().drop_nulls().sort(descending=True)
        count = self._rows.height // (_SORTED * _AT_ONCE) + 1
        return points.gather([number * points.len() // count for number in range(1, count)] if points.len() else [])


def _part(points: pl.Expr, limits: pl.Series) -> pl.Expr:
    """The number of the file for rows with some points; those without any come last."""
    place = pl.lit(-limits).search_sorted(-points, side="left") if limits.len() else pl.lit(0)
    return pl.when(points.is_null()).then(limits.len() + 1).otherwise(place).cast(pl.Int64).alias(_PART)


def _some_at_once(pieces: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in frames of a size that is worth a query."""
    held: list[pl.DataFrame] = []
    for piece in pieces:
        held.append(piece)
        if sum(one.height for one in held) >= _AT_ONCE:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)
