"""Whether two sides wrote the same table. `python -m bench.agree TABLE OTHER` ends with status 1 where they did not."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

#: What two orders of adding and multiplying may make of a score of up to 100.
TOLERANCE = 1e-9


def difference(own: Path, other: Path) -> str | None:
    """The first column in which two tables differ: in scores by more than the tolerance, in anything else at all."""
    left, right = map(_read, (own, other))
    if left.columns != right.columns or left.height != right.height:
        return f"{left.height} rows of {left.columns}, {right.height} of {right.columns}"
    for name in left.columns:
        ours, theirs = left[name], right[name]
        if ours.dtype.is_float():
            # A column without any value, or of whole numbers only, may have come back from CSV as something else.
            theirs = theirs.cast(pl.Float64)
            alike = ((ours - theirs).abs() <= TOLERANCE) | (ours.is_null() & theirs.is_null())
            differing = ours.len() - alike.fill_null(False).sum()
        else:
            differing = ours.ne_missing(theirs.cast(ours.dtype)).sum()
        if differing:
            return f"{differing} rows differ in {name}"
    return None


def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema_length=None)


if __name__ == "__main__":
    found = difference(*map(Path, sys.argv[1:]))
    if found is not None:
        raise SystemExit(f"{sys.argv[1]} and {sys.argv[2]}: {found}")
