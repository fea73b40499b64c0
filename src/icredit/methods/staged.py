"""Numbers and expressions that may differ by stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, TypeVar

import polars as pl
from pydantic import Field, Strict

T = TypeVar("T")

#: The column that holds an enterprise's stage while a scheme is computed.
STAGE = "stage"

#: A number that is one, neither text nor yes, and of a size with which one can compute.
Real = Annotated[float, Strict(), Field(ge=-1e15, le=1e15)]

Number = Real | dict[str, Real]


def by_stage(value: T | Mapping[str, T], build: Callable[[T], pl.Expr]) -> pl.Expr:
    """`build(value)`, or for a mapping by stage the expression of each row's own stage (missing for no stage)."""
    if not isinstance(value, Mapping):
        return build(value)
    chosen = pl.lit(None)
    for stage, of_stage in value.items():
        chosen = pl.when(pl.col(STAGE) == stage).then(build(of_stage)).otherwise(chosen)
    return chosen


def number(value: Number) -> pl.Expr:
    """A number, or the number of the row's stage."""
    return by_stage(value, lambda constant: pl.lit(float(constant)))


def distinct(value: Number) -> list[float]:
    """The different numbers that `value` can be, in order."""
    return sorted(set(value.values())) if isinstance(value, Mapping) else [value]
