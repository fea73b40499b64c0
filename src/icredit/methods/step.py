"""What treatment and normalisation have in common: constants of the group, then a change of each value.

Min-max needs the group's minimum and maximum, winsorising its quantiles. A method says so as a `Step`: the constants
are aggregations of the group's values, `apply` uses them on each value. The same step therefore serves twice: inside
the aggregation that finds the constants of every group, and row by row with constants found there, or read from a
reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, get_args

import polars as pl

Constants = Mapping[str, pl.Expr]
Direction = Literal["higher", "lower"]
Kind = Literal["impute", "treat", "transform", "normalise"]

#: The order of the kinds.
KINDS: tuple[Kind, ...] = get_args(Kind)


class Fit(NamedTuple):
    """Constants that only a procedure finds: the values present of one group, sorted -> a number for each name."""

    names: tuple[str, ...]
    find: Callable[[pl.Series], Mapping[str, float | None]]

    def aggregation(self, values: pl.Expr) -> pl.Expr:
        """The numbers of a group as one struct."""
        dtype = pl.Struct(dict.fromkeys(self.names, pl.Float64))

        def found(series: pl.Series) -> pl.Series:
            return pl.Series([self.find(series.drop_nulls().sort())], dtype=dtype)

        return values.map_batches(found, return_dtype=dtype, returns_scalar=True)


class Step(NamedTuple):
    """One change of a column of values.

    Attributes:
        apply: the values and the constants by name -> the new values; missing stays missing.
        constants: name -> aggregation of the group's values to one number.
        placed: whether a value's rank among its group decides, and which values are better; the rank, from 1 for the
            worst, equal values sharing the lowest, comes as the constant `place`.
        fit: further constants, found by a procedure.
        kind: what the change is for.
        rising: whether a larger value never becomes a smaller one, and the smallest and largest stay present.
    """

    apply: Callable[[pl.Expr, Constants], pl.Expr]
    constants: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {}
    placed: Direction | None = None
    fit: Fit | None = None
    kind: Kind = "normalise"
    rising: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all constants."""
        return (*self.constants, *(self.fit.names if self.fit is not None else ()))

    @property
    def compares(self) -> bool:
        """Whether a value's outcome depends on its group."""
        return bool(self.constants or self.placed or self.fit)
