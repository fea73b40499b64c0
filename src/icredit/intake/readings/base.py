"""What every reading is, and what a cell may hold in a column of any kind: nothing, a mark of missing, an error."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import polars as pl
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from icredit.intake import rules
from icredit.intake.rules import Rule
from icredit.text import clean, narrow, pattern, unspaced

#: What people and programs write into a cell that has nothing to say, in any case, width and spacing. Missing, not zero.
MISSING_MARKS = frozenset(
    "无 未公开 不公开 未披露 未提供 未填报 未填写 未填 未知 不详 暂无 不适用 / // \\ \\n n/a n.a. na #n/a <na> null (null) nil none "
    "nan nat".split()
)

# A dash of any length and kind is a mark of missing too.
_DASHES = pattern("[-\u2010-\u2015\u2500\u2501]+")

#: What Excel, WPS and LibreOffice show in a cell whose formula failed. `#N/A` is not among them: it means missing.
CELL_ERRORS = frozenset(
    "#DIV/0! #VALUE! #REF! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #BUSY! #UNKNOWN! #EXTERNAL! "
    "#PYTHON! #TIMEOUT! #GETTING_DATA".split()
)
_LIBREOFFICE_ERROR = pattern(r"err:\d{3}", re.ASCII | re.IGNORECASE)

# How an error begins, in any width and case.
_ERROR_BEGINS = "#＃eEｅＥ"

# No mark and no error is longer; what is longer need not be looked at.
_LONGEST_MARK = 40

#: What `parse` adds repairs to: the rule, and the values for its message.
Notes = list[tuple[Rule, dict[str, Any]]]


class Note(NamedTuple):
    """A repair that is worth a warning: in the cell of which field, by which rule, with which values."""

    field: str
    rule: Rule
    values: dict[str, Any]


def refuse(rule: Rule, **values: Any) -> PydanticCustomError:
    """The error that tells pydantic which of our rules a cell breaks."""
    # The words come from the rule when the finding is written; pydantic only carries the code and the values.
    return PydanticCustomError(rule.code, "see the rule", values)


class Screened(NamedTuple):
    """What a screen says of a column: `passed` is true where the cell is plainly right, `value` is its value there."""

    passed: pl.Expr
    value: pl.Expr


#: Types of columns that hold numbers exactly as their text would give them.
WHOLE_NUMBERS = frozenset((pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32))


class Reading(ABC):
    """One way to read a cell."""

    @abstractmethod
    def parse(self, text: str, notes: Notes) -> Any:
        """The value of clean, non-blank text; None where it means missing.

        A repair worth a warning is added to `notes`.

        Raises:
            PydanticCustomError: made by `refuse`; its type is the code of the broken rule.
        """

    def trimmed(self, value: Any) -> Notes:
        """What is to be said of blanks at the ends of a cell that was read without any other note: mostly nothing."""
        return []

    @abstractmethod
    def screen(self, text: pl.Expr) -> Screened:
        """The plainly right cells of a column of non-blank text."""

    def screen_typed(self, column: pl.Expr, dtype: pl.DataType) -> Screened | None:
        """The same of a column that a file has with a type; None where only its text can tell.

        What is missing, as a number that is none, has no value.
        """
        return None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Parse before the constraints of the annotated type are checked; notes go to a list given as context."""

        def before(raw: Any, info: core_schema.ValidationInfo) -> Any:
            if not isinstance(raw, str):
                return raw
            text = clean(raw)
            if not text:
                return None
            if is_cell_error(text):
                raise refuse(rules.CELL_ERROR)
            notes: Notes = []
            value = self.parse(text, notes)
            if raw != text and not notes and value is not None:
                notes += self.trimmed(value)
            if notes and isinstance(info.context, list):
                info.context.extend(Note(str(info.field_name), *note) for note in notes)
            return value

        return core_schema.with_info_before_validator_function(before, handler(source))


def bare(text: str) -> str:
    """Text as marks are compared: narrow, without blanks anywhere, lower case."""
    return unspaced(narrow(text)).casefold()


def is_missing(text: str) -> bool:
    """Whether a text is a mark of missing, or nothing that can be seen."""
    if len(text) > _LONGEST_MARK:
        return False
    mark = bare(text)
    return not mark or mark in MISSING_MARKS or _DASHES.fullmatch(mark) is not None


def is_cell_error(text: str) -> bool:
    """Whether a clean text is what a spreadsheet shows of a formula that failed."""
    if len(text) > _LONGEST_MARK or text[:1] not in _ERROR_BEGINS:
        return False
    shown = narrow(text)
    return shown.upper() in CELL_ERRORS or _LIBREOFFICE_ERROR.fullmatch(shown) is not None
