"""Scoring a batch that is too large to be held in memory, by the same expressions as any other.

What a whole batch decides needs few columns: the constants of every group are found first (they are the reference of
the batch), then, of points, zone and stage alone, the ranks. With both at hand every row can be scored by itself. So the
rows are scored piece by piece, dealt out by rank onto files, and each of these is small enough to be sorted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl

from icredit.ahead import ahead
from icredit.methods.cases import STAGE
from icredit.queries import collect
from icredit.ranks import in_order, with_ranks
from icredit.scheme.fields import ZONE
from icredit.scheme.model import Scheme
from icredit.scored_table import RANKS
from icredit.scoring.account import Done, account_of, account_query
from icredit.scoring.conform import conform
from icredit.scoring.pipeline import columns_of, graded, prepared
from icredit.scoring.reference import Reference
from icredit.scoring.table import ScoredTable

#: The frames in which the rows of a batch come, in their order; gone through as often as it takes.
Pieces = Callable[[], Iterator[pl.DataFrame]]


class Store(Protocol):
    """Keeps rows in files until the end of a run."""

    def write(self, frame: pl.DataFrame) -> Path:
        """Write rows to a file of their own."""
        ...

    def read(self, path: Path) -> pl.DataFrame:
        """The rows of such a file."""
        ...


# Rows scored at once, and at most about so many sorted at once: enough to be fast, few enough to take little.
_AT_ONCE = 400_000

_POINTS = "points"
_PART = "part"


class PiecedTable(ScoredTable):
    """A table whose rows are in files; each of its parts has the rows of some ranks."""

    def __init__(
        self, schema: pl.Schema, statuses: Mapping[str, int], parts: Sequence[Sequence[Path]], store: Store
    ) -> None:
        self._schema = schema
        self._statuses = statuses
        self._parts = parts
        self._store = store

    @property
    def schema(self) -> pl.Schema:
        """See `ScoredTable`."""
        return self._schema

    @property
    def statuses(self) -> Mapping[str, int]:
        """See `ScoredTable`."""
        return self._statuses

    def pieces(self) -> Iterator[pl.DataFrame]:
        """See `ScoredTable`."""
        yield from ahead(self._sorted(files) for files in self._parts if files)

    def _sorted(self, files: Sequence[Path]) -> pl.DataFrame:
        return collect(in_order(pl.concat(map(self._store.read, files)).lazy()))


class LargeBatch:
    """The typed rows of a batch that come in pieces, and together are at least one."""

    def __init__(self, pieces: Pieces, scheme: Scheme, as_of: date, reference: Reference, store: Store) -> None:
        """Know the batch.

        Args:
            pieces: its rows, as for `icredit.score`.
            scheme: how to score.
            as_of: what expressions call `today`.
            reference: the constants, of the batch itself or of an earlier one.
            store: keeps the rows of the table.
        """
        self._pieces = pieces
        self._scheme = scheme
        self._as_of = as_of
        self._reference = reference
        self._store = store

    def table(self, *, values: bool = False, steps: bool = False) -> ScoredTable:
        """The scored table."""
        ranks = self._ranks()
        columns = [*columns_of(self._scheme, values=values, steps=steps), pl.col(_PART)]
        parts: dict[int, list[Path]] = {part: [] for part in range(int(ranks.select(pl.max(_PART)).item()) + 1)}
        statuses: Counter[str] = Counter()
        begin = 0
        for height, frame in self._prepared():
            rows = graded(frame, self._scheme, self._reference)[0]
            here = ranks.slice(begin, height).lazy()
            table = collect(pl.concat([rows, here], how="horizontal").select(columns))
            begin += height
            statuses.update(dict(table["status"].value_counts().iter_rows()))
            for (part,), group in table.partition_by(_PART, as_dict=True, include_key=False).items():
                parts[part].append(self._store.write(group))
        return PiecedTable(group.schema, statuses, list(parts.values()), self._store)

    def account(self) -> dict[str, Done]:
        """What was done to the values of each indicator."""
        counts = [
            collect(query) for _, frame in self._prepared() if (query := account_query(frame, self._scheme)) is not None
        ]
        return account_of(pl.concat(counts).sum(), self._scheme) if counts else {}

    def _prepared(self) -> Iterator[tuple[int, pl.LazyFrame]]:
        """The rows with values and constants, some at once, and how many they are."""
        for frame in ahead(_some_at_once(self._pieces())):
            typed = conform(frame.lazy(), self._scheme)
            yield frame.height, prepared(typed, self._scheme, as_of=self._as_of, reference=self._reference)

    def _ranks(self) -> pl.DataFrame:
        """The ranks of all rows in the order in which they come, and the part of the table to which each belongs."""
        found = []
        for _, frame in self._prepared():
            rows, earned = graded(frame, self._scheme, self._reference)
            # Names as numbers: of each there are few, and it stands in many rows.
            names = (pl.col(name).cast(pl.Categorical) for name in (ZONE, STAGE))
            found.append(collect(rows.select(earned.alias(_POINTS), *names)))
        narrow = with_ranks(pl.concat(found).lazy(), pl.col(_POINTS)).select(RANKS)
        count = pl.len().cast(pl.Int64) // _AT_ONCE + 1
        # Equal ranks stay together, and those without a rank come last.
        part = ((pl.col("rank") - 1) * count // pl.len()).fill_null(count)
        return collect(narrow.with_columns(part.cast(pl.Int64).alias(_PART)))


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
