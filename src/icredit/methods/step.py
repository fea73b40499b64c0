"""What treatment and normalisation have in common: constants of the group, then a change of each value.

Min-max needs the group's minimum and maximum, winsorising its quantiles. A method says so as a `Step`: the constants
are aggregations of the group's values, `apply` uses them on each value. The same step therefore serves twice: inside
the aggregation that finds the constants of every group, and row by row with constants found there, or read from a
reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

Constants = Mapping[str, pl.Expr]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a column of values.

    Attributes:
        apply: the values and the constants by name -> the new values; missing stays missing.
        constants: name -> aggregation of the group's values to one number.
    """

    apply: Callable[[pl.Expr, Constants], pl.Expr]
    constants: Mapping[str, Callable[[pl.Expr], pl.Expr]] = field(default_factory=dict)
