"""The order of a scored table: by rank, then by credit code, what is missing last."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.ranks import in_order

RANKS = st.none() | st.integers(1, 4)
CODES = st.none() | st.text("AB0", max_size=3)


@given(st.lists(st.tuples(RANKS, CODES), max_size=30))
@settings(max_examples=60)
def test_rows_stand_by_rank_and_then_by_code(rows: list[tuple[int | None, str | None]]) -> None:
    """Python's own sort puts them in the same order."""
    # No rank is beyond the number of rows.
    rows = [(rank and min(rank, len(rows)), code) for rank, code in rows]
    frame = pl.DataFrame(rows, schema={"rank": pl.Int64, "uscc": pl.String}, orient="row")
    expected = sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1] is None, row[1] or ""))
    assert in_order(frame.lazy()).collect().rows() == expected
