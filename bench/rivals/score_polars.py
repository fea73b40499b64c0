"""The scored table by polars: one lazy query."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from bench.rivals.national import APPLIES, GRADES, NAMES, STAGE_IDS, STAGE_LIMITS, TABLE, TREE, ZONES, Row

STAGE = pl.col("stage")


def by_stage(row: Row) -> pl.Expr:
    """The number of the row's stage."""
    first, second, third = row
    if first == second == third:
        return pl.lit(float(first))
    return (
        pl.when(STAGE == "startup").then(first).when(STAGE == "growth").then(second).otherwise(third).cast(pl.Float64)
    )


def growth(name: str) -> pl.Expr:
    """Growth over last year in per cent; missing without an amount last year."""
    last = pl.col(f"{name}_last")
    return pl.when(last > 0).then(100 * (pl.col(name) - last) / last)


def ratio(upper: str, lower: str) -> pl.Expr:
    """A ratio in per cent; missing unless what it divides by is above zero."""
    return pl.when(pl.col(lower) > 0).then(100 * pl.col(upper) / pl.col(lower))


VALUES = {
    "rd_growth": growth("rd_expense"),
    "rd_intensity": ratio("rd_expense", "revenue"),
    "rd_staff_share": ratio("rd_staff", "staff"),
    "revenue_growth": growth("revenue"),
    "postgraduate_share": ratio("postgraduates", "staff"),
    "return_on_net_assets": ratio("net_profit", "net_assets"),
    "projects": pl.lit(None, pl.Float64),
    "venture_capital": pl.lit(None, pl.Float64),
}


def indicator(name: str, bounds: tuple[Row, Row] | None) -> pl.Expr:
    """An indicator's score: missing values earn nothing, what does not apply is missing."""
    value = VALUES.get(name, pl.col(name))
    lower, upper = (
        map(by_stage, bounds) if bounds else (value.quantile(q, "linear").over("stage") for q in (0.01, 0.99))
    )
    share = ((value - lower) / (upper - lower)).clip(0, 1)
    # The logarithm from a hundredth of the range on, brought back to 0 and 1.
    share = share if bounds else (1 + 100 * share).log() / pl.lit(101.0).log()
    score = 100 * share.fill_null(0)
    return pl.when(pl.col(APPLIES[name]).fill_null(1) > 0).then(score) if name in APPLIES else score


def mean(weights: dict[str, Row]) -> pl.Expr:
    """The weighted mean of the columns present."""
    weighed = [(by_stage(row), pl.col(name)) for name, row in weights.items()]
    total = pl.sum_horizontal(pl.when(column.is_not_null()).then(weight) for weight, column in weighed)
    return pl.sum_horizontal(weight * column for weight, column in weighed) / total


def coverage() -> pl.Expr:
    """The share of the weight of what applies that has a value."""
    present, counted = [], []
    for category, children in TREE.values():
        for name, (row, _) in children.items():
            weight = by_stage((category[0] * row[0], category[1] * row[1], category[2] * row[2]))
            counted.append(pl.when(pl.col(APPLIES[name]).fill_null(1) > 0).then(weight) if name in APPLIES else weight)
            present.append(pl.when(VALUES.get(name, pl.col(name)).is_not_null()).then(counted[-1]))
    return (pl.sum_horizontal(present) / pl.sum_horizontal(counted)).round(12)


def score(source: Path, target: Path) -> None:
    """Score a file."""
    zones = pl.scan_csv(ZONES).select(
        pl.when(pl.col("short_name").str.ends_with("区"))
        .then("short_name")
        .otherwise(pl.col("short_name") + "高新区")
        .alias("zone"),
        "slug",
        pl.col("province").alias("zone_province"),
    )
    first, second = STAGE_LIMITS
    revenue, earned = pl.col("revenue"), pl.col("score").round(4)
    derived = pl.when(revenue < first).then(pl.lit("startup")).when(revenue < second).then(pl.lit("growth"))
    grade = pl.lit(None, pl.String)
    for name, minimum in reversed(GRADES.items()):
        grade = pl.when(earned >= minimum).then(pl.lit(name)).otherwise(grade)
    scored = pl.col("status") == "scored"
    place = pl.when(scored).then(earned).rank("min", descending=True)
    indicators = {name: bounds for _, children in TREE.values() for name, (_, bounds) in children.items()}
    table = (
        (pl.scan_csv if source.suffix == ".csv" else pl.scan_parquet)(source)
        .rename(NAMES)
        .with_columns(
            STAGE.replace_strict(STAGE_IDS, default=None).fill_null(
                derived.when(revenue >= second).then(pl.lit("mature"))
            )
        )
        .with_columns(coverage=coverage())
        .with_columns(indicator(name, bounds).alias(name) for name, bounds in indicators.items())
        .with_columns(
            mean({name: row for name, (row, _) in children.items()}).alias(category)
            for category, (_, children) in TREE.items()
        )
        .with_columns(
            score=mean({category: row for category, (row, _) in TREE.items()}),
            status=pl.when(pl.col("serious_dishonesty") == "是").then(pl.lit("vetoed")).otherwise(pl.lit("scored")),
        )
        .join(zones, on="zone", how="left")
        .with_columns(zone="slug", province=pl.coalesce("zone_province", "province"))
        .with_columns(
            grade=pl.when(scored).then(grade),
            rank=place,
            zone_rank=pl.when(pl.col("zone").is_not_null()).then(place.over("zone")),
            stage_rank=place.over("stage"),
        )
        .sort("rank", "uscc", nulls_last=True)
        .select(TABLE)
    )
    if target.suffix == ".csv":
        table.sink_csv(target)
    else:
        table.sink_parquet(target)


if __name__ == "__main__":
    score(*map(Path, sys.argv[1:]))
