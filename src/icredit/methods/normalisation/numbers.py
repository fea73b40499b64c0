"""Methods that give numbers of their own kind: ranks, z-scores, the value itself."""

from typing import Literal

import polars as pl
from pydantic import Field

from icredit.methods.arithmetic import divide
from icredit.methods.cases import Real
from icredit.methods.normalisation.base import EXTREMES, Compared, Method, Scale, signed
from icredit.methods.statistics import deviation, mean
from icredit.methods.step import Constants, Direction, Step


class _Numbers(Compared):
    def floor(self, scale: Scale) -> pl.Expr | None:
        """See `Method`."""
        return pl.lit(0.0)


class Rank(_Numbers):
    """The rank itself: 1 for the group's worst value, the number of values for its best."""

    method: Literal["rank"]

    def step(self, direction: Direction, scale: Scale) -> Step:
        """The rank from the worst; equal values share the lowest. Source: COINr, `n_rank`."""

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return pl.when(values.is_not_null()).then(constants["place"])

        return Step(apply, placed=direction)


class Borda(_Numbers):
    """The number of the group's values that are worse."""

    method: Literal["borda"]

    def step(self, direction: Direction, scale: Scale) -> Step:
        """Rank - 1. Source: COINr, `n_borda`."""

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return pl.when(values.is_not_null()).then(constants["place"] - 1)

        return Step(apply, placed=direction)


class ZScore(Compared):
    """How many standard deviations a value lies above the group's mean, put onto another mean and deviation."""

    method: Literal["zscore"]
    mean: Real = Field(default=0.0, description="The score of the group's mean.")
    deviation: Real = Field(default=1.0, gt=0, description="The points that a standard deviation is worth.")

    def step(self, direction: Direction, scale: Scale) -> Step:
        """Mean + deviation * (x - x_mean) / sd, sd over n - 1; a group whose values are all equal scores the mean.

        Source: OECD/JRC handbook, step 5, standardisation; COINr, `n_zscore`.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            # The deviation of values that lie nearer together than 1e-160 cannot be told from none.
            apart = (constants["maximum"] > constants["minimum"]) & (constants["deviation"] > 0)
            away = divide(signed(values - constants["mean"], direction), constants["deviation"])
            of_equals = pl.when(values.is_not_null()).then(self.mean)
            return pl.when(apart).then(self.mean + self.deviation * away).otherwise(of_equals)

        return Step(apply, {**EXTREMES, "mean": mean, "deviation": deviation})

    @property
    def limited(self) -> bool:
        """See `Method`."""
        return False

    def floor(self, scale: Scale) -> pl.Expr | None:
        """A z-score has no lowest number."""
        return None


def _unchanged(values: pl.Expr, constants: Constants) -> pl.Expr:
    return values


class AsItIs(Method):
    """The value is the score, for expressions that give marks themselves."""

    method: Literal["none"]

    def step(self, direction: Direction, scale: Scale) -> Step:
        """The value, in points as the expression gave it."""
        return Step(_unchanged)

    def floor(self, scale: Scale) -> pl.Expr | None:
        """See `Method`."""
        return pl.lit(0.0)
