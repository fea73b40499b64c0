"""What the cells of a worksheet say, as text: what a person would type to get the same cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        kinds = cells["type"].fill_null("n")
        present = kinds.unique(maintain_order=True).to_list()
        placed = cells.select("style", "value", place=pl.int_range(pl.len(), dtype=pl.UInt32))
        changes: list[pl.DataFrame] = []
        for kind in present:
            if kind not in _READ:
                raise ValueError(f"it has a cell of the type {kind[:20]!r}")
            changes += _READ[kind](self, placed if len(present) == 1 else placed.filter(kinds == kind))
        text = _changed(cells["value"], changes)
        told = cells.select("row", "column", text=text, numeric=kinds.is_in(_NUMERIC))
        error = (kinds == "e") & (cells["value"] != NOT_AVAILABLE).fill_null(value=False)
        faulty = told.filter(error | (cells["formula"] & text.is_null())).sort("row", "column")
        faults = [
            GridFault(row, column, rules.NOT_CALCULATED if text is None else rules.CELL_ERROR, text)
            for row, column, text in faulty.select("row", "column", "text").iter_rows()
        ]
        return told.filter(text != ""), faults  # where the text is null, this is null, and the cell goes too


def _changed(texts: pl.Series, changes: Sequence[pl.DataFrame]) -> pl.Series:
    """The texts, with others at some places."""
    if not changes:
        return texts
    changed = pl.concat(changes)
    # Texts cannot be written over in place; numbers of texts can.
    numbers = pl.int_range(texts.len(), dtype=pl.UInt32, eager=True)
    numbers.scatter(changed["place"], pl.int_range(texts.len(), texts.len() + changed.height, eager=True))
    return pl.concat([texts, changed["text"]], rechunk=True).gather(numbers)


def _numbers(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    changes = []
    used = set(cells["style"].unique())
    for styles, format_ in (
        (values.styles.date, _dates),
        (values.styles.percent, _percentages),
        (values.styles.duration, _durations),
    ):
        if found := used.intersection(styles):
            shown = cells["style"].is_in(list(found)).fill_null(value=False)
            some, cells = _read_numbers(cells.filter(shown)), cells.filter(~shown)
            text = format_(values, some["number"])
            changes.append(some.select("place", text=pl.coalesce(text, _number_text())))
    value = cells["value"]
    typed = value.str.contains(_TYPED) & (value.str.len_bytes() <= _TYPED_LENGTH)
    if not typed.all():
        changes.append(_read_numbers(cells.filter(~typed)).select("place", text=_number_text()))
    return changes


def _read_numbers(cells: pl.DataFrame) -> pl.DataFrame:
    read = cells.with_columns(number=_cast(cells["value"], pl.Float64))
    _require(read, pl.col("number").is_finite(), "a number written as")
    return read


def _cast(values: pl.Series, to: type[pl.DataType]) -> pl.Series:
    """The values as numbers, null where they are none."""
    numbers = values.cast(to, strict=False)
    return numbers if numbers.null_count() == values.null_count() else values.str.strip_chars().cast(to, strict=False)


def _shared(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    cells = cells.with_columns(number=_cast(cells["value"], pl.Int64))
    known = pl.col("number").is_between(0, values.strings.len() - 1)
    _require(cells, known, "a cell that refers to a shared string that is not there:")
    text = values.strings.gather(cells["number"]) if values.strings.len() else pl.lit(None, pl.String)
    return [cells.select("place", text=text)]


def _plain(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    # A formula that gives empty text was calculated.
    return [cells.filter(pl.col("value").is_null()).select("place", text=pl.lit(""))]


def _flags(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    flag = pl.col("value").str.strip_chars().str.to_lowercase()
    _require(cells, flag.is_in(["0", "1", "false", "true"]), "a truth value written as")
    return [cells.select("place", text=flag.replace({"0": "false", "1": "true"}))]


def _errors(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    return []


def _moments(values: Values, cells: pl.DataFrame) -> list[pl.DataFrame]:
    """Dates written as text by ISO 8601, which strict workbooks have; a time alone stays as it is."""
    known = {text: iso_text(text) or text for text in cells["value"].drop_nulls().unique()}
    return [cells.select("place", text=pl.col("value").replace(known))]


#: Type of a cell in the XML -> which cells of the type do not show their value as it is written, and what they show.
_READ: Mapping[str, Callable[[Values, pl.DataFrame], list[pl.DataFrame]]] = {
    "n": _numbers,
    "s": _shared,
    "str": _plain,
    "inlineStr": _plain,
    "b": _flags,
    "e": _errors,
    "d": _moments,
}
_NUMERIC = ("n", "d")


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
