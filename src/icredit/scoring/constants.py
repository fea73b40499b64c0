"""The second part of the query: the constants of every group (bounds, quantiles), and values made into shares with them.

Each indicator is a chain of steps. The chain is written once, by `_chain`, and used twice: over a group's values it
gives the aggregations that find the constants; row by row, with those constants as columns, it gives every value's
share of the scale. Constants come from the batch by a join, or from a reference by the same join.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from icredit.methods.step import Step
from icredit.methods.treatment import TRANSFORMS, winsorise
from icredit.scheme.model import Indicator, Scheme
from icredit.scoring.values import applies_column, value_column

Groups = tuple[str, ...]

_IMPUTE = Step(lambda values, constants: values.fill_null(constants["impute"]), {"impute": pl.Expr.median})


def steps(indicator: Indicator) -> list[Step]:
    """What happens to an indicator's values, in order: imputation, treatment, normalisation."""
    chain = [_IMPUTE] if indicator.missing == "impute" else []
    if indicator.treat.winsorise is not None:
        chain.append(winsorise(*indicator.treat.winsorise))
    if indicator.treat.transform is not None:
        chain.append(TRANSFORMS[indicator.treat.transform])
    return [*chain, indicator.normalise.step(indicator.direction)]


def groupings(scheme: Scheme) -> dict[Groups, list[Indicator]]:
    """Columns of a group -> the indicators that need constants of such groups."""
    found: dict[Groups, list[Indicator]] = {}
    for leaf in scheme.leaves:
        if any(step.constants for step in steps(leaf)):
            found.setdefault(leaf.normalise.within, []).append(leaf)
    return found


def constant_frames(frame: pl.LazyFrame, scheme: Scheme) -> dict[Groups, pl.LazyFrame]:
    """Columns of a group -> one row a group with its constants, for a frame with values."""
    frames: dict[Groups, pl.LazyFrame] = {}
    for within, leaves in groupings(scheme).items():
        constants = [expression.alias(name) for leaf in leaves for name, expression in _aggregations(leaf).items()]
        frames[within] = frame.group_by(within).agg(constants) if within else frame.select(constants)
    return frames


def with_constants(frame: pl.LazyFrame, constants: Mapping[Groups, pl.LazyFrame]) -> pl.LazyFrame:
    """Add to every row the constants of its groups."""
    for within, found in constants.items():
        if within:
            frame = frame.join(found, on=list(within), how="left", nulls_equal=True, maintain_order="left")
        else:
            frame = frame.join(found, how="cross", maintain_order="left")
    return frame


def share(indicator: Indicator) -> pl.Expr:
    """The share of the scale that each value earns, over a frame with values and constants."""
    return _chain(indicator, lambda name, _: pl.col(constant_column(indicator.id, name)))[0]


def constant_names(indicator: Indicator) -> list[str]:
    """The columns of an indicator's constants."""
    return list(_aggregations(indicator))


def constant_column(indicator: str, constant: str) -> str:
    """Name of the column that holds a constant of an indicator."""
    return f"{indicator}.{constant}"


def _aggregations(indicator: Indicator) -> dict[str, pl.Expr]:
    return _chain(indicator, lambda _, aggregation: aggregation)[1]


def _chain(indicator: Indicator, constant: Callable[[str, pl.Expr], pl.Expr]) -> tuple[pl.Expr, dict[str, pl.Expr]]:
    values = pl.col(value_column(indicator.id))
    if indicator.applies is not None:  # what has no meaning says nothing about others either
        values = pl.when(pl.col(applies_column(indicator.id))).then(values)
    aggregations: dict[str, pl.Expr] = {}
    for step in steps(indicator):
        found = {name: aggregate(values) for name, aggregate in step.constants.items()}
        aggregations |= {constant_column(indicator.id, name): expression for name, expression in found.items()}
        values = step.apply(values, {name: constant(name, expression) for name, expression in found.items()})
    return values, aggregations
