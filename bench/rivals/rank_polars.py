"""The best hundred of the zone 长沙 out of a scored table by polars, ranked anew among themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl


def rank(source: Path, target: Path) -> None:
    """List the best of a table."""
    (
        (pl.scan_csv if source.suffix == ".csv" else pl.scan_parquet)(source)
        .filter(pl.col("zone") == "changsha", pl.col("status") == "scored")
        .with_columns(
            pl.col("rank").rank("min"),
            zone_rank=pl.col("rank").rank("min"),
            stage_rank=pl.col("rank").rank("min").over("stage"),
        )
        .filter(pl.col("rank") <= 100)
        .sort("rank", "uscc")
        .sink_csv(target)
    )


if __name__ == "__main__":
    rank(*map(Path, sys.argv[1:]))
