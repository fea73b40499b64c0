"""The fourth part of the query: what becomes of an enterprise - its status, whether it passes, its grade - and why."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from icredit.methods.cases import cases_of, column_of, in_case, number
from icredit.ranks import limit
from icredit.scheme.expressions import compile_expression
from icredit.scheme.model import Condition, Scheme
from icredit.scheme.weights import Case
from icredit.scored_table import INELIGIBLE, INSUFFICIENT, SCORED, VETOED
from icredit.scoring.constants import joined
from icredit.scoring.tree import COVERAGE

#: Whether an enterprise passes.
PASSED, DIRECT, FAILED = "passed", "passed_directly", "failed"

#: Name of the table of a reference with the points with which grades begin.
GRADES = "grade"

_NOT_FILED = "（数据缺失 not filed）"
_AND = "；"


def has_verdict(scheme: Scheme) -> bool:
    """Whether a scheme says who passes, and for what reason."""
    return scheme.verdict is not None or bool(scheme.eligibility)


def with_status(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """Add the status, and the verdict if the scheme has one."""
    too_little = pl.col(COVERAGE) < number(scheme.ranking.minimum_coverage)
    status = (
        pl.when(_any(scheme.vetoes))
        .then(pl.lit(VETOED))
        .when(~_all(scheme.eligibility))
        .then(pl.lit(INELIGIBLE))
        .when(pl.col("score").is_null() | too_little.fill_null(False))
        .then(pl.lit(INSUFFICIENT))
        .otherwise(pl.lit(SCORED))
    )
    frame = frame.with_columns(status.alias("status"))
    return (
        frame.with_columns(_verdict(scheme).alias("verdict"), _reason(scheme).alias("reason"))
        if has_verdict(scheme)
        else frame
    )


def _holds(condition: Condition) -> pl.Expr:
    """Whether a condition holds; an unknown one does not."""
    return compile_expression(condition.when).expression.fill_null(False)


def _any(conditions: Sequence[Condition]) -> pl.Expr:
    return pl.any_horizontal([_holds(one) for one in conditions] or [pl.lit(False)])


def _all(conditions: Sequence[Condition]) -> pl.Expr:
    return pl.all_horizontal([_holds(one) for one in conditions] or [pl.lit(True)])


def _verdict(scheme: Scheme) -> pl.Expr:
    direct = scheme.verdict.direct if scheme.verdict is not None else ()
    require = scheme.verdict.require if scheme.verdict is not None else ()
    return (
        pl.when(pl.col("status").is_in([VETOED, INELIGIBLE]))
        .then(pl.lit(FAILED))
        .when(_any(direct))
        .then(pl.lit(DIRECT))
        .when((pl.col("status") == SCORED) & _all(require))
        .then(pl.lit(PASSED))
        .otherwise(pl.lit(FAILED))
    )


def _reason(scheme: Scheme) -> pl.Expr:
    """The conditions that decided, in Chinese and English; none for who passes by meeting every requirement."""
    direct = scheme.verdict.direct if scheme.verdict is not None else ()
    require = scheme.verdict.require if scheme.verdict is not None else ()
    too_little = pl.lit("数据不足 insufficient data")
    failed = [_failing(one) for one in require]
    return (
        pl.when(pl.col("status") == VETOED)
        .then(_said([_holding(one) for one in scheme.vetoes]))
        .when(pl.col("status") == INELIGIBLE)
        .then(_said([_failing(one) for one in scheme.eligibility]))
        .when(_any(direct))
        .then(_said([_holding(one) for one in direct]))
        .when(pl.col("status") == INSUFFICIENT)
        .then(too_little)
        .otherwise(pl.when(~_all(require)).then(_said(failed)))
    )


def _said(texts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_str(texts, separator=_AND, ignore_nulls=True) if texts else pl.lit(None, pl.String())


def _text(condition: Condition) -> str:
    return f"{condition.message.zh} {condition.message.en}"


def _holding(condition: Condition) -> pl.Expr:
    return pl.when(_holds(condition)).then(pl.lit(_text(condition)))


def _failing(condition: Condition) -> pl.Expr:
    known = compile_expression(condition.when).expression
    return (
        pl.when(known.is_null()).then(pl.lit(_text(condition) + _NOT_FILED)).when(~known).then(pl.lit(_text(condition)))
    )


def with_grades(frame: pl.LazyFrame, earned: pl.Expr, scheme: Scheme, cuts: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Add the grade: the one with the highest minimum that the points reach, or by the place among the ranked.

    Args:
        frame: rows with scores and status.
        earned: their points (see `icredit.ranks.points`), missing where they are not ranked and so have no grade.
        scheme: whose grades.
        cuts: the points with which the grades by place began in another batch (see `cut_points`).
    """
    if not by_place(scheme):
        return frame.with_columns(_grade_by_score(earned, scheme).alias("grade"))
    if cuts is None:
        return frame.with_columns(_grade_by_place(earned, scheme).alias("grade"))
    frame = joined(frame, scheme.ranking.grades_within, cuts)
    return frame.with_columns(_grade_by_cuts(earned, scheme).alias("grade"))


def by_place(scheme: Scheme) -> bool:
    """Whether grades go by the place among the ranked enterprises."""
    return any(one.top is not None for one in scheme.grades)


def cut_column(grade: str) -> str:
    """Name of the column with the points that the last of a grade had."""
    return f"grade.{grade}"


def cut_points(frame: pl.LazyFrame, earned: pl.Expr, scheme: Scheme) -> pl.LazyFrame:
    """The points with which each grade begins, one row a group, for a frame with grades; missing where nobody has it."""
    cuts = [earned.filter(pl.col("grade") == one.id).min().alias(cut_column(one.id)) for one in scheme.grades]
    within = list(scheme.ranking.grades_within)
    return frame.group_by(within).agg(cuts) if within else frame.select(cuts)


def _grade_by_cuts(earned: pl.Expr, scheme: Scheme) -> pl.Expr:
    """The first grade whose points are reached; the last one, if it takes everybody, has no lower end."""
    last = scheme.grades[-1]
    grade = pl.lit(last.id if last.top == 1 else None, pl.String())
    for one in reversed(scheme.grades):
        grade = pl.when(earned >= pl.col(cut_column(one.id))).then(pl.lit(one.id)).otherwise(grade)
    return pl.when(earned.is_not_null()).then(grade)


def _grade_by_score(earned: pl.Expr, scheme: Scheme) -> pl.Expr:
    """The grade with the highest minimum, in the row's case, that the points reach."""
    # The scheme's checks see to it that every grade has a minimum, and that they differ by one column at most.
    minima = [(one.id, one.minimum) for one in scheme.grades if one.minimum is not None]

    def in_one(case: Case) -> pl.Expr:
        grade = pl.lit(None, pl.String())
        here = [(in_case(minimum, case), name) for name, minimum in minima]
        for minimum, name in sorted((minimum, name) for minimum, name in here if minimum is not None):
            reached = earned >= limit(minimum, scheme.ranking.decimals)
            grade = pl.when(reached).then(pl.lit(name)).otherwise(grade)
        return grade

    differing = [minimum for _, minimum in minima if column_of(minimum) is not None]
    if not differing:
        return in_one({})
    column = str(column_of(differing[0]))
    grade = in_one({column: None}) if all(None in cases_of(minimum) for minimum in differing) else pl.lit(None)
    values = dict.fromkeys(case for minimum in differing for case in cases_of(minimum) if case is not None)
    for value in values:
        grade = pl.when(pl.col(column) == value).then(in_one({column: value})).otherwise(grade)
    return grade


def _grade_by_place(earned: pl.Expr, scheme: Scheme) -> pl.Expr:
    """The first grade among whose best share of the ranked enterprises the row's place is; ties share the best place."""
    place, ranked = earned.rank("min", descending=True), earned.count()
    within = scheme.ranking.grades_within
    if within:
        place, ranked = place.over(within), ranked.over(within)
    grade = pl.lit(None, pl.String())
    for one in reversed(scheme.grades):
        # In whole numbers of enterprises, so that 0.07 of 100 are 7.
        places = (number(one.top if one.top is not None else 1.0) * ranked).round_sig_figs(12)
        grade = pl.when(place <= places).then(pl.lit(one.id)).otherwise(grade)
    return pl.when(earned.is_not_null()).then(grade)
