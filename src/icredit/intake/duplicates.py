"""Enterprises that are filed more than once, in one file or in several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Literal

import polars as pl

from icredit.intake import rules
from icredit.intake.across import Places
from icredit.intake.findings import Finding, Place
from icredit.intake.readings.codes import tidied
from icredit.intake.rows import TABLE, Key, Rows
from icredit.intake.sources.grid import ROW
from icredit.intake.table import TextTable
from icredit.scheme.fields import NAME, USCC, submission_fields, typed_schema
from icredit.scheme.model import Scheme
from icredit.text import clean

#: What becomes of an enterprise that is filed more than once with different data.
Duplicates = Literal["error", "last"]

_VARIANTS = "duplicates.variants"


def find_duplicates(
    rows: Rows, tables: Sequence[TextTable], findings: Iterable[Finding], rule: Duplicates, scheme: Scheme
) -> tuple[list[Key], list[Finding], int]:
    """Rows of one enterprise: identical ones are counted once; of different ones all are errors, or the last counts.

    Args:
        rows: the valid rows.
        tables: where they come from.
        findings: what was found so far: a row that was refused is a filing of its enterprise, too.
        rule: what becomes of different filings.
        scheme: whose fields they have.

    Returns:
        The rows that go, what was found, and how many rows gave way to another one that counts.
    """
    coded = submission_fields(scheme)[USCC].format == "credit_code"
    order = {table.file: index for index, table in enumerate(tables)}
    refused: dict[str, list[tuple[Key, Place]]] = {}
    for finding in findings:
        place = finding.place
        if finding.rule.level == "error" and place.uscc is not None and place.row is not None:
            # As it would be read, so that a refused row is known for a filing of its enterprise.
            code = tidied(place.uscc) if coded else clean(place.uscc)
            refused.setdefault(code, []).append(((order[place.file], place.row), place))
    repeated = _repeated(rows, refused, list(typed_schema(scheme)))
    places = [Places(scheme, table) for table in tables] if repeated.height else []
    found: list[Finding] = []
    dropped: list[Key] = []
    merged = 0
    for code, group in groupby(repeated.iter_rows(named=True), lambda row: row[USCC]):
        filings = list(group)
        keys = [(row[TABLE], row[ROW]) for row in filings]
        where = [places[row[TABLE]].of(row, USCC) for row in filings]
        others = [other for other in refused.get(code, []) if rule == "error" or other[0] > keys[-1]]
        if others:
            last = max(others, key=lambda filing: filing[0])[1]
            gone, broken, seen = range(len(filings)), rules.DUPLICATE_CONFLICT, [last] * len(filings)
        elif filings[0][_VARIANTS] == 1:
            gone, broken, seen = range(1, len(filings)), rules.DUPLICATE_SAME, [where[0]] * len(filings)
        elif rule == "last":
            gone, broken, seen = range(len(filings) - 1), rules.DUPLICATE_LAST, [where[-1]] * len(filings)
        else:
            gone, broken, seen = range(len(filings)), rules.DUPLICATE_CONFLICT, [where[1], *where[:1] * len(filings)]
        found += [Finding(broken, where[index], code, {"other": str(seen[index])}) for index in gone]
        dropped += [keys[index] for index in gone]
        merged += len(gone) if broken.level == "warning" else 0
    return dropped, found, merged


def _repeated(rows: Rows, refused: Mapping[str, object], fields: Sequence[str]) -> pl.DataFrame:
    """All rows of enterprises that are filed more than once, by code, and how many different filings each has."""
    # Different hashes are those of different codes, and numbers are compared in a third of the time of text.
    hashes = [piece[USCC].hash() for piece in rows.pieces([USCC])]
    every = pl.concat(hashes) if hashes else pl.Series(dtype=pl.UInt64)
    again = every.filter(every.is_duplicated()) if every.n_unique() < every.len() else every.clear()
    doubtful = pl.Series(list(refused), dtype=pl.String)
    found = [pl.DataFrame(schema=rows.schema)]
    if again.len() or doubtful.len():
        for piece in rows.pieces():
            code = pl.col(USCC)
            maybe = code.hash().is_in(again.unique().implode()) | code.is_in(doubtful.implode())
            found.append(piece.filter(code.is_not_null() & maybe))
    return (
        pl.concat(found)
        .filter(pl.col(USCC).is_duplicated() | pl.col(USCC).is_in(doubtful.implode()))
        .select(TABLE, ROW, USCC, NAME, pl.struct(fields).n_unique().over(USCC).alias(_VARIANTS))
        .sort(USCC, maintain_order=True)
    )
