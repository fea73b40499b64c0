"""Ranks: the same expressions for a whole batch and for a list selected from it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

# Columns within which there is a rank of its own, in the column `<name>_rank`.
_WITHIN = ("zone", "stage")

# Column with the place of a row's code among all.
_PLACE = "order.place"

# The bytes of a number of the largest type.
_BYTES = 16


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
    count = pl.len().cast(pl.UInt128)
    place = pl.col("rank").cast(pl.UInt128).fill_null(count + 1) * (count + 2) ** 2 + pl.col(_PLACE)
    # One number a row is sorted in a third of the time of two.
    return frame.with_columns(_place(pl.col("uscc")).alias(_PLACE)).sort(place).drop(_PLACE)


def _place(texts: pl.Expr) -> pl.Expr:
    """Numbers in the order of texts, at most the square of one more than there are, which stands for missing ones."""
    last = pl.len().cast(pl.UInt128) + 1
    # Numbers are sorted in a fifth of the time of texts, and the first bytes of a text, with zeros where there are none, are
    # a number.
    bytes_of = texts.cast(pl.Binary) + pl.lit(bytes(_BYTES))
    beginning = bytes_of.bin.slice(0, _BYTES).bin.reinterpret(dtype=pl.UInt128, endianness="big")
    # Credit codes that begin alike are the same. Where other texts do, they are compared as a whole.
    alike = beginning.n_unique() < pl.len()
    whole = pl.when(alike).then(texts).rank("min")
    return beginning.rank("min").cast(pl.UInt128).fill_null(last) * last + whole.cast(pl.UInt128).fill_null(0)


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
