"""Treatment of outliers and skew before normalisation (OECD/JRC handbook, step 3 and 4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import polars as pl

from icredit.methods.staged import Number, by_stage, distinct
from icredit.methods.step import Constants, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

Transform = Literal["log"]


def quantile(values: pl.Expr, level: float) -> pl.Expr:
    """The quantile of the values present, interpolated linearly (type 7 of Hyndman and Fan; Excel PERCENTILE.INC)."""
    return values.quantile(level, interpolation="linear")


def winsorise(lower: Number, upper: Number) -> Step:
    """Values beyond the two quantiles of the group become the quantile; levels are shares in [0, 1]."""

    def name(side: str, level: float) -> str:
        return f"winsorise_{side}_{level!r}"

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        low = by_stage(lower, lambda level: constants[name("lower", level)])
        high = by_stage(upper, lambda level: constants[name("upper", level)])
        return values.clip(low, high)

    constants = {
        name(side, level): partial(quantile, level=level)
        for side, levels in (("lower", lower), ("upper", upper))
        for level in distinct(levels)
    }
    return Step(apply, constants)


def log() -> Step:
    """ln(x - min + 0.01 (max - min)), with the minimum and maximum of the group.

    The shift takes zeros and negative values, and because it grows with the range the result of a later min-max does
    not depend on the unit of x. A group whose values are all equal becomes 0. Source: COINr, `log_CT`.
    """

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        low, high = constants["log_minimum"], constants["log_maximum"]
        # Beyond the bounds only a saved reference can lead; there the transform ends at the bound.
        shifted = values.clip(low, high) - low + 0.01 * (high - low)
        # In a group of equal values, and only there, the shifted value is 0; counting it as 1 makes its logarithm 0.
        return (shifted + (shifted == 0).cast(pl.Float64)).log()

    return Step(apply, {"log_minimum": pl.Expr.min, "log_maximum": pl.Expr.max})


TRANSFORMS: Mapping[str, Step] = {"log": log()}
