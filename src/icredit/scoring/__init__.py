"""Scoring: typed rows -> the scored table, as one lazy query. No files, no printing."""

from icredit.ranks import ranked
from icredit.scoring.account import Done
from icredit.scoring.pipeline import pipeline, table_columns
from icredit.scoring.reference import Reference
from icredit.scoring.run import measure, score, score_with_account
from icredit.scoring.table import HeldTable, ScoredTable

__all__ = [
    "Done",
    "HeldTable",
    "Reference",
    "ScoredTable",
    "measure",
    "pipeline",
    "ranked",
    "score",
    "score_with_account",
    "table_columns",
]
