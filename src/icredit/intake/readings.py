"""How the text of a cell becomes a value: one class a kind of field, each with two faces.

`parse` is Python and the authority: it takes any text, and pydantic calls it (a reading is pydantic metadata). `screen`
is polars and fast: for a whole column it says which cells are *plainly* right and what their value is. A screen may
stop a cell that `parse` would take, and must never pass one that `parse` would refuse or read differently; the tests
hold the two against each other.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from icredit import zones as register
from icredit.intake import credit_code, rules
from icredit.intake.rules import Rule
from icredit.text import clean, fold, narrow

#: What people write into a cell that has nothing to say. Missing, not zero.
MISSING_MARKS = frozenset("- -- — —— – / \\ 无 未公开 未填报 不详 暂无 n/a na null none nan #n/a".split())

# Up to so many digits a float, which `Count.parse` uses, and an integer are the same.
_EXACT_DIGITS = 15

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<mark>[, \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*(?:\.\d*)?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)|(\d{2})(\d{2}))(?: 00:00:00)?", re.ASCII)

_FLAGS = {
    **dict.fromkeys(("是", "有", "√", "✓", "true", "yes", "y", "1"), True),
    **dict.fromkeys(("否", "无", "×", "false", "no", "n", "0"), False),
}


def refuse(rule: Rule, **values: Any) -> PydanticCustomError:
    """The error that tells pydantic which of our rules a cell breaks."""
    # The words come from the rule when the finding is written; pydantic only carries the code and the values.
    return PydanticCustomError(rule.code, "see the rule", values)


@dataclass(frozen=True, slots=True)
class Screened:
    """What a screen says of a column: `passed` is true where the cell is plainly right, `value` is its value there."""

    passed: pl.Expr
    value: pl.Expr


class Reading(ABC):
    """One way to read a cell."""

    @abstractmethod
    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> Any:
        """The value of clean, non-blank text; None where it means missing.

        A repair worth a warning is added to `notes`.

        Raises:
            PydanticCustomError: made by `refuse`; its type is the code of the broken rule.
        """

    @abstractmethod
    def screen(self, text: pl.Expr) -> Screened:
        """The plainly right cells of a column of non-blank text."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Parse before the constraints of the annotated type are checked."""

        def before(raw: Any, info: core_schema.ValidationInfo) -> Any:
            if not isinstance(raw, str):
                return raw
            text = clean(raw)
            return self.parse(text, info.context if isinstance(info.context, list) else []) if text else None

        return core_schema.with_info_before_validator_function(before, handler(source))


def _is_missing(text: str) -> bool:
    return narrow(text).casefold() in MISSING_MARKS


@dataclass(frozen=True, slots=True)
class Number(Reading):
    """A decimal number; `shift` is the power of ten from the column's unit to the field's, `percent` that from %."""

    shift: int = 0
    percent: int | None = None

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> float | None:
        text = narrow(text)
        if _is_missing(text):
            return None
        shift = self.shift
        if self.percent is not None and text.endswith("%"):
            text, shift = text[:-1].rstrip(), self.percent
        if grouped := _GROUPED.fullmatch(text):
            text = text.replace(grouped["mark"], "")
        if not _NUMBER.fullmatch(text):
            raise refuse(rules.NUMBER)
        if not shift:
            return float(text)
        mantissa, _, exponent = text.lower().partition("e")
        # Moving the decimal point in the text is exact; multiplying by a power of ten is not.
        return float(f"{mantissa}e{int(exponent or 0) + shift}")

    def screen(self, text: pl.Expr) -> Screened:
        shifted = text + pl.lit(f"e{self.shift}") if self.shift else text
        value = shifted.cast(pl.Float64, strict=False)
        return Screened(value.is_finite(), value)


@dataclass(frozen=True, slots=True)
class Count(Reading):
    """A whole number."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> int | None:
        number = Number().parse(text, notes)
        if number is None:
            return None
        if not number.is_integer():
            raise refuse(rules.WHOLE)
        return int(number)

    def screen(self, text: pl.Expr) -> Screened:
        value = text.cast(pl.Int64, strict=False)
        return Screened(value.is_not_null() & (text.str.len_bytes() <= _EXACT_DIGITS), value)


@dataclass(frozen=True, slots=True)
class Text(Reading):
    """Any text, without blanks and invisible marks at its ends."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> str | None:
        return text

    def screen(self, text: pl.Expr) -> Screened:
        # White space or control and format characters may be stripped by `parse`: let it decide.
        return Screened(~text.str.contains(r"\p{C}|^\s|\s$"), text)


@dataclass(frozen=True, slots=True)
class Date(Reading):
    """A calendar date: 2019-03-01, 2019/3/1, 2019.3.1, 2019年3月1日 or 20190301."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> date | None:
        text = narrow(text)
        if _is_missing(text):
            return None
        match = _DATE.fullmatch(text)
        if match is None:
            raise refuse(rules.DATE)
        year, *rest = match.groups()
        month, day = (part for part in rest if part is not None)
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise refuse(rules.DATE) from None

    def screen(self, text: pl.Expr) -> Screened:
        value = text.str.to_date("%Y-%m-%d", strict=False)
        return Screened(text.str.contains(r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$") & value.is_not_null(), value)


def _lookup(text: pl.Expr, values: Mapping[str, Any], dtype: pl.DataType) -> Screened:
    value = text.replace_strict(values, default=None, return_dtype=dtype)
    return Screened(value.is_not_null(), value)


@dataclass(frozen=True, slots=True)
class Flag(Reading):
    """Yes or no."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> bool | None:
        folded = fold(text)
        if folded in _FLAGS:
            return _FLAGS[folded]
        if _is_missing(folded):
            return None
        raise refuse(rules.FLAG)

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, _FLAGS, pl.Boolean())


@dataclass(frozen=True)
class Choice(Reading):
    """One of a field's choices, by id, label or alias (`names`: folded name -> id; `shown`: for the message)."""

    names: Mapping[str, str]
    shown: str

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> str | None:
        folded = fold(text)
        if folded in self.names:
            return self.names[folded]
        if _is_missing(folded):
            return None
        raise refuse(rules.CHOICE, choices=self.shown)

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, self.names, pl.String())


@dataclass(frozen=True)
class ZoneName(Reading):
    """Any name of a zone of the register; the value is its slug."""

    zones: register.ZoneRegister

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> str | None:
        zone = self.zones.resolve(text)
        if zone is not None:
            return zone.slug
        if _is_missing(text):
            return None
        raise refuse(rules.ZONE_UNKNOWN, hint=self.zones.hint(text))

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, self.zones.slugs_by_name(), pl.String())


@dataclass(frozen=True, slots=True)
class ProvinceName(Reading):
    """Any name of a province; the value is the short name the register uses."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> str | None:
        names = register.province_names()
        folded = fold(text)
        if folded in names:
            return names[folded]
        if _is_missing(folded):
            return None
        raise refuse(rules.PROVINCE_UNKNOWN, hint=register.province_hint(text))

    def screen(self, text: pl.Expr) -> Screened:
        return _lookup(text, register.province_names(), pl.String())


@dataclass(frozen=True, slots=True)
class CreditCode(Reading):
    """A unified social credit code with the right check digit."""

    def parse(self, text: str, notes: list[tuple[Rule, dict[str, Any]]]) -> str | None:
        code = "".join(narrow(text).upper().split())
        if _is_missing(code):
            return None
        if not credit_code.has_shape(code):
            raise refuse(rules.CODE_NUMBER if credit_code.looks_like_number(code) else rules.CODE_SHAPE)
        if code[17] != credit_code.check_digit(code):
            # Excel keeps 15 digits: an all-digit code that lost its last three now ends in zeros.
            raise refuse(rules.CODE_NUMBER if code.isdigit() and code.endswith("000") else rules.CODE_CHECK)
        if code != text:
            notes.append((rules.CODE_REPAIRED, {"repaired": code}))
        return code

    def screen(self, text: pl.Expr) -> Screened:
        return Screened(credit_code.is_valid(text), text)
