"""Typed rows as the query takes them: every field of the scheme as a column of the field's type."""

from __future__ import annotations

import polars as pl

from icredit.errors import UsageError
from icredit.scheme.fields import USCC, typed_schema
from icredit.scheme.model import Scheme


def conform(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """The frame with every field of the scheme as a column of the field's type.

    Raises:
        UsageError: there is no `uscc`, or a column's type cannot be meant.
    """
    present = frame.collect_schema()
    if USCC not in present:
        raise UsageError("the frame has no column 'uscc'", hint="icredit.read() makes a frame of the right shape")
    columns = []
    for name, dtype in typed_schema(scheme).items():
        given = present.get(name)
        column = pl.col(name)
        if given is None or given == pl.Null:
            columns.append(pl.lit(None, dtype).alias(name))
        elif given.is_float() and dtype.is_numeric():
            # Neither NaN nor infinity is a number. A count that came as a float stays one: 1.5 must not become 1.
            number = column.cast(pl.Float64)
            columns.append(pl.when(number.is_finite()).then(number).alias(name))
        elif given == dtype or (given.is_numeric() and dtype.is_numeric()):
            columns.append(column.cast(dtype))
        else:
            raise UsageError(
                f"the column '{name}' is {given}, but the field is {dtype}",
                hint="icredit.read() makes typed columns of text",
            )
    return frame.select(columns)
