"""Methods that give the share of a range that a value earns."""

from typing import Literal

import polars as pl
from pydantic import Field

from icredit.methods.arithmetic import divide
from icredit.methods.cases import Number, distinct, number
from icredit.methods.normalisation.base import EXTREMES, INDISTINCT, Compared, Share, share_between
from icredit.methods.step import Constants, Direction, Step


class _BetweenEnds(Compared, Share):
    def share(self, direction: Direction) -> Step:
        """(x - min) / (max - min) over the group's values, or (max - x) / (max - min) where lower is better.

        Source: OECD/JRC handbook, step 5, min-max; COINr, `n_minmax` and `n_dist2max`.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return share_between(values, constants["minimum"], constants["maximum"], direction)

        return Step(apply, EXTREMES)


class MinMax(_BetweenEnds):
    """The group's worst value earns the lower end of the range, its best the upper end."""

    method: Literal["minmax"]


class DistanceToMaximum(_BetweenEnds):
    """How near a value comes to the group's best: 1 - (best - x) / (max - min), which is min-max seen from the other
    end. Source: COINr, `n_dist2max`.
    """

    method: Literal["distance_to_maximum"]


class Goalposts(Share):
    """Fixed ends: a value at `lower` earns the lower end of the range, one at `upper` the upper end (mirrored where
    lower is better), and beyond them nothing more is lost or earned.
    """

    method: Literal["goalposts"]
    lower: Number = Field(description="The value, in the indicator's unit, of the lower goalpost; may differ by case.")
    upper: Number = Field(description="The value, in the indicator's unit, of the upper goalpost; may differ by case.")
    clamp: bool = Field(default=True, description="Whether values beyond the goalposts stay within the range.")

    def share(self, direction: Direction) -> Step:
        """(x - lower) / (upper - lower), or (upper - x) / (upper - lower) where lower is better.

        Source: the goalposts of UNDP's Human Development Index; COINr, `n_goalposts`.
        """
        # The smallest difference there can be, whichever cases the two have in common.
        apart = min(distinct(self.upper)) > max(distinct(self.lower))

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            lower, upper = number(self.lower), number(self.upper)
            return share_between(values, lower, upper, direction, clamp=self.clamp, apart=apart)

        return Step(apply)


class DistanceToTarget(Compared, Share):
    """How far a value has come from the group's worst to a target."""

    method: Literal["distance_to_target"]
    target: Number = Field(description="The value, in the indicator's unit, that earns the upper end of the range.")
    clamp: bool = Field(default=True, description="Whether a value beyond the target earns no more than the target.")

    def share(self, direction: Direction) -> Step:
        """(x - min) / (target - min), or (max - x) / (max - target) where lower is better; 1 for all where the worst
        value is no worse than the target. Source: COINr, `n_dist2targ`.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            target = number(self.target)
            if direction == "higher":
                gained, span = values - constants["minimum"], target - constants["minimum"]
            else:
                gained, span = constants["maximum"] - values, constants["maximum"] - target
            share = divide(gained, span)
            reached = pl.when(values.is_not_null() & target.is_not_null()).then(1.0)
            return pl.when(span > 0).then(share.clip(0.0, 1.0) if self.clamp else share).otherwise(reached)

        return Step(apply, {name: EXTREMES[name] for name in ("minimum" if direction == "higher" else "maximum",)})


class FractionOfMaximum(Compared, Share):
    """A value as a fraction of the group's best, for values that cannot be negative."""

    method: Literal["fraction_of_maximum"]
    clamp: bool = Field(default=True, description="Whether shares stay within 0 and 1, also of negative values.")
    mirror: Literal["inverse", "negate"] = Field(
        default="inverse",
        description="Where lower is better - inverse: min / x, so that the smallest value earns most; negate: the "
        "formula of x on -x, that is x / min, which *rises* with x. Only for comparison with COINr.",
    )

    def share(self, direction: Direction) -> Step:
        """X / max, or min / x where lower is better.

        Source: OECD/JRC handbook, step 5, distance to a reference; COINr, `n_fracmax`, for `higher` and `negate`.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            if direction == "higher":
                best = constants["maximum"]
                share = pl.when(best > 0).then(divide(values, best)).otherwise(self._without_best(values))
            elif self.mirror == "negate":
                best = constants["minimum"]
                return pl.when(best != 0).then(divide(values, best))
            else:
                best = constants["minimum"]
                # The smallest value can be zero: whoever has it is best, and nobody else is any fraction of it.
                share = pl.when(values <= 0).then(1.0).otherwise(divide(pl.max_horizontal(best, 0.0), values))
                share = pl.when(values.is_not_null()).then(share)
            return share.clip(0.0, 1.0) if self.clamp else share

        return Step(apply, {name: EXTREMES[name] for name in ("maximum" if direction == "higher" else "minimum",)})

    @staticmethod
    def _without_best(values: pl.Expr) -> pl.Expr:
        """The shares of a group in which nobody has anything."""
        return pl.when(values == 0).then(INDISTINCT).when(values < 0).then(0.0)


class PercentileRank(Compared, Share):
    """The share of the others of a group that a value leaves behind."""

    method: Literal["percentile_rank"]

    def share(self, direction: Direction) -> Step:
        """(rank - 1) / (n - 1), where the worst of n values has rank 1 and equal ones share the lowest rank.

        Source: COINr, `n_prank`.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            apart = constants["maximum"] > constants["minimum"]
            # A newcomer may leave behind everybody of a saved scale.
            share = divide(constants["place"] - 1, constants["count"] - 1).clip(0.0, 1.0)
            return pl.when(values.is_not_null()).then(pl.when(apart).then(share).otherwise(INDISTINCT))

        return Step(apply, {**EXTREMES, "count": _count}, direction)


def _count(values: pl.Expr) -> pl.Expr:
    return values.count().cast(pl.Float64)


class Flag(Share):
    """Yes or no: what holds (any value but 0) earns the upper end of the range, what does not the lower end."""

    method: Literal["flag"]

    def share(self, direction: Direction) -> Step:
        """1 for yes and 0 for no, or 0 and 1 where lower is better."""
        yes, no = (1.0, 0.0) if direction == "higher" else (0.0, 1.0)

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return pl.when(values != 0).then(yes).when(values == 0).then(no)

        return Step(apply)
