"""The second part of the query: the constants of every group (bounds, quantiles, means), as columns of every row.

The chain of an indicator's steps is written once, in `icredit.scoring.chain`, and used twice: over a group's values it
gives the aggregations that find the constants; row by row, with those constants as columns, it gives every value's
score. Constants come from the batch by a join, or from a reference by the same join.

Mostly one pass over the batch finds all constants. A second is needed where a step looks at other groups than the one
before it, or behind a procedure that is no expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

import polars as pl

from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator
from icredit.scoring.block import Block, Groups
from icredit.scoring.chain import after, before, blocks, raw


class Part(NamedTuple):
    """What one pass finds for one kind of groups: blocks of indicators at the level of those groups."""

    number: int
    groups: Groups
    blocks: tuple[tuple[Indicator, Block], ...]

    @property
    def names(self) -> list[str]:
        """The columns of the constants."""
        return [name for _, block in self.blocks for name in block.names(self.groups)]

    def find(self, frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
        """One row a group with its constants, for a frame with the constants of the passes before."""
        findings = [
            block.finding(before(leaf, scheme, block.number, self.groups), raw(leaf), self.groups)
            for leaf, block in self.blocks
        ]
        rows = [expression.alias(name) for found in findings for name, expression in found.rows.items()]
        constants = frame.group_by(self.groups).agg(rows) if self.groups else frame.select(rows)
        for later in zip_longest(*(found.later for found in findings), fillvalue={}):
            constants = constants.with_columns(**{name: one for part in later for name, one in part.items()})
        return constants.select(*self.groups, *self.names)


def parts(scheme: Scheme) -> list[list[Part]]:
    """The passes, each with the parts that it finds."""
    passes: list[dict[Groups, list[tuple[Indicator, Block]]]] = []
    for leaf in scheme.leaves:
        for block in blocks(leaf, scheme):
            while len(passes) <= block.number:
                passes.append({})
            if block.compares:
                for level in block.levels:
                    if block.names(level):
                        passes[block.number].setdefault(level, []).append((leaf, block))
    return [[Part(number, groups, tuple(found)) for groups, found in one.items()] for number, one in enumerate(passes)]


def needed(scheme: Scheme) -> dict[Groups, list[str]]:
    """Columns of a group -> the constants that are needed of such groups, as a reference holds them."""
    found: dict[Groups, list[str]] = {}
    for part in (part for one in parts(scheme) for part in one):
        found.setdefault(part.groups, []).extend(part.names)
    return found


def with_constants(
    frame: pl.LazyFrame, scheme: Scheme, reference: Mapping[Groups, pl.LazyFrame] | None = None
) -> pl.LazyFrame:
    """Add to every row of a frame with values the constants of its groups: of the batch, or of a reference.

    Args:
        frame: rows with stages and values, in the indicators' units.
        scheme: how they are scored.
        reference: columns of a group -> one row a group with its constants; a group that is not there has none.
    """
    if reference is None:
        return _in_passes(frame, scheme)[0]
    for groups, found in reference.items():
        frame = joined(frame, groups, found)
    return frame


def constant_frames(frame: pl.LazyFrame, scheme: Scheme) -> dict[Groups, pl.LazyFrame]:
    """Columns of a group -> one row a group with all its constants, for a frame with values."""
    found: dict[Groups, pl.LazyFrame] = {}
    for groups, constants in _in_passes(frame, scheme)[1]:
        found[groups] = joined(found[groups], groups, constants) if groups in found else constants
    return found


def _in_passes(frame: pl.LazyFrame, scheme: Scheme) -> tuple[pl.LazyFrame, list[tuple[Groups, pl.LazyFrame]]]:
    """A frame with values and all constants, and what each pass found of which groups."""
    found: list[tuple[Groups, pl.LazyFrame]] = []
    for one in parts(scheme):
        # All parts of a pass look at the frame as the passes before have left it.
        here = [(part.groups, part.find(frame, scheme)) for part in one]
        for groups, constants in here:
            frame = joined(frame, groups, constants)
        found += here
    return frame, found


def scores(leaf: Indicator, scheme: Scheme) -> pl.Expr:
    """The score of each value, in points, over a frame with values and constants; missing where the value is."""
    return after(leaf, scheme, "normalise")


def joined(frame: pl.LazyFrame, groups: Sequence[str], found: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with what was found of their groups, in the same order."""
    if groups:
        return frame.join(found, on=list(groups), how="left", nulls_equal=True, maintain_order="left")
    return frame.join(found, how="cross")
