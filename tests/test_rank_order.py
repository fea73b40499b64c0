"""The order of a scored table: by rank, then by credit code, what is missing last."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from icredit.ranks import Above, in_order, ranked

RANKS = st.none() | st.integers(1, 4)
NAMES = st.none() | st.sampled_from(["a", "b"])
ENDS = st.text("AB0\0é", max_size=3)
# Of 15 to 21 bytes, of which the first 15 or more are alike, and shorter ones.
CODES = st.none() | ENDS | ENDS.map("914403000000000".__add__)


@given(st.lists(st.tuples(RANKS, CODES), max_size=30))
@settings(max_examples=200)
def test_rows_stand_by_rank_and_then_by_code(rows: list[tuple[int | None, str | None]]) -> None:
    """Python's own sort puts them in the same order."""
    # No rank is beyond the number of rows.
    rows = [(rank and min(rank, len(rows)), code) for rank, code in rows]
    frame = pl.DataFrame(rows, schema={"rank": pl.Int64, "uscc": pl.String}, orient="row")
    expected = sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1] is None, row[1] or ""))
    assert in_order(frame.lazy()).collect().rows() == expected


@given(st.lists(st.tuples(st.none() | st.integers(0, 9), NAMES, NAMES), max_size=30), st.sets(st.integers(0, 9)))
@settings(max_examples=60)
def test_ranks_part_by_part(rows: list[tuple[int | None, str | None, str | None]], limits: set[int]) -> None:
    """Ranked from part to part, each of the points between two limits, a batch comes out as it does when ranked as a whole."""
    schema = {"points": pl.Float64, "zone": pl.String, "stage": pl.String, "uscc": pl.String}
    frame = pl.DataFrame([(*row, str(place)) for place, row in enumerate(rows)], schema=schema, orient="row")
    points, above, found = pl.col("points"), Above(), []
    part = pl.sum_horizontal(points < limit for limit in limits) if limits else pl.lit(0)
    for number in range(len(limits) + 1):
        one = frame.filter(points.is_not_null(), part == number)
        found.append(above.in_batch(ranked(one.lazy(), points)).collect())
        above.count(found[-1])
    found.append(above.in_batch(ranked(frame.filter(points.is_null()).lazy(), points)).collect())
    assert pl.concat(found).equals(ranked(frame.lazy(), points).collect())
