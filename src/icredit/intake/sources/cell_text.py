"""A stored value as the text of its cell, exactly: what a workbook holds as number, date or truth value."""

from __future__ import annotations

import datetime as dt
import math
import re

#: Whole numbers up to here are exact in the floating point that workbooks store.
EXACT = 2**53

# Days in the calendars of spreadsheets: the first day that would fall into the year 10000.
_DAYS = {False: 2_958_466, True: 2_958_466 - 1462}

# Excel counts a 29 February 1900, as Lotus 1-2-3 did; no calendar has it.
_LEAP_DAY = 60

_DAY = 86_400  # seconds, below which what spreadsheets say is the rounding of the day count that they keep

_MIDNIGHT = dt.datetime(1, 1, 1)  # noqa: DTZ001  # cells know no time zone

#: The cell error that says "not available": a missing mark like any other, not a mistake.
NOT_AVAILABLE = "#N/A"

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")

# What a number format shows as it is, or not at all: quoted text, and the character after \, _ and *; and [conditions].
_NO_CODE = re.compile(r'"[^"]*"?|[\\_*].|\[[^\]]*\]', re.DOTALL)


def number_text(number: float) -> str:
    """123 for 123.0, else the shortest text that gives the number back."""
    return str(int(number)) if number.is_integer() and abs(number) < EXACT else repr(number)


def parsed_number(text: str) -> float | None:
    """The number that a file in XML states; None where it is none, or too large for a cell."""
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def truth_text(value: object) -> str:
    """`true` or `false`."""
    return "true" if value else "false"


def moment_text(moment: dt.datetime) -> str:
    """2024-03-01 at midnight, else 2024-03-01 08:30:00."""
    return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat(" ")


def iso_text(text: str) -> str | None:
    """The text of a date, or date and time, that a file in XML states; None where no calendar has it."""
    try:
        moment = dt.datetime.fromisoformat(text) + dt.timedelta(seconds=0.5)
    except (ValueError, OverflowError):  # before the year 1 or after 9999
        return None
    return moment_text(moment.replace(microsecond=0))


def duration_text(seconds: int) -> str:
    """A time of day, 08:30:00, or from 24 hours on a length of time, 36:00:00."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def serial_text(serial: float, *, epoch_1904: bool) -> str | None:
    """A day count of a spreadsheet as date, date and time, or below 1 as time of day; None where no calendar has it."""
    if not 0 <= serial < _DAYS[epoch_1904]:
        return None
    days = int(serial)
    within = dt.timedelta(seconds=round((serial - days) * _DAY))
    if serial < 1:
        return (_MIDNIGHT + within).time().isoformat()
    if epoch_1904:
        epoch = dt.datetime(1904, 1, 1)  # noqa: DTZ001
    elif days == _LEAP_DAY:
        return None
    else:
        epoch = dt.datetime(1899, 12, 31 if days < _LEAP_DAY else 30)  # noqa: DTZ001
    try:
        return moment_text(epoch + dt.timedelta(days) + within)
    except OverflowError:  # rounded into the year 10000
        return None


def shows_percent(number_format: str) -> bool:
    """Whether a number format, such as 0.0% or 0%;[Red]-0%, shows a number as a percentage."""
    return "%" in _NO_CODE.sub("", number_format)
