"""The first part of the query: the stage of every enterprise and the value of every indicator."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl

from icredit.methods.cases import STAGE, by_case
from icredit.scheme.expressions import compile_expression, with_names
from icredit.scheme.fields import expression_schema, for_expressions
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator
from icredit.scheme.walk import names_used, value_order

#: No value is larger; differences and sums of such values stay finite.
LARGEST = 1e100


def value_column(indicator: str) -> str:
    """Name of the column that holds an indicator's value."""
    return f"{indicator}.value"


def applies_column(indicator: str) -> str:
    """Name of the column that says whether an indicator applies; only indicators with `applies` have one."""
    return f"{indicator}.applies"


def with_values(frame: pl.LazyFrame, scheme: Scheme, as_of: date) -> pl.LazyFrame:
    """Add the stage (where none was submitted), and per indicator its value and whether it applies.

    A value that is not finite - a division by zero, a logarithm of nothing - is missing, and so is one beyond `LARGEST`.
    """
    frame = for_expressions(frame, scheme, as_of)
    derived = pl.lit(None, pl.String())
    for stage in reversed(scheme.stages):
        holds = compile_expression(stage.when).expression.fill_null(False)
        derived = pl.when(holds).then(pl.lit(stage.id)).otherwise(derived)
    frame = frame.with_columns(pl.coalesce(pl.col(STAGE), derived).alias(STAGE))

    fields = set(expression_schema(scheme))
    ready: set[str] = set()
    pending: list[tuple[Indicator, pl.Expr]] = []
    for leaf in value_order(scheme):
        names = names_used(leaf)
        if not names <= fields | ready:  # it refers to an indicator that is not a column yet
            frame = _add(frame, pending)
            ready |= {done.id for done, _ in pending}
            pending = []
        others = {name: value_column(name) for name in names - fields}
        pending.append((leaf, by_case(leaf.value, partial(with_names, columns=others))))
    return _add(frame, pending).with_columns(
        compile_expression(leaf.applies).expression.fill_null(True).alias(applies_column(leaf.id))
        for leaf in scheme.leaves
        if leaf.applies is not None
    )


def _add(frame: pl.LazyFrame, values: list[tuple[Indicator, pl.Expr]]) -> pl.LazyFrame:
    columns = []
    for leaf, expression in values:
        number = expression.cast(pl.Float64)
        # Nobody wants to read -0.0 in a table; and polars' engines do not agree about 0.0 + -0.0.
        value = pl.when(number == 0).then(0.0).when(number.abs() <= LARGEST).then(number)
        columns.append(value.alias(value_column(leaf.id)))
    return frame.with_columns(columns)
