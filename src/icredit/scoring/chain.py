"""What happens to an indicator's values on their way to scores: a chain of steps, cut into blocks.

A block is a run of steps that look at the same groups. Within a block the constants of a later step are found over what
the earlier steps make of the values, in one aggregation. A block whose groups may be too small is computed for the
groups of all its columns, of all but the last, and so on to the whole batch; every row takes the first that is large
enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from icredit.methods.step import KINDS, Constants, Kind, Step
from icredit.methods.treatment import TRANSFORMS, WinsorisePoints, clip, impute, winsorise, worst
from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator
from icredit.scoring.block import Block, Groups
from icredit.scoring.values import applies_column, value_column


def blocks(leaf: Indicator, scheme: Scheme) -> list[Block]:
    """The chain of an indicator."""
    method = leaf.normalise
    runs: list[tuple[list[Step], Groups]] = []
    for step, groups in _steps(leaf, scheme):
        # Statistics of a later step must see what a fit has found, and a procedure is no expression.
        follows = runs and runs[-1][0][-1].fit is None and (runs[-1][1] == groups or not step.compares)
        if follows:
            runs[-1][0].append(step)
        else:
            runs.append(([step], groups))
    return [Block(leaf.id, place, tuple(run), groups, method.smallest) for place, (run, groups) in enumerate(runs)]


def _steps(leaf: Indicator, scheme: Scheme) -> list[tuple[Step, Groups]]:
    """The steps in order, each with the columns of its groups."""
    own = leaf.normalise.groups
    found: list[tuple[Step, Groups]] = []
    if leaf.missing == "impute":
        found.append((_where_it_applies(leaf, impute(leaf.impute.by)), _or(leaf.impute.within, own)))
    elif leaf.missing == "worst":
        found.append((_where_it_applies(leaf, worst(leaf.direction)), own))
    groups = _or(leaf.treat.within, own)
    if leaf.treat.clip is not None:
        found.append((clip(leaf.treat.clip.lower, leaf.treat.clip.upper), groups))
    if isinstance(leaf.treat.winsorise, WinsorisePoints):
        found.append((leaf.treat.winsorise.step(), groups))
    elif leaf.treat.winsorise is not None:
        found.append((winsorise(*leaf.treat.winsorise), groups))
    if leaf.treat.transform is not None:
        found.append((TRANSFORMS[leaf.treat.transform], groups))
    found.append((leaf.normalise.step(leaf.direction, scheme.scale), own))
    return found


def _or(groups: Groups | None, own: Groups) -> Groups:
    return own if groups is None else groups


def _where_it_applies(leaf: Indicator, step: Step) -> Step:
    """What has no meaning for an enterprise is not missing."""
    if leaf.applies is None:
        return step

    def apply(values: pl.Expr, constants: Constants) -> pl.Expr:
        return pl.when(pl.col(applies_column(leaf.id))).then(step.apply(values, constants))

    return Step(apply, step.constants, kind=step.kind)


def raw(leaf: Indicator) -> pl.Expr:
    """An indicator's values; what has no meaning for an enterprise says nothing about others either."""
    values = pl.col(value_column(leaf.id))
    return values if leaf.applies is None else pl.when(pl.col(applies_column(leaf.id))).then(values)


def after(leaf: Indicator, scheme: Scheme, kind: Kind) -> pl.Expr:
    """The values after all steps up to a kind, over a frame with all constants."""
    kinds = KINDS[: KINDS.index(kind) + 1]
    *first, last = blocks(leaf, scheme)
    return last.apply(lambda level: _through(first, raw(leaf), last.levels, level, kinds), kinds)


def before(leaf: Indicator, scheme: Scheme, number: int, level: Groups) -> pl.Expr:
    """The values that come into a block, as groups of a level see them, over a frame with the constants before it.

    Where a larger group stands in for those that are too small, it has been treated as one group from the beginning.
    """
    chain = blocks(leaf, scheme)
    return _through(chain[:number], raw(leaf), chain[number].levels, level)


def _through(
    chain: Sequence[Block],
    values: pl.Expr,
    levels: Sequence[Groups],
    level: Groups,
    kinds: tuple[Kind, ...] = KINDS,
) -> pl.Expr:
    """Values through blocks: at one level where a block has the same levels, else each row at that of its own group."""
    for block in chain:
        if block.levels == levels:
            values = block.at(values, level, kinds)
        else:
            values = block.apply(partial(_same, values), kinds)
    return values


def _same(values: pl.Expr, level: Groups) -> pl.Expr:
    return values
