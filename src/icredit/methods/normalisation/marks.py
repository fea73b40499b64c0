"""Methods that give the marks of a table."""

from itertools import pairwise
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from icredit.methods.arithmetic import divide
from icredit.methods.cases import Number, Real, distinct, number
from icredit.methods.normalisation.base import Method, Scale
from icredit.methods.step import Constants, Direction, Step

# Digits of a value that are compared with the bounds of tiers: 100 * 0.29 is 29, not a hair less.
_DIGITS = 15


class Tier(BaseModel):
    """One step of a table of marks; the bounds that are given must all hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    at_least: Number | None = Field(default=None, description="x >= this.")
    above: Number | None = Field(default=None, description="x > this.")
    at_most: Number | None = Field(default=None, description="x <= this.")
    below: Number | None = Field(default=None, description="x < this.")
    marks: Number = Field(description="What a value in the tier earns.")

    def holds(self, values: pl.Expr) -> pl.Expr:
        """Whether a value, in the indicator's unit, stands in the tier: every bound given holds in the row's case."""
        compared = {"at_least": pl.Expr.ge, "above": pl.Expr.gt, "at_most": pl.Expr.le, "below": pl.Expr.lt}
        return pl.all_horizontal(
            compare(values, number(bound))
            for name, compare in compared.items()
            if (bound := getattr(self, name)) is not None
        )


class Tiers(Method):
    """Marks by a table: the first tier in which a value stands."""

    method: Literal["tiers"]
    tiers: tuple[Tier, ...] = Field(min_length=1, description="From the top; the first one that holds counts.")
    otherwise: Number = Field(default=0.0, description="The marks of a value in no tier.")

    def step(self, direction: Direction, scale: Scale) -> Step:
        """The marks, as they stand; values are compared by their first 15 digits.

        Source: tables such as that of 科技型中小企业评价 (国科发政〔2017〕115号), whose lower bounds are within a tier.
        """

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            compared = values.round_sig_figs(_DIGITS)
            marks = number(self.otherwise)
            for tier in reversed(self.tiers):
                marks = pl.when(tier.holds(compared)).then(number(tier.marks)).otherwise(marks)
            return pl.when(values.is_not_null()).then(marks)

        return Step(apply)

    def floor(self, scale: Scale) -> pl.Expr | None:
        """See `Method`."""
        return pl.min_horizontal(number(self.otherwise), *(number(tier.marks) for tier in self.tiers))

    def ceiling(self, scale: Scale) -> float:
        """See `Method`; where marks differ by case, those of the best case."""
        return max(distinct(self.otherwise)[-1], *(distinct(tier.marks)[-1] for tier in self.tiers))


class Piecewise(Method):
    """Marks along straight lines between points; before the first and behind the last they stay what they are there."""

    method: Literal["piecewise"]
    points: tuple[tuple[Real, Real], ...] = Field(min_length=2, description="[value, marks], by rising value.")

    def step(self, direction: Direction, scale: Scale) -> Step:
        """y0 + (y1 - y0) * (x - x0) / (x1 - x0) between two points: x in the indicator's unit, y in marks."""

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            marks = pl.lit(self.points[-1][1])
            for (x0, y0), (x1, y1) in reversed(list(pairwise(self.points))):
                between = y0 + (y1 - y0) * divide(values - x0, pl.lit(x1 - x0))
                marks = pl.when(values < x1).then(between).otherwise(marks)
            marks = pl.when(values <= self.points[0][0]).then(self.points[0][1]).otherwise(marks)
            return pl.when(values.is_not_null()).then(marks)

        return Step(apply)

    def floor(self, scale: Scale) -> pl.Expr | None:
        """See `Method`."""
        return pl.lit(min(marks for _, marks in self.points))

    def ceiling(self, scale: Scale) -> float:
        """See `Method`."""
        return max(marks for _, marks in self.points)
