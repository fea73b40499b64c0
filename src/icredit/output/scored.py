"""Reading back a scored table that icredit wrote, in any of its formats and languages."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine

from icredit.errors import InputError, reader_said, reason_of
from icredit.output.columns import TableColumn, bare
from icredit.output.manifest import load_manifest
from icredit.output.tables import WRITERS, undefuse
from icredit.scheme.fields import FIXED_COLUMNS, VERDICT_COLUMNS
from icredit.scoring.ranks import RANKS

_TEXT = ("uscc", "name", "zone", "province", "stage", "status", "grade", *VERDICT_COLUMNS)
_REQUIRED = ("rank", "uscc", "zone", "stage", "status", "score")


def read_scored(path: Path) -> tuple[pl.DataFrame, list[TableColumn], dict[str, Any] | None]:
    """A scored table with ids as column names, what its columns mean, and its manifest if one stands beside it.

    Raises:
        InputError: the file cannot be read, or is no scored table.
    """
    found = load_manifest(path)
    known = [TableColumn(**column) for column in found["output"]["columns"]] if found else []
    frame = _frame(path, known)
    ids = _ids(frame.columns, known)
    twice = next((name for name, times in Counter(ids.values()).items() if times > 1), None)
    if twice is not None:
        headers = ", ".join(header for header, name in ids.items() if name == twice)
        raise InputError(f"{path}: not a scored table: the columns {headers} mean the same", hint="was it edited?")
    frame = frame.rename(ids)
    lacking = [name for name in _REQUIRED if name not in frame.columns]
    if lacking:
        raise InputError(
            f"{path}: not a scored table: no column {', '.join(lacking)}", hint="make one with: icredit score FILE"
        )
    meaning = {column.id: column for column in [*bare(frame.columns), *known]}
    return _typed(frame, path), [meaning[name] for name in frame.columns], found


def is_scored(path: Path) -> bool:
    """Whether a file has the header of a scored table, or of one that lost a column; then it is no submission.

    In a scored table with ids as headers the column `revenue` is a score. A file that cannot be read has no header.
    """
    try:
        headers = _frame(path, []).columns
    except InputError:
        return False
    return {"status", "score"} <= set(_ids(headers, []).values())


def _ids(headers: list[str], known: list[TableColumn]) -> dict[str, str]:
    """Header -> id, in whatever language the headers are; those that are neither fixed nor known stay."""
    names = {
        column.header(labels): column.id for column in [*bare(FIXED_COLUMNS), *known] for labels in ("id", "zh", "en")
    }
    return {header: names.get(header, header) for header in headers}


def _frame(path: Path, known: list[TableColumn]) -> pl.DataFrame:
    try:
        exists = path.exists()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        exists = False
    if not exists:
        raise InputError(f"{path}: no such file", hint="make a scored table with: icredit score FILE")
    ending = path.suffix.lower()
    if ending not in WRITERS:
        raise InputError(f"{path}: not a scored table", hint=f"it ends in one of {', '.join(WRITERS)}")
    try:
        data = path.read_bytes()
        match ending:
            case ".csv":
                return _csv(data, known)
            case ".parquet":
                return pl.read_parquet(io.BytesIO(data))
            case ".ndjson":
                # polars reads the columns in an order of its own; the first line has theirs.
                first = data.split(b"\n", 1)[0]
                names = list(json.loads(first)) if first.strip() else []
                return pl.read_ndjson(io.BytesIO(data), infer_schema_length=None).select(names)
            case _:
                return _workbook(data)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None
    except BaseException as error:  # noqa: BLE001  # see reader_said
        raise InputError(f"{path}: not readable as {ending}: {reader_said(error)}") from None


def _csv(data: bytes, known: list[TableColumn]) -> pl.DataFrame:
    """The table of a CSV; its scores as numbers if polars can read them so at once, which is several times faster."""
    ids = _ids(pl.read_csv(io.BytesIO(data), n_rows=0, infer_schema=False).columns, known)
    numbers = {header: pl.Float64() for header, name in ids.items() if name not in _TEXT}
    try:
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False, schema_overrides=numbers)
    except pl.exceptions.PolarsError:
        # Something in them is none, which is told when the columns are known by their ids.
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False)
    return undefuse(frame) if b"'" in data else frame


def _workbook(data: bytes) -> pl.DataFrame:
    rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    if not rows:
        raise ValueError("the first sheet is empty")
    columns = {str(header): [row[index] for row in rows[1:]] for index, header in enumerate(rows[0])}
    return pl.DataFrame(
        {name: [None if cell == "" else str(cell) for cell in cells] for name, cells in columns.items()}
    )


def _typed(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    columns = []
    for name in frame.columns:
        dtype = pl.String if name in _TEXT else pl.Float64
        columns.append(pl.col(name).cast(dtype, strict=True))
    try:
        return frame.with_columns(columns).with_columns(
            pl.col(name).cast(pl.Int64) for name in RANKS if name in frame.columns
        )
    except pl.exceptions.PolarsError:
        raise InputError(f"{path}: not a scored table: a score is not a number", hint="was it edited?") from None
