"""What the cells of a worksheet say, as text: what a person would type to get the same cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from icredit.intake import rules
from icredit.intake.sources.cell_text import EXACT, NOT_AVAILABLE, duration_text, iso_text
from icredit.intake.sources.grid import GridFault, percent_texts
from icredit.intake.sources.xlsx.styles import Styles

# A number written as it would be typed. With at most 15 digits it is the shortest text of the number that it means, for
# no two such texts mean the same one. Numbers below 0.001 are left out: their shortest texts may have exponents.
_TYPED = r"^(?:0|-?[1-9][0-9]*(?:\.[0-9]*[1-9])?|-?0\.[0-9]{0,2}[1-9](?:[0-9]*[1-9])?)$"
_TYPED_LENGTH = 15

_DAY = 86_400  # seconds; no spreadsheet shows less than one

# Serial dates: day 60 of the 1900 system is a 29 February that never was; from 61 on 1899-12-30 is day 0.
_FICTITIOUS = 60
_EPOCH_1900, _EPOCH_1904 = -25_569, -24_107
_DAYS_1900 = 2_958_466  # to the end of the year 9999
_YEAR_10000 = 253_402_300_800  # seconds from 1970

_TOLD = ("row", "column", "formula", "value", "text")


@dataclass(frozen=True, slots=True)
class Values:
    """What values mean in one workbook."""

    strings: pl.Series
    styles: Styles
    epoch_1904: bool

    def told(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, list[GridFault]]:
        """The cells that show something as `row`, `column`, `text` and `numeric`, and those that hold no value.

        Raises:
            ValueError: a cell is of a type that does not exist, refers to a shared string that does not, or has a number
                or truth value that is none.
        """
        cells = cells.with_columns(pl.col("type").fill_null("n"))
        parts = [self._part(str(kind), part) for (kind,), part in cells.partition_by("type", as_dict=True).items()]
        if not parts:
            return cells.select("row", "column", text="value", numeric=pl.lit(False)), []
        told = pl.concat(parts)
        value = pl.col("text")
        faulty = told.filter(pl.col("error") | (pl.col("formula") & value.is_null())).sort("row", "column")
        faults = [
            GridFault(row, column, rules.CELL_ERROR if error else rules.NOT_CALCULATED, text)
            for row, column, error, text in faulty.select("row", "column", "error", "text").iter_rows()
        ]
        return told.filter(value != "").select("row", "column", "text", "numeric"), faults

    def _part(self, kind: str, part: pl.DataFrame) -> pl.DataFrame:
        if kind not in _READ:
            raise ValueError(f"it has a cell of the type {kind[:20]!r}")
        error = pl.col("value") != NOT_AVAILABLE if kind == "e" else pl.lit(False)
        return _READ[kind](self, part).select(
            "row", "column", "formula", "text", numeric=pl.lit(kind in ("n", "d")), error=error.fill_null(value=False)
        )


def _numbers(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    style, value = pl.col("style"), pl.col("value")
    typed = value.str.contains(_TYPED) & (value.str.len_bytes() <= _TYPED_LENGTH)
    way = (
        pl.when(style.is_in(values.styles.date))
        .then(pl.lit("date"))
        .when(style.is_in(values.styles.percent))
        .then(pl.lit("percent"))
        .when(style.is_in(values.styles.duration))
        .then(pl.lit("duration"))
        .when(value.is_null() | typed)
        .then(pl.lit("typed"))
        .otherwise(pl.lit("number"))
    )
    told = []
    for (name,), some in part.with_columns(way=way).partition_by("way", as_dict=True).items():
        if name == "typed":
            told.append(some.with_columns(text="value").select(_TOLD))
            continue
        read = some.with_columns(number=value.str.strip_chars().cast(pl.Float64, strict=False))
        _require(read, pl.col("number").is_finite(), "a number written as")
        text = _FORMATTED[str(name)](values, read["number"]) if name in _FORMATTED else pl.lit(None, pl.String)
        told.append(read.with_columns(text=text).select(*_TOLD[:-1], pl.coalesce("text", _number_text())))
    return pl.concat(told)


def _shared(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    part = part.with_columns(number=pl.col("value").str.strip_chars().cast(pl.Int64, strict=False))
    known = pl.col("number").is_between(0, values.strings.len() - 1)
    _require(part, known, "a cell that refers to a shared string that is not there:")
    return part.with_columns(
        text=values.strings.gather(part["number"]) if values.strings.len() else pl.lit(None, pl.String)
    )


def _plain(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    # A formula that gives empty text was calculated.
    return part.with_columns(text=pl.col("value").fill_null(""))


def _flags(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    flag = pl.col("value").str.strip_chars().str.to_lowercase()
    _require(part, flag.is_in(["0", "1", "false", "true"]), "a truth value written as")
    return part.with_columns(text=flag.replace({"0": "false", "1": "true"}))


def _errors(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    return part.with_columns(text="value")


def _moments(values: Values, part: pl.DataFrame) -> pl.DataFrame:
    """Dates written as text by ISO 8601, which strict workbooks have; a time alone stays as it is."""
    known = {text: iso_text(text) or text for text in part["value"].drop_nulls().unique()}
    return part.with_columns(text=pl.col("value").replace(known))


#: What a cell's type in the XML makes of its value.
_READ: Mapping[str, Callable[[Values, pl.DataFrame], pl.DataFrame]] = {
    "n": _numbers,
    "s": _shared,
    "str": _plain,
    "inlineStr": _plain,
    "b": _flags,
    "e": _errors,
    "d": _moments,
}


def _require(part: pl.DataFrame, right: pl.Expr, what: str) -> None:
    wrong = part.filter(pl.col("value").is_not_null() & ~right.fill_null(value=False))["value"]
    if wrong.len():
        raise ValueError(f"it has {what} {wrong[0][:20]!r}")


def _number_text() -> pl.Expr:
    """As `cell_text.number_text`."""
    number = pl.col("number")
    whole = (number == number.floor()) & (number.abs() < EXACT)
    return pl.when(whole).then(number.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(number.cast(pl.String))


def _durations(values: Values, numbers: pl.Series) -> pl.Series:
    """As `cell_text.duration_text`."""
    known = {number: duration_text(round(number * _DAY)) for number in numbers.unique() if 0 <= number < _DAYS_1900}
    return numbers.replace_strict(known, default=None, return_dtype=pl.String)


def _dates(values: Values, numbers: pl.Series) -> pl.Series:
    """As `cell_text.serial_text`."""
    number = pl.col("number")
    days = number.floor()
    seconds = ((number - days) * _DAY).round(mode="half_to_even")
    possible = number >= 0
    since = days + _EPOCH_1904
    if not values.epoch_1904:
        possible &= days != _FICTITIOUS
        since = days + pl.when(days < _FICTITIOUS).then(_EPOCH_1900 + 1).otherwise(_EPOCH_1900)
    total = since * _DAY + seconds
    moment = pl.from_epoch(pl.when(possible & (days < _DAYS_1900) & (total < _YEAR_10000)).then(total).cast(pl.Int64))
    text = (
        pl.when(number < 1)
        .then(moment.dt.to_string("%H:%M:%S"))
        .when(seconds % _DAY == 0)
        .then(moment.dt.to_string("%Y-%m-%d"))
        .otherwise(moment.dt.to_string("%Y-%m-%d %H:%M:%S"))
    )
    return numbers.to_frame("number").select(text).to_series()


def _percentages(values: Values, numbers: pl.Series) -> pl.Series:
    return percent_texts(numbers)


# How a style shows numbers -> their texts, null where it cannot show them.
_FORMATTED: Mapping[str, Callable[[Values, pl.Series], pl.Series]] = {
    "date": _dates,
    "duration": _durations,
    "percent": _percentages,
}
