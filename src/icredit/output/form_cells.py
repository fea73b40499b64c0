"""How single cells of the form are written: texts that stay texts, formats, and values of last year, exactly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from openpyxl.styles import PatternFill

from icredit.scheme.fields import ZONE
from icredit.scheme.model import FieldSpec
from icredit.text import plain
from icredit.zones import ZoneRegister

#: What was filled in from last year's file; it may be typed over like any other cell.
_PREVIOUS_FILL = PatternFill("solid", fgColor="D9D9D9")

# The calendar of spreadsheets is right from here on; before, a day is only exact as text.
_FIRST_DAY = date(1900, 3, 1)

# What XML cannot hold, and what a workbook would take for the escape of such a character.
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_FORMATS = {"text": "@", "choice": "@", "date": "yyyy-mm-dd", "count": "0", "amount": "#,##0.00", "share": "0.00"}


def write_text(cell: Any, text: str) -> None:
    """Write text as text, even if it begins like a formula."""
    cell.value = _ESCAPED.sub(lambda match: f"_x{ord(match.group()):04X}_", text)
    cell.data_type = "s"


def number_format(spec: FieldSpec) -> str:
    """The number format of a field's cells; that of texts keeps a code typed there from becoming a number."""
    return _FORMATS.get(spec.type, "General")


def fill_in(page: Any, fields: Mapping[str, FieldSpec], rows: pl.DataFrame, zones: ZoneRegister) -> None:
    """Write last year's values below the header, one enterprise a row.

    Args:
        page: the sheet; its columns are `fields`, in order.
        fields: the form's fields.
        rows: typed values in the fields' units, a column per field that is filled in.
        zones: the register, for the names of zones.
    """
    for index, (name, spec) in enumerate(fields.items(), start=1):
        if name not in rows.columns:
            continue
        names = _names(name, spec, zones)
        for line, value in enumerate(rows[name], start=2):
            if value is not None:
                _write(page.cell(line, index), names.get(value, value))
                page.cell(line, index).number_format = number_format(spec)
                page.cell(line, index).fill = _PREVIOUS_FILL


def _names(name: str, spec: FieldSpec, zones: ZoneRegister) -> Mapping[Any, str]:
    """How a stored value is written in the form, where it is another than the value itself."""
    if name == ZONE:
        return {zone.slug: zone.label for zone in zones}
    if spec.type == "flag":
        return {True: "是", False: "否"}
    return {choice.id: choice.label.zh for choice in spec.choices}


def _write(cell: Any, value: Any) -> None:
    if isinstance(value, str):
        write_text(cell, value)
    elif isinstance(value, date) and value < _FIRST_DAY:
        write_text(cell, value.isoformat())
    elif isinstance(value, float):
        # openpyxl would keep 16 digits of a number, and some need 17.
        cell.value = plain(value)
        cell.data_type = "n"
    else:
        cell.value = value
