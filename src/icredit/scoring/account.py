"""What was done to the values on their way: how many were imputed or treated, or compared with a larger group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from icredit.scheme.model import Scheme
from icredit.scheme.nodes import Indicator
from icredit.scoring.block import Block, Groups
from icredit.scoring.chain import after, blocks, raw


class Done(NamedTuple):
    """What was done to the values of one indicator.

    Attributes:
        imputed: missing values that were found by a rule (impute, worst).
        treated: values that were clipped or winsorised, or transformed because winsorising was not enough.
        compared_within: groups that stood in for those that were too small -> the values compared there.
    """

    imputed: int
    treated: int
    compared_within: Mapping[Groups, int]


def account_query(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame | None:
    """The counts of every indicator that may have any as one row, for prepared rows; None where none may.

    Args:
        frame: rows as `icredit.scoring.pipeline.prepared` gives them.
        scheme: the scheme they were prepared for.
    """
    counts: list[pl.Expr] = []
    for leaf in scheme.leaves:
        own, imputed = raw(leaf), after(leaf, scheme, "impute")
        if leaf.missing in ("impute", "worst"):
            counts.append((own.is_null() & imputed.is_not_null()).sum().alias(f"{leaf.id}/imputed"))
        if leaf.treat.clip is not None or leaf.treat.winsorise is not None:
            counts.append((after(leaf, scheme, "treat") != imputed).sum().alias(f"{leaf.id}/treated"))
        for block, level in _stand_ins(leaf, scheme):
            there = imputed.is_not_null() & block.compared_at(level)
            counts.append(there.sum().alias(f"{leaf.id}/{block.number}/{'+'.join(level)}"))
    return frame.select(counts) if counts else None


def account_of(found: pl.DataFrame, scheme: Scheme) -> dict[str, Done]:
    """Indicator -> what was done to its values, of those to which anything was; `found` is the row of `account_query`."""
    counts = {name: int(found[name].item() or 0) for name in found.columns}
    account: dict[str, Done] = {}
    for leaf in scheme.leaves:
        compared: dict[Groups, int] = {}
        for block, level in _stand_ins(leaf, scheme):
            number = counts[f"{leaf.id}/{block.number}/{'+'.join(level)}"]
            if number:
                compared[level] = max(compared.get(level, 0), number)
        done = Done(counts.get(f"{leaf.id}/imputed", 0), counts.get(f"{leaf.id}/treated", 0), compared)
        if done.imputed or done.treated or done.compared_within:
            account[leaf.id] = done
    return account


def _stand_ins(leaf: Indicator, scheme: Scheme) -> list[tuple[Block, Groups]]:
    return [(block, level) for block in blocks(leaf, scheme) for level in block.levels[1:]]
