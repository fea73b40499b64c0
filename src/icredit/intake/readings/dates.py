"""Dates: of the calendar, without their time of day; a month alone, and serial numbers of spreadsheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from icredit.intake import rules
from icredit.intake.readings.base import Notes, Reading, Screened, is_missing, refuse
from icredit.text import narrow, pattern

_TIME = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d++)?)?)"
# One form each, year, month and day. A time with a zone (…Z, …+08:00) is left out: the day may be another one here.
_DAY = pattern(
    r"(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]|(\d{4})(\d{2})(\d{2})(?:\.0++)?)"
    rf"(?:[T ] *+{_TIME})?",
    re.ASCII,
)
# 2019.3 is a month; 9863.5 is a serial number with a time.
_MONTH = pattern(
    r"(\d{4})[-/](\d{1,2})|((?:19|20)\d{2})\.(\d{1,2})|(\d{4}) ?年 ?(\d{1,2}) ?月份?|(\d{4})(\d{2})(?:\.0++)?", re.ASCII
)
_SERIAL = pattern(r"(\d{1,5})(?:\.\d*+)?", re.ASCII)

# Serial numbers count days from here. Excel's calendar of 1900 has a 29 February that never was: from 1 March 1900 on,
# counting from two days before 1 January makes up for it.
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_FIRST, _LAST = date(1900, 3, 1), date(2099, 12, 31)


def _date(parts: list[str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Date(Reading):
    """A calendar date; `epoch_1904` says from when the serial numbers of the file count."""

    epoch_1904: bool = False

    def parse(self, text: str, notes: Notes) -> date | None:
        if is_missing(text):
            return None
        written = narrow(text)
        day: date | None = None
        if match := _DAY.fullmatch(written):
            day = _date([part for part in match.groups() if part is not None and part.isdigit()])
        elif match := _MONTH.fullmatch(written):
            day = _date([*(part for part in match.groups() if part is not None), "1"])
            notes += [(rules.MONTH_ONLY, {"read": str(day)})] if day else []
        elif match := _SERIAL.fullmatch(written):
            day = self._from_serial(int(match[1]))
            notes += [(rules.SERIAL_DATE, {"read": str(day)})] if day else []
        if day is None:
            raise refuse(rules.DATE)
        return day

    def _from_serial(self, serial: int) -> date | None:
        if _FIRST.year <= serial <= _LAST.year:
            return None  # 2019 is a year, not 11 July 1905
        day = (_EPOCH_1904 if self.epoch_1904 else _EPOCH_1900) + timedelta(serial)
        return day if serial and _FIRST <= day <= _LAST else None

    def screen(self, text: pl.Expr) -> Screened:
        # Without the cache: to remember a date takes longer than to read it.
        value = text.str.replace_all("/", "-", literal=True).str.to_date("%Y-%m-%d", strict=False, cache=False)
        plain = r"^[1-9][0-9]{3}(-[0-9]{1,2}-[0-9]{1,2}|/[0-9]{1,2}/[0-9]{1,2})$"
        return Screened(text.str.contains(plain) & value.is_not_null(), value)

    def screen_typed(self, column: pl.Expr, dtype: pl.DataType) -> Screened | None:
        """See `Reading`."""
        if dtype != pl.Date:
            return None
        return Screened(column.dt.year().is_between(1000, 9999), column)
