"""A block: steps of an indicator's chain that look at the same groups, and so find their constants in one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from icredit.methods.normalisation.base import signed
from icredit.methods.step import KINDS, Kind, Step

Groups = tuple[str, ...]

#: Name of the constant that is a value's rank in its group.
PLACE = "place"

# Name of the constant that counts the values of a group.
_SIZE = "size"


class Finding(NamedTuple):
    """How constants are found: `rows` by aggregating the values of a group, `later` in order of what was found before."""

    rows: dict[str, pl.Expr]
    later: list[dict[str, pl.Expr]]


class Block(NamedTuple):
    """Steps over the same groups; `number` is the block's place in the chain of the indicator `leaf`."""

    leaf: str
    number: int
    steps: tuple[Step, ...]
    groups: Groups
    smallest: int | None

    @property
    def levels(self) -> tuple[Groups, ...]:
        """The groups, and those that stand in for the ones that are too small."""
        if self.smallest is None or not self.compares:
            return (self.groups,)
        return tuple(self.groups[:length] for length in range(len(self.groups), -1, -1))

    @property
    def compares(self) -> bool:
        """Whether anything in the block depends on the group."""
        return any(step.compares for step in self.steps)

    def column(self, constant: str, level: Groups) -> str:
        """Name of the column that holds a constant of the block's groups."""
        number = f"{self.number}." if self.number else ""
        return f"{self.leaf}.{number}{constant}" + ("" if level == self.groups else f"@{'+'.join(level)}")

    def names(self, level: Groups) -> list[str]:
        """The columns of the block's constants, as a reference holds them."""
        found = [_SIZE] if len(self.levels) > 1 else []
        return [self.column(name, level) for name in [*found, *(name for step in self.steps for name in step.names)]]

    def finding(self, values: pl.Expr, filed: pl.Expr, level: Groups) -> Finding:
        """How the block's constants are found of the values that come into it; `filed` are the indicator's own.

        The smallest value behind a step that keeps the order of values is what the step makes of the smallest one before
        it. So most minima and maxima are found of two numbers a group, and not of all its values anew.
        """
        found = Finding({}, [])
        if len(self.levels) > 1:
            found.rows[self.column(_SIZE, level)] = filed.count().cast(pl.Float64)
        lowest, highest = self.column("lowest", level), self.column("highest", level)
        first = {lowest: values.min(), highest: values.max()}
        ends = {pl.Expr.min: pl.col(lowest), pl.Expr.max: pl.col(highest)}
        ordered = True
        for step in self.steps:
            own = {name: aggregate(values) for name, aggregate in step.constants.items()}
            for name, aggregate in step.constants.items():
                if ordered and aggregate in ends and step is not self.steps[0]:
                    found.rows.update(first)
                    found.later.append({self.column(name, level): ends[aggregate]})
                else:
                    found.rows[self.column(name, level)] = own[name]
            if step.fit is not None:
                found.rows[self.column("fit", level)] = step.fit.aggregation(values)
                numbers = pl.col(self.column("fit", level)).struct
                found.later.append({self.column(name, level): numbers.field(name) for name in step.fit.names})
            elif step is not self.steps[-1]:
                ordered = ordered and step.rising
                known = {name: pl.col(self.column(name, level)) for name in step.names}
                ends = {aggregate: step.apply(end, known) for aggregate, end in ends.items()} if ordered else {}
                values = step.apply(values, own)
        return found

    def apply(self, values_at: Callable[[Groups], pl.Expr], kinds: tuple[Kind, ...] = KINDS) -> pl.Expr:
        """What the steps of the given kinds make of the values, each row at the first level that is large enough.

        `values_at` gives the values that come into the block as groups of a level see them.
        """
        *others, last = self.levels
        chosen = self.at(values_at(last), last, kinds)
        for level in reversed(others):
            chosen = pl.when(self._enough(level)).then(self.at(values_at(level), level, kinds)).otherwise(chosen)
        return chosen

    def at(self, values: pl.Expr, level: Groups, kinds: tuple[Kind, ...] = KINDS) -> pl.Expr:
        """What the steps of the given kinds make of the values within groups of one level."""
        return self._by([step for step in self.steps if step.kind in kinds], values, level)

    def ranked(self, values: pl.Expr, level: Groups) -> pl.Expr | None:
        """The values that the last step ranks within groups of this level, so that more is better; None if it does not."""
        direction = self.steps[-1].placed
        return None if direction is None else signed(self._by(self.steps[:-1], values, level), direction)

    def compared_at(self, level: Groups) -> pl.Expr:
        """Whether a row is compared within the groups of this level, over a frame with the constants."""
        smaller = [self._enough(other) for other in self.levels[: self.levels.index(level)]]
        last = level == self.levels[-1]
        return pl.all_horizontal(~enough for enough in smaller) & (pl.lit(last) | self._enough(level))

    def _enough(self, level: Groups) -> pl.Expr:
        """Whether a row's group has enough values; a group that a reference does not know has none."""
        return (pl.col(self.column(_SIZE, level)) >= self.smallest).fill_null(False)

    def _by(self, steps: Sequence[Step], values: pl.Expr, level: Groups) -> pl.Expr:
        for step in steps:
            constants: dict[str, pl.Expr] = {name: pl.col(self.column(name, level)) for name in step.names}
            if step.placed is not None:
                constants[PLACE] = pl.col(self.column(PLACE, level))
            values = step.apply(values, constants)
        return values
