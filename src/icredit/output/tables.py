"""Writing tables: one function a format, chosen by the ending of the file's name."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from icredit.errors import UsageError
from icredit.output.columns import Labels, TableColumn
from icredit.output.failures import output_errors
from icredit.progress import SILENT, Advance
from icredit.text import FORMULA_STARTS, did_you_mean

# Rows of a group in Parquet, however many of them are in memory at once.
_ROW_GROUP = 2**18

_FORMULA = "^'*[" + "".join(f"\\x{ord(start):02x}" for start in FORMULA_STARTS) + "]"
_ESCAPED = "^'" + _FORMULA[1:]


def write_table(
    frames: Iterable[pl.DataFrame],
    path: Path,
    target: Path,
    columns: Sequence[TableColumn],
    labels: Labels,
    advance: Advance = SILENT.advance,
) -> None:
    """Write a table to `path` in the format that the name of `target` asks for; its rows come in one frame or several.

    `advance` is told of rows that are written, many at a time.

    Raises:
        OutputError: it cannot be written.
    """
    headers = {column.id: column.header(labels) for column in columns}
    with output_errors(target):
        WRITERS[target.suffix.lower()](frames, path, columns, headers, advance)


def require_format(target: Path, formats: Iterable[str] | None = None) -> None:
    """Refuse a file name whose ending is none of the formats, by default those of tables; raises UsageError."""
    ending = target.suffix.lower()
    known = list(formats or WRITERS)
    if ending not in known:
        hint = f"formats: {', '.join(known)}{did_you_mean(ending, known) if ending else ''}"
        raise UsageError(f"{target}: cannot tell the format from the ending '{ending}'", hint=hint)


def grows(target: Path) -> bool:
    """Whether a file of a format is written from its beginning to its end, frame by frame."""
    return WRITERS[target.suffix.lower()] in (_csv, _ndjson)


def written_with(target: Path) -> dict[str, str]:
    """What else than polars decides the bytes of a file of this format, with its version."""
    if target.suffix.lower() != ".xlsx":
        return {}
    from xlsxwriter import __version__  # noqa: PLC0415  # see _xlsx

    return {"xlsxwriter": __version__}


def csv_text(frame: pl.DataFrame) -> str:
    """A table as CSV text, with cells that a spreadsheet would run as formulas made harmless by an apostrophe."""
    return defuse(frame).write_csv()


def defuse(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with an apostrophe before every text that begins like a formula."""
    # In most columns no text does, which is found by comparing them in a fraction of the time of matching.
    doubtful = [name for name, found in frame.select(_may_begin(pl.col(pl.String)).any()).to_dict().items() if found[0]]
    text = pl.col(doubtful)
    if doubtful:
        frame = frame.with_columns(pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).name.keep())
    return frame.rename({name: f"'{name}" for name in frame.columns if re.match(_FORMULA, name)})


def _may_begin(text: pl.Expr) -> pl.Expr:
    """Whether texts begin like a formula, behind apostrophes or not; of some others too, all before the digits."""
    high = [(text >= start) & (text < chr(ord(start) + 1)) for start in FORMULA_STARTS if start > "/"]
    return reduce(operator.or_, high, text < "/")


def undefuse(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with the apostrophes of `defuse` taken away again, for reading back what icredit wrote."""
    frame = frame.rename({name: name[1:] for name in frame.columns if re.match(_ESCAPED, name)})
    return frame.with_columns(undefused(pl.col(pl.String)))


def undefused(text: pl.Expr) -> pl.Expr:
    """The texts of a column without the apostrophes of `defuse`."""
    return pl.when(text.str.contains(_ESCAPED)).then(text.str.slice(1)).otherwise(text).name.keep()


def _csv(
    frames: Frames, path: Path, columns: Sequence[TableColumn], headers: Mapping[str, str], advance: Advance
) -> None:
    with path.open("wb") as file:
        for number, frame in enumerate(frames):
            first = number == 0
            defuse(frame.rename(headers)).write_csv(file, include_bom=first, include_header=first)
            file.flush()
            advance(frame.height)


def _parquet(
    frames: Frames, path: Path, columns: Sequence[TableColumn], headers: Mapping[str, str], advance: Advance
) -> None:
    rest = iter(frames)
    first = next(rest)

    def source(
        names: list[str] | None, rows: pl.Expr | None, most: int | None, at_once: int | None
    ) -> Iterator[pl.DataFrame]:
        # Written as a whole, it is asked for nothing else than everything.
        for frame in chain([first], rest):
            yield frame.rename(headers)
            advance(frame.height)

    whole = register_io_source(source, schema=dict(first.rename(headers).schema))
    with path.open("wb") as file:
        whole.sink_parquet(file, row_group_size=_ROW_GROUP)


def _ndjson(
    frames: Frames, path: Path, columns: Sequence[TableColumn], headers: Mapping[str, str], advance: Advance
) -> None:
    with path.open("wb") as file:
        for frame in frames:
            frame.rename(headers).write_ndjson(file)
            file.flush()
            advance(frame.height)


def _xlsx(
    frames: Frames, path: Path, columns: Sequence[TableColumn], headers: Mapping[str, str], advance: Advance
) -> None:
    from icredit.output.workbook import Sheet, write_workbook  # noqa: PLC0415  # a tenth of a second that CSV can do without

    write_workbook(path, Sheet("积分表 scores", pl.concat(frames), columns, headers), advance=advance)


Frames = Iterable[pl.DataFrame]
Writer = Callable[[Frames, Path, Sequence[TableColumn], Mapping[str, str], Advance], None]
WRITERS: Mapping[str, Writer] = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet, ".ndjson": _ndjson}
