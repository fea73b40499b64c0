"""`score` and `measure`, the verbs: they take what a notebook has at hand, check that it can be meant, and run the query."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, overload

import polars as pl

from icredit.errors import UsageError
from icredit.queries import collect, collect_all
from icredit.scheme.fields import USCC, typed_schema
from icredit.scheme.load import load_scheme
from icredit.scoring.account import Done, account_of, account_query
from icredit.scoring.measuring import reference_of
from icredit.scoring.pipeline import prepared, scored
from icredit.scoring.reference import Reference
from icredit.scoring.values import with_values

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.scheme.model import Scheme


@overload
def score(
    data: pl.LazyFrame,
    scheme: Scheme | None = ...,
    *,
    reference: Reference | None = ...,
    values: bool = ...,
    steps: bool = ...,
    as_of: date | None = ...,
) -> pl.LazyFrame: ...


@overload
def score(
    data: pl.DataFrame | Submission,
    scheme: Scheme | None = ...,
    *,
    reference: Reference | None = ...,
    values: bool = ...,
    steps: bool = ...,
    as_of: date | None = ...,
) -> pl.DataFrame: ...


def score(
    data: pl.DataFrame | pl.LazyFrame | Submission,
    scheme: Scheme | None = None,
    *,
    reference: Reference | None = None,
    values: bool = False,
    steps: bool = False,
    as_of: date | None = None,
) -> pl.DataFrame | pl.LazyFrame:
    """The scored table: one row an enterprise, in rank order.

    Args:
        data: what `icredit.read` returned, or a frame of the same shape: a typed column per field of the scheme, in
            the field's unit. A column that is absent counts as not filed. A frame is taken as it is: only `read`
            validates.
        scheme: how to score; default as `load_scheme()`.
        reference: constants of an earlier batch, so that scores are on its scale.
        values: whether to add each indicator's value as `<indicator>.value`.
        steps: whether to add them as well after imputation, as `<indicator>.imputed`, and after imputation and
            treatment, as `<indicator>.treated`.
        as_of: what expressions call `today`; default: the day of the submission, or today.

    Returns:
        A LazyFrame for a LazyFrame, else a DataFrame.

    Raises:
        UsageError: a column has a type that its field cannot have, there is no `uscc`, or the reference was made under
            another scheme.
        DataError: the reference knows nothing of a group that is to be scored.
    """
    scheme = scheme or load_scheme()
    _, table = _queries(data, scheme, as_of, reference, values=values, steps=steps)
    if isinstance(data, pl.LazyFrame):
        return table
    # polars 2.1 panics on some joins of empty frames; nobody scored is an empty table without asking it.
    return pl.DataFrame(schema=table.collect_schema()) if _is_empty(data) else collect(table)


def score_with_account(
    submission: Submission,
    scheme: Scheme,
    *,
    reference: Reference | None = None,
    values: bool = False,
    steps: bool = False,
) -> tuple[pl.DataFrame, dict[str, Done]]:
    """The scored table as `score` gives it, and what was done to the values of each indicator."""
    frame, table = _queries(submission, scheme, None, reference, values=values, steps=steps)
    counts = account_query(frame, scheme)
    if _is_empty(submission):
        return pl.DataFrame(schema=table.collect_schema()), {}
    if counts is None:
        return collect(table), {}
    found, counted = collect_all([table, counts])
    return found, account_of(counted, scheme)


def _is_empty(data: pl.DataFrame | Submission) -> bool:
    return (data if isinstance(data, pl.DataFrame) else data.frame).is_empty()


def _queries(
    data: pl.DataFrame | pl.LazyFrame | Submission,
    scheme: Scheme,
    as_of: date | None,
    reference: Reference | None,
    *,
    values: bool,
    steps: bool,
) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The prepared rows, and the scored table that comes of them."""
    typed, as_of = _typed(data, scheme, as_of)
    if reference is not None:
        reference = reference.of_scheme(scheme)
        reference.require_constants(with_values(typed, scheme, as_of), scheme)
    frame = prepared(typed, scheme, as_of=as_of, reference=reference)
    return frame, scored(frame, scheme, reference, values=values, steps=steps)


def measure(
    data: pl.DataFrame | pl.LazyFrame | Submission, scheme: Scheme | None = None, as_of: date | None = None
) -> Reference:
    """The reference of a batch: its constants, to score later enterprises on the same scale.

    Args:
        data: as for `score`.
        scheme: default as `load_scheme()`.
        as_of: as for `score`.

    Raises:
        UsageError: as `score`.
    """
    scheme = scheme or load_scheme()
    typed, as_of = _typed(data, scheme, as_of)
    return reference_of(typed, scheme, as_of)


def _typed(
    data: pl.DataFrame | pl.LazyFrame | Submission, scheme: Scheme, as_of: date | None
) -> tuple[pl.LazyFrame, date]:
    if isinstance(data, pl.DataFrame | pl.LazyFrame):
        return conform(data.lazy(), scheme), as_of or date.today()
    return conform(data.frame.lazy(), scheme), as_of or data.as_of


def conform(frame: pl.LazyFrame, scheme: Scheme) -> pl.LazyFrame:
    """The frame with every field of the scheme as a column of the field's type.

    Raises:
        UsageError: there is no `uscc`, or a column's type cannot be meant.
    """
    present = frame.collect_schema()
    if USCC not in present:
        raise UsageError("the frame has no column 'uscc'", hint="icredit.read() makes a frame of the right shape")
    columns = []
    for name, dtype in typed_schema(scheme).items():
        given = present.get(name)
        column = pl.col(name)
        if given is None or given == pl.Null:
            columns.append(pl.lit(None, dtype).alias(name))
        elif given.is_float() and dtype.is_numeric():
            # Neither NaN nor infinity is a number. A count that came as a float stays one: 1.5 must not become 1.
            number = column.cast(pl.Float64)
            columns.append(pl.when(number.is_finite()).then(number).alias(name))
        elif given == dtype or (given.is_numeric() and dtype.is_numeric()):
            columns.append(column.cast(dtype))
        else:
            raise UsageError(
                f"the column '{name}' is {given}, but the field is {dtype}",
                hint="icredit.read() makes typed columns of text",
            )
    return frame.select(columns)
