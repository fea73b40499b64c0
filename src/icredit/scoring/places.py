"""Ranks of values within their groups: among the batch itself, or where they would stand among those of a reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from icredit.scheme.model import Scheme
from icredit.scoring.block import PLACE, Groups
from icredit.scoring.chain import before, blocks

#: The columns of a table of places, beside those of the groups: a value, and how many of its group are no better.
VALUE, UP_TO = "value", "up_to"

# Stands for a group that has no name, because a join by the nearest value knows no equal nulls.
_NONE = "\0"


def _ranked(scheme: Scheme) -> Iterator[tuple[str, Groups, pl.Expr]]:
    """Everything that is ranked: the column of its places, the columns of its groups, its values, more being better."""
    for leaf in scheme.leaves:
        for block in blocks(leaf, scheme):
            for level in block.levels:
                values = block.ranked(before(leaf, scheme, block.number, level), level)
                if values is not None:
                    yield block.column(PLACE, level), level, values


def place_groups(scheme: Scheme) -> dict[str, Groups]:
    """Column of places -> the columns of the groups."""
    return {column: groups for column, groups, _ in _ranked(scheme)}


def with_places(frame: pl.LazyFrame, scheme: Scheme, tables: Mapping[str, pl.LazyFrame] | None = None) -> pl.LazyFrame:
    """Add the place of every value that is ranked, to rows with values and constants: from 1, the worst of its group.

    Args:
        frame: the rows.
        scheme: how they are scored.
        tables: of a reference, as `place_tables` made them; None: the places are those among the rows themselves.
    """
    if tables is None:
        return frame.with_columns(_place(values, groups).alias(column) for column, groups, values in _ranked(scheme))
    ranked = list(_ranked(scheme))
    frame = frame.with_columns(values.alias(_value(column)) for column, _, values in ranked)
    # All are looked up in one and the same frame: a plan in which each grew from the last would double with each.
    places = [_places(frame, tables[column], column, groups) for column, groups, _ in ranked]
    for (column, groups, _), found in zip(ranked, places, strict=True):
        frame = frame.join(found, on=[*groups, _value(column)], how="left", nulls_equal=True, maintain_order="left")
    return frame


def place_tables(frame: pl.LazyFrame, scheme: Scheme) -> dict[str, pl.LazyFrame]:
    """Column of places -> every value of every group that is ranked, and how many of the group are no better."""
    found: dict[str, pl.LazyFrame] = {}
    for column, groups, values in _ranked(scheme):
        counts = (
            frame.select(*groups, values.alias(VALUE))
            .filter(pl.col(VALUE).is_not_null())
            .group_by(*groups, VALUE)
            .agg(pl.len().cast(pl.Float64).alias(UP_TO))
            .sort(*groups, VALUE)
        )
        up_to = pl.col(UP_TO).cum_sum()
        found[column] = counts.with_columns(up_to.over(groups) if groups else up_to)
    return found


def _place(values: pl.Expr, groups: Groups) -> pl.Expr:
    place = values.rank("min").cast(pl.Float64)
    return place.over(groups) if groups else place


def _value(column: str) -> str:
    return f"{column}.{VALUE}"


def _places(frame: pl.LazyFrame, table: pl.LazyFrame, column: str, groups: Groups) -> pl.LazyFrame:
    """The place of each value of a frame among those of a table: 1 more than how many of them are worse."""
    named = [pl.col(group).fill_null(_NONE) for group in groups]
    value = pl.col(_value(column))
    asked = frame.select(*named, value.alias(VALUE)).filter(pl.col(VALUE).is_not_null()).unique().sort(VALUE)
    found = asked.join_asof(
        table.with_columns(named).sort(VALUE),
        on=VALUE,
        by=list(groups) or None,
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return found.select(
        *(pl.when(pl.col(group) != _NONE).then(pl.col(group)).alias(group) for group in groups),
        pl.col(VALUE).alias(_value(column)),
        (pl.col(UP_TO).fill_null(0.0) + 1).alias(column),
    )
