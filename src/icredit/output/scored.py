"""Reading back a scored table that icredit wrote, in any of its formats and languages.

`_whole` is the definition of what a scored table is: it reads all of the file and says what is wrong with it. Of the two
formats of large tables, a scan gives the same rows without holding the others in memory. The scan says nothing: whatever
it cannot do or stumbles over is left to `_whole`.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from icredit.errors import InputError, reader_said, reason_of
from icredit.output.columns import TableColumn, bare
from icredit.output.manifest import load_manifest
from icredit.output.tables import WRITERS, undefuse, undefused
from icredit.plain_files import MOST_BYTES, require_plain
from icredit.scored_table import FIXED_COLUMNS, RANKS, VERDICT_COLUMNS

_TEXT = ("uscc", "name", "zone", "province", "stage", "status", "grade", *VERDICT_COLUMNS)
_REQUIRED = ("rank", "uscc", "zone", "stage", "status", "score")


class ScoredFile:
    """A scored table in a file, with ids as column names; its rows are read when they are asked for.

    Attributes:
        columns: what the columns mean.
        manifest: the manifest beside the file, if there is one.
        schema: the columns' types.
    """

    def __init__(self, path: Path) -> None:
        """Look at a file as far as is needed to know its columns.

        Raises:
            InputError: the file cannot be read, or is no scored table.
        """
        self._path = path
        if _exists(path):
            require_plain(path, MOST_BYTES, pipe=True)
        self.manifest: dict[str, Any] | None = load_manifest(path)
        self._known = [TableColumn(**column) for column in self.manifest["output"]["columns"]] if self.manifest else []
        self._scan = _scan(path, self._known)
        self._frame: pl.DataFrame | None = None
        self.schema: Mapping[str, pl.DataType] = (
            self._all().schema if self._scan is None else self._scan.collect_schema()
        )
        meaning = {column.id: column for column in [*bare(self.schema), *self._known]}
        self.columns = [meaning[name] for name in self.schema]

    def rows(self, *conditions: pl.Expr) -> pl.DataFrame:
        """The rows for which all conditions hold, in the order of the file.

        Raises:
            InputError: the file cannot be read, or is no scored table; in a CSV, in whatever row that may be.
        """
        if self._scan is not None:
            asked = {name for condition in conditions for name in condition.meta.root_names()}
            scan = self._scan.with_columns(self._plain(asked)).filter(*conditions)
            frame = _collected(scan)
            if frame is not None:
                return frame.with_columns(self._plain(self.schema.keys() - asked))
        return self._all().filter(*conditions)

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows, in the order of the file; raises as `rows`."""
        if self._scan is not None:
            frame = _collected(self._scan.select(names))
            if frame is not None:
                return frame.with_columns(self._plain(set(names)))
        return self._all().select(names)

    def values(self, column: str) -> list[str]:
        """The different texts in a column of the whole table, in order."""
        scan = None if self._scan is None else self._scan.select(column).unique()
        found = None if scan is None else _collected(scan.with_columns(self._plain({column})))
        series = (self._all() if found is None else found)[column]
        return sorted(value for value in series.unique().to_list() if value is not None)

    def _plain(self, names: set[str]) -> list[pl.Expr]:
        """Those of the columns that are text, without what made them harmless in a CSV."""
        if self._path.suffix.lower() != ".csv":
            return []
        return [undefused(pl.col(name)) for name in self.schema if name in names and self.schema[name] == pl.String]

    def _all(self) -> pl.DataFrame:
        if self._frame is None:
            self._frame = _whole(self._path, self._known)
        return self._frame


def read_scored(path: Path) -> tuple[pl.DataFrame, list[TableColumn], dict[str, Any] | None]:
    """A scored table with ids as column names, what its columns mean, and its manifest if one stands beside it.

    Raises:
        InputError: the file cannot be read, or is no scored table.
    """
    table = ScoredFile(path)
    return table.rows(), table.columns, table.manifest


def is_scored(path: Path) -> bool:
    """Whether a file has the header of a scored table, or of one that lost a column; then it is no submission.

    In a scored table with ids as headers the column `revenue` is a score. A file that cannot be read has no header.
    """
    try:
        headers = _read(path, []).columns
    except InputError:
        return False
    return {"status", "score"} <= set(_ids(headers, []).values())


def _ids(headers: Sequence[str], known: Sequence[TableColumn]) -> dict[str, str]:
    """Header -> id, in whatever language the headers are; those that are neither fixed nor known stay."""
    names = {
        column.header(labels): column.id for column in [*bare(FIXED_COLUMNS), *known] for labels in ("id", "zh", "en")
    }
    return {header: names.get(header, header) for header in headers}


def _dtype(name: str) -> pl.DataType:
    """The type of a column in a scored table."""
    return pl.String() if name in _TEXT else pl.Int64() if name in RANKS else pl.Float64()


def _scan(path: Path, known: Sequence[TableColumn]) -> pl.LazyFrame | None:
    """The rows of a CSV or Parquet file whose columns are those of a scored table, of the right types; else None."""
    scanner = {".csv": _scan_csv, ".parquet": _scan_parquet}.get(path.suffix.lower())
    try:
        # A pipe can be read only once. The file is handed over open because polars has ideas of its own about paths, such
        # as ~, and so that header and rows are those of one file, even if another takes its place meanwhile.
        if scanner is None or not path.is_file():
            return None
        with path.open("rb") as file:
            scan = scanner(file, known)
        ids = _ids(scan.collect_schema().names(), known)
        scan = scan.rename(ids)
        schema = scan.collect_schema()
    except BaseException as error:  # noqa: BLE001  # see reader_said
        reader_said(error)
        return None
    right = all(dtype == _dtype(name) and name[:1] != "'" for name, dtype in schema.items())
    return scan if right and set(_REQUIRED) <= schema.keys() else None


def _scan_csv(file: io.BufferedReader, known: Sequence[TableColumn]) -> pl.LazyFrame:
    """The table of a CSV, in which every number must be one to polars."""
    headers = pl.scan_csv(file, infer_schema=False, glob=False).collect_schema().names()
    dtypes = {header: _dtype(name) for header, name in _ids(headers, known).items()}
    return pl.scan_csv(file, infer_schema=False, schema_overrides=dtypes, glob=False)


def _scan_parquet(file: io.BufferedReader, known: Sequence[TableColumn]) -> pl.LazyFrame:
    return pl.scan_parquet(file, glob=False, hive_partitioning=False)


def _collected(scan: pl.LazyFrame) -> pl.DataFrame | None:
    try:
        return scan.collect(engine="streaming")
    except BaseException as error:  # noqa: BLE001  # see reader_said
        reader_said(error)
        return None


def _whole(path: Path, known: Sequence[TableColumn]) -> pl.DataFrame:
    """All rows of a scored table, with ids as column names."""
    frame = _read(path, known)
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
    return _typed(frame, path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        return False


def _read(path: Path, known: Sequence[TableColumn]) -> pl.DataFrame:
    if not _exists(path):
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


def _csv(data: bytes, known: Sequence[TableColumn]) -> pl.DataFrame:
    """The table of a CSV; its scores as numbers if polars can read them so at once, which is several times faster."""
    ids = _ids(pl.read_csv(io.BytesIO(data), n_rows=0, infer_schema=False).columns, known)
    numbers = {header: pl.Float64() for header, name in ids.items() if name not in _TEXT}
    try:
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False, schema_overrides=numbers)
    except pl.exceptions.PolarsError:
        # Something in them is none, which is told when the columns are known by their ids.
        frame = pl.read_csv(io.BytesIO(data), infer_schema=False)
    return undefuse(frame)


def sheet_rows(data: bytes, sheet: str | None = None) -> list[list[Any]]:
    """The cells of a sheet of a workbook that icredit wrote, by default the first; raises what its reader raises."""
    import python_calamine  # noqa: PLC0415  # the other formats can do without

    from icredit.intake.sources.xlsx.parts import Package  # noqa: PLC0415  # see above

    Package(data)  # refuses what would unpack to more than any table needs, for which calamine has no limit
    book = python_calamine.load_workbook(io.BytesIO(data))
    page = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
    return list(page.to_python(skip_empty_area=False))


def _workbook(data: bytes) -> pl.DataFrame:
    rows = sheet_rows(data)
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
