"""What becomes of an indicator's values before normalisation: missing ones imputed, outliers and skew treated
(OECD/JRC handbook, steps 3 and 4).
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from icredit.methods.cases import Number, Real, by_case, column_of, distinct, number
from icredit.methods.statistics import kurtosis, mean, quantile, skewness
from icredit.methods.step import Constants, Direction, Fit, Step

Transform = Literal["log", "ln", "log1p"]
Average = Literal["median", "mean"]

# Decimals of skewness and kurtosis that are compared.
_DECIMALS = 10

# What winsorising by points finds of a group: two bounds, and 1 where the values are to be transformed instead.
_BOUNDS = ("winsorise_lower", "winsorise_upper", "winsorise_otherwise")


def impute(average: Average) -> Step:
    """Missing values become the median or mean of the group; where the group has none, they stay missing.

    Source: OECD/JRC handbook, step 3, unconditional mean and median imputation; COINr, `i_mean_grp`.
    """

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        return values.fill_null(constants["impute"])

    return Step(apply, {"impute": pl.Expr.median if average == "median" else mean}, kind="impute", rising=True)


def worst(direction: Direction) -> Step:
    """Missing values become the worst of the group: its minimum, or its maximum where lower is better.

    Where the group has none, they stay missing.
    """

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        return values.fill_null(constants["worst"])

    return Step(apply, {"worst": pl.Expr.min if direction == "higher" else pl.Expr.max}, kind="impute", rising=True)


def clip(lower: Number | None, upper: Number | None) -> Step:
    """Values beyond fixed bounds, in the indicator's unit, become the bound; None is no bound."""

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        low = None if lower is None else number(lower)
        high = None if upper is None else number(upper)
        return values.clip(low, high)

    return Step(apply, kind="treat", rising=_same_for_all(lower, upper))


def winsorise(lower: Number, upper: Number) -> Step:
    """Values beyond the two quantiles of the group (see `icredit.methods.statistics.quantile`) become the quantile.

    Args:
        lower: the level of the lower quantile, a share in [0, 1].
        upper: the level of the upper one.
    """

    def name(side: str, level: float) -> str:
        return f"winsorise_{side}_{level!r}"

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        low = by_case(lower, lambda level: constants[name("lower", level)])
        high = by_case(upper, lambda level: constants[name("upper", level)])
        return values.clip(low, high)

    constants = {
        name(side, level): partial(quantile, level=level)
        for side, levels in (("lower", lower), ("upper", upper))
        for level in distinct(levels)
    }
    return Step(apply, constants, kind="treat", rising=_same_for_all(lower, upper))


def _same_for_all(*numbers: Number | None) -> bool:
    return all(column_of(number) is None for number in numbers)


class WinsorisePoints(BaseModel):
    """Winsorise one extreme value after the other until the group's values are no longer skewed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    points: int = Field(default=5, ge=0, le=1000, strict=True, description="At most so many values of the group.")
    skewness: Real = Field(default=2.0, gt=0, description="The values pass with |G1| below this,")
    kurtosis: Real = Field(default=3.5, description="or with G2 below this.")
    otherwise: Transform | None = Field(
        default=None, description="Values that still do not pass are left as they were and transformed so."
    )

    def passes(self, values: pl.Series) -> bool:
        """Whether sorted values are near enough to a normal distribution; too few to tell are."""
        skew, excess = skewness(values), kurtosis(values)
        if skew is None or excess is None:
            return True
        # Three equal values and another have a skewness of exactly 2, which floating point makes a little more or less.
        return round(abs(skew), _DECIMALS) < self.skewness or round(excess, _DECIMALS) < self.kurtosis

    def find(self, values: pl.Series) -> Mapping[str, float | None]:
        """The bounds of a group's values, present and sorted, and 1 if they are to be transformed instead.

        While the values do not pass, the highest (if G1 >= 0, else the lowest) one becomes the next one to it, and with
        it those that became so before.
        """
        if not values.len():
            return dict.fromkeys(_BOUNDS, None)
        low = high = 0
        treated = values
        while not (passed := self.passes(treated)) and low + high < min(self.points, values.len() - 1):
            rising = (skewness(treated) or 0.0) >= 0
            low, high = (low, high + 1) if rising else (low + 1, high)
            treated = values.clip(values[low], values[-1 - high])
        instead = not passed and self.otherwise is not None
        return dict(zip(_BOUNDS, (float(values[low]), float(values[-1 - high]), float(instead)), strict=True))

    def step(self) -> Step:
        """The procedure as a step. Source: COINr, `winsorise`; JRC's rule of 2 and 3.5."""
        low, high, instead = _BOUNDS
        other = TRANSFORMS.get(self.otherwise or "")

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            clipped = values.clip(constants[low], constants[high])
            if other is None:
                return clipped
            return pl.when(constants[instead] > 0).then(other.apply(values, constants)).otherwise(clipped)

        return Step(apply, other.constants if other else {}, fit=Fit(_BOUNDS, self.find), kind="treat")


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

    return Step(apply, {"log_minimum": pl.Expr.min, "log_maximum": pl.Expr.max}, kind="transform", rising=True)


def _plain_log(shift: float) -> Step:
    """ln(x + shift); a value for which there is no logarithm becomes missing."""

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        return pl.when(values + shift > 0).then((values + shift).log())

    return Step(apply, kind="transform")


TRANSFORMS: Mapping[str, Step] = {"log": log(), "ln": _plain_log(0.0), "log1p": _plain_log(1.0)}
