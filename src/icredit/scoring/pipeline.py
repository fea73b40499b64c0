"""The query: typed rows -> the scored table, `LazyFrame -> LazyFrame`."""

from __future__ import annotations

from datetime import date

import polars as pl

from icredit.methods.staged import STAGE, by_stage, number
from icredit.scheme.expressions import compile_expression
from icredit.scheme.fields import FIXED_COLUMNS
from icredit.scheme.model import Category, Indicator, Scheme
from icredit.scoring.constants import constant_frames, with_constants
from icredit.scoring.ranks import limit, points, ranked
from icredit.scoring.reference import Reference
from icredit.scoring.tree import COVERAGE, has_staged_weights, rejected, score_column, with_coverage, with_scores
from icredit.scoring.values import value_column, with_values

#: What became of an enterprise; only scored ones are ranked.
SCORED, VETOED, INSUFFICIENT = "scored", "vetoed", "insufficient"


def pipeline(
    frame: pl.LazyFrame, scheme: Scheme, *, as_of: date, reference: Reference | None = None, values: bool = False
) -> pl.LazyFrame:
    """The scored table of typed rows.

    Args:
        frame: a column per field of the scheme (`typed_schema`), in the fields' units; other columns are ignored.
        scheme: how to score.
        as_of: what expressions call `today`.
        reference: constants of an earlier batch, used instead of this one's.
        values: whether to add the indicators' values.
    """
    frame = with_values(frame, scheme, as_of)
    if reference is None:
        constants = constant_frames(frame, scheme)
    else:
        constants = {within: found.lazy() for within, found in reference.constants.items()}
    frame = with_constants(frame, constants)
    frame = with_coverage(with_scores(frame, scheme), scheme)
    frame = _with_status(frame, scheme)
    earned = points(pl.when(pl.col("status") == SCORED).then(pl.col("score")), scheme.ranking.decimals)
    frame = ranked(frame.with_columns(_grade(earned, scheme).alias("grade")), earned)
    return frame.select(_columns(scheme, values=values))


def table_columns(scheme: Scheme, *, values: bool = False) -> list[str]:
    """The columns of a scored table, in order."""
    return [expression.meta.output_name() for expression in _columns(scheme, values=values)]


def _columns(scheme: Scheme, *, values: bool) -> list[pl.Expr]:
    nodes: list[Category | Indicator] = [*scheme.categories, *scheme.leaves]
    columns = [pl.col(name) for name in FIXED_COLUMNS]
    columns += [pl.col(score_column(node.id)).alias(node.id) for node in nodes]
    if values:
        columns += [pl.col(value_column(leaf.id)) for leaf in scheme.leaves]
    return columns


def _with_status(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    vetoed = [compile_expression(veto.when).expression.fill_null(False) for veto in scheme.vetoes] or [pl.lit(False)]
    too_little = pl.col(COVERAGE) < number(scheme.ranking.minimum_coverage)
    # Without a stage there are no weights where any is staged, and what the other weights would add up to is no score.
    weighed = pl.col(STAGE).is_in(scheme.stage_ids) if has_staged_weights(scheme) else pl.lit(True)
    frame = frame.with_columns(pl.when(~rejected(scheme) & weighed).then(pl.col("score")).alias("score"))
    status = (
        pl.when(pl.any_horizontal(vetoed))
        .then(pl.lit(VETOED))
        .when(pl.col("score").is_null() | too_little.fill_null(False))
        .then(pl.lit(INSUFFICIENT))
        .otherwise(pl.lit(SCORED))
    )
    return frame.with_columns(status.alias("status"))


def _grade(earned: pl.Expr, scheme: Scheme) -> pl.Expr:
    """The grade with the highest minimum, of the row's stage, that the points reach."""

    def in_stage(stage: str | None) -> pl.Expr:
        grade = pl.lit(None, pl.String())
        minima = {
            one.id: one.minimum[str(stage)] if isinstance(one.minimum, dict) else one.minimum for one in scheme.grades
        }
        for name, minimum in sorted(minima.items(), key=lambda item: item[1]):
            grade = pl.when(earned >= limit(minimum, scheme.ranking.decimals)).then(pl.lit(name)).otherwise(grade)
        return grade

    if not any(isinstance(one.minimum, dict) for one in scheme.grades):
        return in_stage(None)
    return by_stage({stage: stage for stage in scheme.stage_ids}, in_stage)
