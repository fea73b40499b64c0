"""What the methods of normalisation have in common: groups to compare with, and a range to put shares onto."""

from abc import abstractmethod
from collections.abc import Callable, Mapping

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from icredit.methods.arithmetic import divide
from icredit.methods.cases import Real
from icredit.methods.step import Constants, Direction, Step

Scale = tuple[float, float]

#: The share of the range that everybody earns where a group's values are all equal and nobody can be told apart.
INDISTINCT = 0.5

#: The constants of methods that look at both ends of a group.
EXTREMES: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {"minimum": pl.Expr.min, "maximum": pl.Expr.max}


def share_between(
    values: pl.Expr, low: pl.Expr, high: pl.Expr, direction: Direction, *, clamp: bool = True, apart: bool = False
) -> pl.Expr:
    """(x - low) / (high - low), or (high - x) / (high - low) where lower is better, limited to [0, 1] if `clamp`.

    Where low equals high the share is `INDISTINCT` at that value, 0 on its worse side and 1 on its better side; `apart`
    says that they are known to differ. Source: OECD/JRC handbook, step 5, min-max; COINr, `n_minmax`.

    Args:
        values: in the indicator's unit; a missing one has no share.
        low: the lower end, in the same unit.
        high: the upper end.
        direction: whether more is better.
        clamp: whether values beyond the ends stay within the shares 0 and 1.
        apart: whether low and high are known to differ.
    """
    gained = values - low if direction == "higher" else high - values
    span = high - low
    share = divide(gained, span)
    limited = share.clip(0.0, 1.0) if clamp else share
    if apart:
        return limited
    flat = pl.when(gained > 0).then(1.0).when(gained < 0).then(0.0).when(gained == 0).then(INDISTINCT)
    return pl.when(span > 0).then(limited).when(span <= 0).then(flat)


class Method(BaseModel):
    """What all methods have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @property
    def groups(self) -> tuple[str, ...]:
        """The columns that make the groups compared; methods that compare with nobody have none."""
        return ()

    @property
    def smallest(self) -> int | None:
        """The values that a group must have to be compared within itself."""
        return None

    @property
    def limited(self) -> bool:
        """Whether scores stay within fixed ends whatever the values are."""
        return True

    @abstractmethod
    def step(self, direction: Direction, scale: Scale) -> Step:
        """From treated values, in the indicator's unit, to scores.

        Args:
            direction: whether more is better.
            scale: the ends of the scheme's scale, in points.
        """

    @abstractmethod
    def floor(self, scale: Scale) -> pl.Expr | None:
        """The points of nothing, which a missing value earns by `missing: zero`; None where there are no such points."""

    def ceiling(self, scale: Scale) -> float:
        """The most points that a value can earn; for methods whose numbers know no end, the end of the scheme's scale."""
        return scale[1]


class Compared(Method):
    """A method that compares the values of a group."""

    within: tuple[str, ...] = Field(
        default=(), description="Columns that make the groups compared; none: the whole batch. Mostly [stage]."
    )
    minimum_group: int | None = Field(
        default=None,
        ge=2,
        strict=True,
        description="A group with fewer values is compared within the group of all columns but the last, and so on.",
    )

    @property
    def groups(self) -> tuple[str, ...]:
        """See `Method`."""
        return self.within

    @property
    def smallest(self) -> int | None:
        """See `Method`."""
        return self.minimum_group


class Share(Method):
    """A method that finds the share, 0 to 1, that a value earns, and puts it onto a range."""

    range: tuple[Real, Real] | None = Field(
        default=None, description="The scores that a share of 0 and of 1 earn; default: the scheme's scale."
    )

    @abstractmethod
    def share(self, direction: Direction) -> Step:
        """From treated values, in the indicator's unit, to shares of the range, 0 to 1 where values are within its ends."""

    def step(self, direction: Direction, scale: Scale) -> Step:
        """See `Method`."""
        share = self.share(direction)
        lower, upper = self.range or scale

        def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
            return lower + (upper - lower) * share.apply(values, constants)

        return Step(apply, share.constants, share.placed)

    @property
    def limited(self) -> bool:
        """See `Method`."""
        return bool(getattr(self, "clamp", True))

    def floor(self, scale: Scale) -> pl.Expr | None:
        """See `Method`."""
        return pl.lit((self.range or scale)[0])

    def ceiling(self, scale: Scale) -> float:
        """See `Method`."""
        return (self.range or scale)[1]


def signed(values: pl.Expr, direction: Direction) -> pl.Expr:
    """The values so that more is better: with the opposite sign where lower is."""
    return values if direction == "higher" else -values
