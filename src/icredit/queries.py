"""Running queries, by the engine that suits the rows.

The one that polars takes by itself is made for rows that are not in memory: on those that are it needs half as much
time again.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def collect(query: pl.LazyFrame) -> pl.DataFrame:
    """The result of a query on rows in memory."""
    return query.collect(engine="in-memory")


def collect_all(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The results of several, which share what they have in common."""
    return pl.collect_all(queries, engine="in-memory")


def collect_large(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The results of several queries on rows in files, which are read anew for each rather than held for all."""
    return pl.collect_all(queries, engine="streaming", optimizations=pl.QueryOptFlags(comm_subplan_elim=False))
