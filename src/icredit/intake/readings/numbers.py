"""Numbers: amounts, shares and counts, with the unit that a cell may state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import polars as pl

from icredit import units
from icredit.intake import rules
from icredit.intake.readings.base import WHOLE_NUMBERS, Notes, Reading, Screened, bare, is_missing, refuse
from icredit.intake.readings.numerals import Numeral, numeral
from icredit.text import narrow, plain

# What a cell of a number says where there is none; whether it means zero is the field's to say.
_NONE = "无"

# Up to so many digits a whole number is surely within the bounds of the type in which polars keeps it.
_SAFE_DIGITS = 15
_SAFE = 10.0**_SAFE_DIGITS

# More than any count may be (see `row_model.LARGEST`): beyond, a count is out of range whatever its digits.
_BEYOND = Decimal(10**16)


def _read(text: str, *, none_is_zero: bool) -> Numeral | None:
    """The number in a cell, None where it is missing.

    Raises:
        PydanticCustomError: the text is no number.
    """
    if none_is_zero and bare(text) == _NONE:
        return Numeral("0")
    if is_missing(text):
        return None
    number = numeral(narrow(text))
    if number is None:
        raise refuse(rules.NUMBER)
    return number


def _stated_shift(number: Numeral, kind: str, unit: str) -> int | None:
    """The power of ten from the unit that a cell states to the field's; None where it states none.

    Raises:
        PydanticCustomError: what stands around the number is no unit, or none that fits.
    """
    if number.currency and kind != "amount":
        raise refuse(rules.CELL_UNIT_WRONG, unit=number.currency)
    if not number.unit:
        return None
    shift = units.shift_in_cell(number.unit, kind, unit)
    if shift is not None:
        return shift
    if units.known_in_cell(number.unit):
        raise refuse(rules.CELL_UNIT_WRONG, unit=number.unit)
    raise refuse(rules.NUMBER)


def _shifted(text: pl.Expr, shift: int) -> pl.Expr:
    return text + pl.lit(f"e{shift}") if shift else text


@dataclass(frozen=True, slots=True)
class Number(Reading):
    """A decimal number in the field's unit; `shift` is the power of ten from the column's unit to that.

    A unit in the cell wins over the column's. A percent sign under a column of fractions is no other unit: 12.5% is
    0.125.
    """

    shift: int = 0
    kind: Literal["amount", "share"] = "amount"
    unit: str = "元"
    none_is_zero: bool = False

    def parse(self, text: str, notes: Notes) -> float | None:
        number = _read(text, none_is_zero=self.none_is_zero)
        if number is None:
            return None
        stated = _stated_shift(number, self.kind, self.unit)
        if number.currency and stated is None and self.shift != units.shift_in_cell("元", self.kind, self.unit):
            # ¥500 in a column of 万元: five hundred yuan, or an amount of the column that a program has decorated?
            raise refuse(rules.CELL_UNIT_WRONG, unit=number.currency)
        value = number.shifted(self.shift if stated is None else stated)
        if stated is not None and not self._as_expected(stated):
            # A fraction has no unit that could be written behind it: 1 is its unit's name.
            unit = "" if self.unit == "1" else self.unit
            notes.append((rules.CELL_UNIT, {"read": f"{plain(value)}{unit}"}))
        return value

    def _as_expected(self, stated: int) -> bool:
        """Whether a unit in a cell is the column's own, or one that a fraction may be written in."""
        return stated == self.shift or (self.kind == "share" and self.shift == units.shift("1", self.unit))

    def screen(self, text: pl.Expr) -> Screened:
        percent = units.shift("%", self.unit) if self.kind == "share" else None
        if percent is not None and self._as_expected(percent):
            # Cells of a workbook that show a percentage arrive with its sign, a whole column of them.
            body = text.str.strip_suffix("%")
            if percent == self.shift:
                text = _shifted(body, self.shift)
            else:
                signed = text.str.ends_with("%")
                text = pl.when(signed).then(_shifted(body, percent)).otherwise(_shifted(body, self.shift))
        else:
            text = _shifted(text, self.shift)
        value = text.cast(pl.Float64, strict=False)
        return Screened(value.is_finite(), value)

    def screen_typed(self, column: pl.Expr, dtype: pl.DataType) -> Screened | None:
        """See `Reading`."""
        # The point is moved in the text, and a number of single precision is read from its digits.
        if self.shift or not (dtype == pl.Float64 or dtype in WHOLE_NUMBERS):
            return None
        value = column.cast(pl.Float64).fill_nan(None)
        return Screened(value.is_finite(), value)


@dataclass(frozen=True, slots=True)
class Count(Reading):
    """A whole number of things; `shift` is the power of ten from the column's unit to the field's: 1.2 of 万人 is 12000."""

    shift: int = 0
    unit: str = ""
    none_is_zero: bool = False

    def parse(self, text: str, notes: Notes) -> int | None:
        number = _read(text, none_is_zero=self.none_is_zero)
        if number is None:
            return None
        stated = _stated_shift(number, "count", self.unit)
        exact = number.exact(self.shift if stated is None else stated)
        if exact.copy_abs() > _BEYOND:
            # Not written out: it may have more digits than memory. (`abs` would round, and overflow.)
            return int(_BEYOND.copy_sign(exact))
        if exact != exact.to_integral_value():
            raise refuse(rules.WHOLE)
        if stated is not None and stated != self.shift:
            notes.append((rules.CELL_UNIT, {"read": f"{int(exact)}{self.unit}"}))
        return int(exact)

    def screen(self, text: pl.Expr) -> Screened:
        short = text.str.len_bytes() <= _SAFE_DIGITS
        if self.shift:
            # Decimals of so few digits are all different as floats: what is whole as a float is whole.
            number = _shifted(text, self.shift).cast(pl.Float64, strict=False)
            whole = (number == number.floor()) & (number.abs() < _SAFE)
            return Screened(short & whole, pl.when(whole).then(number).cast(pl.Int64, strict=False))
        value = text.cast(pl.Int64, strict=False)
        return Screened(value.is_not_null() & short, value)

    def screen_typed(self, column: pl.Expr, dtype: pl.DataType) -> Screened | None:
        """See `Reading`."""
        if self.shift or not (dtype == pl.Float64 or dtype in WHOLE_NUMBERS):
            return None
        number = column.cast(pl.Float64).fill_nan(None)
        whole = (number == number.floor()) & (number.abs() < _SAFE)
        return Screened(whole, pl.when(whole).then(column).cast(pl.Int64))
