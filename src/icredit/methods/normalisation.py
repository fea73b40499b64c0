"""Normalisation: values of any unit onto the scheme's scale (OECD/JRC handbook, step 5).

A method is one frozen model with its numbers and one function that returns its `Step`; the step yields the share of
the scale, 0 to 1, that a value earns. To add a method, write its class and name it in `Normalisation`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from icredit.methods.arithmetic import divide
from icredit.methods.staged import STAGE, Number, number
from icredit.methods.step import Constants, Step

Direction = Literal["higher", "lower"]

#: The share of the scale that everybody earns where a group's values are all equal and nobody can be told apart.
INDISTINCT = 0.5


def share_between(values: pl.Expr, low: pl.Expr, high: pl.Expr, direction: Direction) -> pl.Expr:
    """(x - low) / (high - low), or (high - x) / (high - low) where lower is better, limited to [0, 1].

    Where low equals high the share is `INDISTINCT` at that value, 0 on its worse side and 1 on its better side.
    """
    gained = values - low if direction == "higher" else high - values
    span = high - low
    flat = pl.when(gained > 0).then(1.0).when(gained < 0).then(0.0).when(gained == 0).then(INDISTINCT)
    return pl.when(span > 0).then(divide(gained, span).clip(0.0, 1.0)).otherwise(flat)


class _Method(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MinMax(_Method):
    """The group's worst value earns the lower end of the scale, its best the upper end."""

    method: Literal["minmax"]
    within: tuple[str, ...] = Field(
        default=(), description="Columns that make the groups compared; none: the whole batch. Mostly [stage]."
    )

    def step(self, direction: Direction) -> Step:
        """(x - min) / (max - min) over the group's values."""

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return share_between(values, constants["minimum"], constants["maximum"], direction)

        return Step(apply, {"minimum": pl.Expr.min, "maximum": pl.Expr.max})


class Goalposts(_Method):
    """Fixed ends: a value at `lower` earns the lower end of the scale, one at `upper` the upper end (mirrored where
    lower is better), and beyond them nothing more is lost or earned.
    """

    method: Literal["goalposts"]
    lower: Number = Field(description="The value, in the indicator's unit, of the lower goalpost; may differ by stage.")
    upper: Number = Field(description="The value, in the indicator's unit, of the upper goalpost; may differ by stage.")

    @property
    def within(self) -> tuple[str, ...]:
        """Goalposts compare with nobody."""
        return ()

    def step(self, direction: Direction) -> Step:
        """(x - lower) / (upper - lower), limited to [0, 1]."""

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return share_between(values, number(self.lower), number(self.upper), direction)

        return Step(apply)


Normalisation = Annotated[MinMax | Goalposts, Field(discriminator="method")]

#: The names of the methods, as a scheme writes them.
METHODS = ("minmax", "goalposts")

#: Columns that always exist and may be named in `within`, beside the scheme's text and choice fields.
GROUPING_COLUMNS = (STAGE, "zone", "province")
