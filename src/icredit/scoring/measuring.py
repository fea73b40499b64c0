"""Measuring a batch: the reference by which later batches are scored on the same scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from icredit.queries import collect_all
from icredit.scheme.model import Scheme
from icredit.scoring.constants import constant_frames
from icredit.scoring.pipeline import graded, prepared
from icredit.scoring.places import place_tables
from icredit.scoring.reference import Reference, table_columns
from icredit.scoring.values import with_values
from icredit.scoring.verdict import GRADES, by_place, cut_points

Collect = Callable[[Sequence[pl.LazyFrame]], list[pl.DataFrame]]


def reference_of(frame: pl.LazyFrame, scheme: Scheme, as_of: date, collect: Collect = collect_all) -> Reference:
    """The reference of a batch of typed rows.

    Args:
        frame: as for `icredit.scoring.pipeline.pipeline`.
        scheme: how they are scored.
        as_of: what expressions call `today`.
        collect: runs the queries.
    """
    frames = constant_frames(with_values(frame, scheme, as_of), scheme)
    ready = prepared(frame, scheme, as_of=as_of)
    tables = place_tables(ready, scheme)
    if by_place(scheme):
        tables[GRADES] = cut_points(*graded(ready, scheme), scheme)
    found = collect([*frames.values(), *tables.values(), frame.select(pl.len())])
    constants = {
        keys: constants.sort(list(keys)) if keys else constants
        for keys, constants in zip(frames, found[: len(frames)], strict=True)
    }
    columns = table_columns(scheme)
    kept = {
        name: table.select(*columns[name][0], *columns[name][1]).sort(*columns[name][0], *columns[name][1])
        for name, table in zip(tables, found[len(frames) : -1], strict=True)
    }
    return Reference(scheme.id, scheme.digest, int(found[-1].item()), constants, kept)
