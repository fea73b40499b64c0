"""The query: typed rows -> the scored table, `LazyFrame -> LazyFrame`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from icredit.ranks import points, ranked
from icredit.scheme.model import Scheme
from icredit.scored_table import FIXED_COLUMNS, SCORED, VERDICT_COLUMNS
from icredit.scoring.chain import after
from icredit.scoring.children import score_column
from icredit.scoring.constants import with_constants
from icredit.scoring.places import with_places
from icredit.scoring.tree import with_coverage, with_scores, with_totals, with_valid_score
from icredit.scoring.values import value_column, with_values
from icredit.scoring.verdict import GRADES, by_place, has_verdict, with_grades, with_status

# Column with what is ranked and graded.
_POINTS = "score.points"

if TYPE_CHECKING:
    from icredit.scoring.reference import Reference


def pipeline(
    frame: pl.LazyFrame,
    scheme: Scheme,
    *,
    as_of: date,
    reference: Reference | None = None,
    values: bool = False,
    steps: bool = False,
) -> pl.LazyFrame:
    """The scored table of typed rows.

    Args:
        frame: a column per field of the scheme (`typed_schema`), in the fields' units; other columns are ignored.
        scheme: how to score.
        as_of: what expressions call `today`.
        reference: constants of an earlier batch, used instead of this one's.
        values: whether to add the indicators' values.
        steps: whether to add them after imputation, and after treatment, as well.

    Returns:
        One row an enterprise, in rank order; scores in points, coverage as a share, values in the indicators' units.
    """
    frame = prepared(frame, scheme, as_of=as_of, reference=reference)
    return scored(frame, scheme, reference, values=values, steps=steps)


def prepared(frame: pl.LazyFrame, scheme: Scheme, *, as_of: date, reference: Reference | None = None) -> pl.LazyFrame:
    """Typed rows with the values of the indicators and the constants of their groups: all that scores are made of."""
    frame = with_values(frame, scheme, as_of)
    if reference is None:
        return with_places(with_constants(frame, scheme), scheme)
    constants = {within: found.lazy() for within, found in reference.constants.items()}
    tables = {name: found.lazy() for name, found in reference.tables.items()}
    return with_places(with_constants(frame, scheme, constants), scheme, tables)


def scored(
    frame: pl.LazyFrame,
    scheme: Scheme,
    reference: Reference | None = None,
    *,
    values: bool = False,
    steps: bool = False,
) -> pl.LazyFrame:
    """The scored table of prepared rows; see `pipeline`."""
    frame, earned = graded(frame, scheme, reference)
    return ranked(frame, earned).select(columns_of(scheme, values=values, steps=steps))


def graded(frame: pl.LazyFrame, scheme: Scheme, reference: Reference | None = None) -> tuple[pl.LazyFrame, pl.Expr]:
    """Prepared rows with scores, status and grades, and the points by which they are ranked (see `icredit.ranks.points`)."""
    cuts = None if reference is None or not by_place(scheme) else reference.tables[GRADES].lazy()
    frame = with_valid_score(with_coverage(with_scores(frame, scheme), scheme), scheme)
    frame = with_status(with_totals(frame, scheme), scheme)
    ranked_score = pl.when(pl.col("status") == SCORED).then(pl.col("score"))
    frame = frame.with_columns(points(ranked_score, scheme.ranking.decimals).alias(_POINTS))
    earned = pl.col(_POINTS)
    return with_grades(frame, earned, scheme, cuts), earned


def table_columns(scheme: Scheme, *, values: bool = False, steps: bool = False) -> list[str]:
    """The columns of a scored table, in order."""
    return [expression.meta.output_name() for expression in columns_of(scheme, values=values, steps=steps)]


def imputed_column(indicator: str) -> str:
    """Name of the column with an indicator's values after imputation."""
    return f"{indicator}.imputed"


def treated_column(indicator: str) -> str:
    """Name of the column with an indicator's values after imputation and treatment."""
    return f"{indicator}.treated"


def columns_of(scheme: Scheme, *, values: bool, steps: bool) -> list[pl.Expr]:
    """The columns of a scored table, out of the rows that `graded` and `ranked` give."""
    nodes = [one.id for part in (scheme.totals, scheme.categories, scheme.leaves) for one in part]
    columns = [pl.col(name) for name in FIXED_COLUMNS]
    columns += [pl.col(name) for name in VERDICT_COLUMNS if has_verdict(scheme)]
    columns += [pl.col(score_column(node)).alias(node) for node in nodes]
    if values or steps:
        columns += [pl.col(value_column(leaf.id)) for leaf in scheme.leaves]
    if steps:
        columns += [after(leaf, scheme, "impute").alias(imputed_column(leaf.id)) for leaf in scheme.leaves]
        columns += [after(leaf, scheme, "transform").alias(treated_column(leaf.id)) for leaf in scheme.leaves]
    return columns
