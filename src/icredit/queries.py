"""Running queries, by the engine that suits the rows.

The one that polars takes by itself is made for rows that are not in memory: on those that are it needs half as much
time again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl


def collect(query: pl.LazyFrame) -> pl.DataFrame:
    """The result of a query on rows in memory."""
    return query.collect(engine="in-memory")


# Rows that are worked on at once: enough for polars to be fast, and so few that their numbers stay in the processor's cache
# from one expression to the next, and that a large batch is not held twice.
_ROWS = 65_000


def in_parts(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """The same rows some at once, in order; at least one part, which may be empty."""
    return list(frame.iter_slices(_ROWS)) or [frame]


def collect_row_by_row(frame: pl.DataFrame, query: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
    """The result of a query in which rows know nothing of each other, on rows in memory."""
    return pl.concat(collect_all([query(part.lazy()) for part in in_parts(frame)]))


def collect_all(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The results of several, which share what they have in common."""
    return pl.collect_all(queries, engine="in-memory")


def collect_large(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The results of several queries on rows in files, which are read anew for each rather than held for all."""
    return pl.collect_all(queries, engine="streaming", optimizations=pl.QueryOptFlags(comm_subplan_elim=False))
