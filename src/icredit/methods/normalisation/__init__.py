"""Normalisation: values of any unit onto one scale (OECD/JRC handbook, step 5).

A method is one frozen model with its numbers and one function that returns its `Step`. Most methods find the share, 0
to 1, that a value earns, and put it onto a range; the others (z-scores, ranks, marks) give numbers of their own. To add
a method, write its class and name it in `Normalisation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field

from icredit.methods.cases import STAGE
from icredit.methods.normalisation.base import INDISTINCT, Method
from icredit.methods.normalisation.marks import Piecewise, Tier, Tiers
from icredit.methods.normalisation.numbers import AsItIs, Borda, Rank, ZScore
from icredit.methods.normalisation.shares import (
    DistanceToMaximum,
    DistanceToTarget,
    Flag,
    FractionOfMaximum,
    Goalposts,
    MinMax,
    PercentileRank,
)

Normalisation = Annotated[
    MinMax
    | Goalposts
    | ZScore
    | PercentileRank
    | Rank
    | Borda
    | DistanceToMaximum
    | DistanceToTarget
    | FractionOfMaximum
    | Tiers
    | Piecewise
    | Flag
    | AsItIs,
    Field(discriminator="method"),
]

#: Name -> class of every method, as a scheme writes it.
METHODS: Mapping[str, type[Method]] = {
    get_args(of_kind.model_fields["method"].annotation)[0]: of_kind for of_kind in get_args(get_args(Normalisation)[0])
}

#: Methods that say themselves which values are better, so that `direction` has no meaning for them.
UNDIRECTED = ("tiers", "piecewise", "none")

#: Columns that always exist and may be named in `within` and `by`, beside the scheme's text and choice fields.
GROUPING_COLUMNS = (STAGE, "zone", "province")

__all__ = [
    "GROUPING_COLUMNS",
    "INDISTINCT",
    "METHODS",
    "UNDIRECTED",
    "AsItIs",
    "Borda",
    "DistanceToMaximum",
    "DistanceToTarget",
    "Flag",
    "FractionOfMaximum",
    "Goalposts",
    "Method",
    "MinMax",
    "Normalisation",
    "PercentileRank",
    "Piecewise",
    "Rank",
    "Tier",
    "Tiers",
    "ZScore",
]
