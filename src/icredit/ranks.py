"""Ranks: the same expressions for a whole batch and for a list selected from it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

# Columns within which there is a rank of its own, in the column `<name>_rank`.
_WITHIN = ("zone", "stage")


def points(score: pl.Expr, decimals: int) -> pl.Expr:
    """The score as it is ranked and graded: a whole number of units of its last decimal, 57.0245 as 570245.

    Halves go away from zero, as people and Excel round: by the decimal digits of a score, not by the binary number behind
    them, which for 0.285 is a little less.
    """
    return (score * 10.0**decimals).round_sig_figs(15).round(0, mode="half_away_from_zero")


def limit(minimum: float, decimals: int) -> float:
    """A limit, in points as a scheme writes it, in the units of `points`: 57.5 with four decimals is 575000."""
    return float(Decimal(repr(minimum)).scaleb(decimals))


def ranked(frame: pl.LazyFrame, earned: pl.Expr) -> pl.LazyFrame:
    """Rows in rank order: with ranks (see `with_ranks`), those of equal rank in order of `uscc`, those without rank last.

    Args:
        frame: rows with the columns `uscc`, `zone` and `stage`.
        earned: what they are ranked by, more being better, whole numbers as `points` makes them.
    """
    return in_order(with_ranks(frame, earned))


def with_ranks(frame: pl.LazyFrame, earned: pl.Expr) -> pl.LazyFrame:
    """Add the ranks by `earned` (more is better, missing is not ranked), overall, in the zone and in the stage.

    Ties share the best rank: 1, 2, 2, 4.
    """
    place = earned.rank("min", descending=True)
    return frame.with_columns(
        place.cast(pl.Int64).alias("rank"),
        *(
            # Enterprises in no zone do not compete with each other for a place in it.
            pl.when(pl.col(column).is_not_null()).then(place.over(column)).cast(pl.Int64).alias(f"{column}_rank")
            for column in _WITHIN
        ),
    )


def in_order(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with ranks in rank order, those of equal rank in order of `uscc`; what is missing comes last."""
    # One number a row is sorted in a third of the time of a number and a text.
    last = pl.len().cast(pl.Int64) + 1
    code = pl.col("uscc").rank("min").cast(pl.Int64).fill_null(last)
    return frame.sort(pl.col("rank").cast(pl.Int64).fill_null(last) * (last + 1) + code)


class Above:
    """How many rows have a rank above those to come, of a batch that is ranked part by part, the best first.

    Rows of equal rank are in one part.
    """

    def __init__(self) -> None:
        """Know of none."""
        self._rows = 0
        self._within = {column: pl.DataFrame(schema={column: pl.String(), "len": pl.UInt32()}) for column in _WITHIN}

    def in_batch(self, part: pl.LazyFrame) -> pl.LazyFrame:
        """Rows that have ranks in their part, with those that they have in the batch, in the same order."""
        for column, counts in self._within.items():
            above = counts.lazy().rename({"len": f"{column}.above"})
            part = part.join(above, on=column, how="left", maintain_order="left")
        return part.with_columns(
            pl.col("rank") + self._rows,
            *(pl.col(f"{column}_rank") + pl.col(f"{column}.above").fill_null(0) for column in _WITHIN),
        ).drop(f"{column}.above" for column in _WITHIN)

    def count(self, part: pl.DataFrame) -> None:
        """Know of a further part, of rows with ranks."""
        ranked = part.filter(pl.col("rank").is_not_null())
        self._rows += ranked.height
        for column, counts in self._within.items():
            more = ranked.group_by(column).len()
            self._within[column] = pl.concat([counts, more]).group_by(column).agg(pl.col("len").sum())
