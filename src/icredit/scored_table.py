"""What a scored table is made of: the columns that are always there, and what may stand in its column `status`.

It stands apart from the scheme and from scoring because a list is made out of a finished table, without either.
"""

from __future__ import annotations

#: The columns that ranks fill, in the order of the scored table.
RANKS = ("rank", "zone_rank", "stage_rank")

#: The first columns of every scored table, in order; no field, category or indicator may be named after them.
FIXED_COLUMNS = (*RANKS, "uscc", "name", "zone", "province", "stage", "status", "score", "grade", "coverage")

#: The columns that follow them where a scheme says who passes.
VERDICT_COLUMNS = ("verdict", "reason")

TABLE_COLUMNS = (*FIXED_COLUMNS, *VERDICT_COLUMNS)

#: What became of an enterprise; only scored ones are ranked.
SCORED, VETOED, INELIGIBLE, INSUFFICIENT = "scored", "vetoed", "ineligible", "insufficient"
