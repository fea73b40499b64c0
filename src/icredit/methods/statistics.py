"""Statistics of a group's values whose last bit does not depend on the order of rows.

A sum of floating-point numbers depends on the order of its terms; sorted values have only one. polars leaves out a sort
before a sum, as if the order made no difference, but not before a running sum, whose last number is the sum.
"""

from __future__ import annotations

import polars as pl

from icredit.methods.arithmetic import divide


def total(values: pl.Expr) -> pl.Expr:
    """The sum of the values present; missing if there is none."""
    return values.sort(nulls_last=False).cum_sum().last()


def mean(values: pl.Expr) -> pl.Expr:
    """The arithmetic mean of the values present; missing if there is none."""
    return divide(total(values), values.count())


def deviation(values: pl.Expr) -> pl.Expr:
    """The standard deviation of the values present, in their unit, over n - 1; 0 for fewer than two."""
    squares = total((values - mean(values)).pow(2))
    return divide(squares, values.count() - 1).sqrt().fill_nan(0.0).fill_null(0.0)


def quantile(values: pl.Expr, level: float) -> pl.Expr:
    """The quantile of the values present, interpolated linearly; missing if there is none.

    Source: Hyndman and Fan (1996), Sample quantiles in statistical packages, type 7, which is Excel's PERCENTILE.INC.

    Args:
        values: those of a group, in their unit.
        level: a share, 0 to 1.
    """
    return values.quantile(level, interpolation="linear")


def skewness(values: pl.Series) -> float | None:
    """G1 of sorted values without missing ones, the skewness that SAS, SPSS and Excel give; None for n < 3, or all equal.

    Source: Joanes and Gill (1998), Comparing measures of sample skewness and kurtosis, type 2.
    """
    if values.len() < 3 or values[0] == values[-1]:  # noqa: PLR2004  # its denominator is n - 2
        return None
    found = values.skew(bias=False)
    return None if found is None else float(found)


def kurtosis(values: pl.Series) -> float | None:
    """G2 of sorted values without missing ones, the excess kurtosis that SAS, SPSS and Excel give; None for n < 4, or all
    equal. Source: as for `skewness`.
    """
    if values.len() < 4 or values[0] == values[-1]:  # noqa: PLR2004  # its denominator is n - 3
        return None
    found = values.kurtosis(fisher=True, bias=False)
    return None if found is None else float(found)
