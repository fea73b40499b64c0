"""`score` and `measure`, the verbs: they take what a notebook has at hand, check that it can be meant, and run the query."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, overload

import polars as pl

from icredit.progress import SILENT, Phase, Progress
from icredit.queries import collect, collect_all, collect_large
from icredit.scheme.load import load_scheme
from icredit.scoring.account import Done, account_of, account_query
from icredit.scoring.conform import conform
from icredit.scoring.measuring import reference_of
from icredit.scoring.pipeline import prepared, scored
from icredit.scoring.reference import Reference
from icredit.scoring.table import HeldTable, ScoredTable

if TYPE_CHECKING:
    from icredit.intake import Submission
    from icredit.intake.rows import Store
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
    scale = None if reference is None else reference.of_scheme(scheme)
    _, table = _queries(data, scheme, as_of, scale, values=values, steps=steps)
    if isinstance(data, pl.LazyFrame):
        return table
    # polars 2.1 panics on some joins of empty frames; nobody scored is an empty table without asking it.
    return pl.DataFrame(schema=table.collect_schema()) if _is_empty(data) else collect(table)


def score_with_account(
    submission: Submission,
    scheme: Scheme,
    store: Store,
    *,
    reference: Reference | None = None,
    measured: Reference | None = None,
    values: bool = False,
    steps: bool = False,
    progress: Progress = SILENT,
) -> tuple[ScoredTable, dict[str, Done]]:
    """The scored table as `score` gives it, and what was done to the values of each indicator.

    Args:
        submission: what `icredit.read` returned.
        scheme: how to score.
        store: keeps the rows of the table where those of the submission are too many for memory.
        reference: constants of an earlier batch, as `Reference.of_scheme` gives them.
        measured: what `measure` finds of the submission, if that is known already.
        values: see `score`.
        steps: see `score`.
        progress: hears how far scoring is.

    Raises:
        OutputError: the store cannot write rows.
        UsageError: the reference was made under another scheme.
        DataError: see `score`.
    """
    if reference is not None:
        reference.require_scheme(scheme)
    if submission.rows.on_disk and submission.rows.height:
        return _score_in_pieces(
            submission, scheme, store, reference, measured or reference, progress, values=values, steps=steps
        )
    progress.begin(Phase.SCORE)
    frame, table = _queries(submission, scheme, None, reference, values=values, steps=steps)
    counts = account_query(frame, scheme)
    if _is_empty(submission):
        return HeldTable(pl.DataFrame(schema=table.collect_schema())), {}
    if counts is None:
        return HeldTable(collect(table)), {}
    found, counted = collect_all([table, counts])
    return HeldTable(found), account_of(counted, scheme)


def _is_empty(data: pl.DataFrame | Submission) -> bool:
    return (data.height if isinstance(data, pl.DataFrame) else data.rows.height) == 0


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
    frame = prepared(typed, scheme, as_of=as_of, reference=reference)
    if reference is not None:
        reference.require_constants(frame, scheme)
    return frame, scored(frame, scheme, reference, values=values, steps=steps)


def measure(
    data: pl.DataFrame | pl.LazyFrame | Submission,
    scheme: Scheme | None = None,
    as_of: date | None = None,
    *,
    progress: Progress = SILENT,
) -> Reference:
    """The reference of a batch: its constants, to score later enterprises on the same scale.

    Args:
        data: as for `score`.
        scheme: default as `load_scheme()`.
        as_of: as for `score`.
        progress: hears that this has begun; default: nobody does.

    Raises:
        UsageError: as `score`.
    """
    progress.begin(Phase.MEASURE)
    scheme = scheme or load_scheme()
    typed, as_of = _typed(data, scheme, as_of)
    large = not isinstance(data, pl.DataFrame | pl.LazyFrame) and data.rows.on_disk
    return reference_of(typed, scheme, as_of, collect_large if large else collect_all)


def _typed(
    data: pl.DataFrame | pl.LazyFrame | Submission, scheme: Scheme, as_of: date | None
) -> tuple[pl.LazyFrame, date]:
    if isinstance(data, pl.DataFrame | pl.LazyFrame):
        return conform(data.lazy(), scheme), as_of or date.today()
    return conform(data.rows.lazy(), scheme), as_of or data.as_of


def _score_in_pieces(
    submission: Submission,
    scheme: Scheme,
    store: Store,
    given: Reference | None,
    known: Reference | None,
    progress: Progress,
    *,
    values: bool,
    steps: bool,
) -> tuple[ScoredTable, dict[str, Done]]:
    from icredit.scoring.in_pieces import LargeBatch  # noqa: PLC0415  # only large batches need it

    if given is not None:
        typed, as_of = _typed(submission, scheme, None)
        given.require_constants(prepared(typed, scheme, as_of=as_of, reference=given), scheme)
    reference = (known or measure(submission, scheme, progress=progress)).of_scheme(scheme)
    progress.begin(Phase.SCORE, submission.rows.height)
    batch = LargeBatch(submission.rows, scheme, submission.as_of, reference, store, progress.advance)
    return batch.table(values=values, steps=steps)
