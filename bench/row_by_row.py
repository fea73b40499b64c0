"""The straightforward program that icredit is measured against: csv.DictReader, and pydantic on every row.

It is written as a person who knows pydantic well would write it: types and constraints that pydantic's compiled core
checks by itself wherever it can (numbers, dates, lengths, closed lists of names), Python only for the check digit. The
constraints are those of the national scheme, by hand; `icredit.row_model`, whose readings are Python, would be slower.
It does the same as `icredit.read` in that it refuses the same rows, cell by cell, across cells and for codes filed
twice. It does less in that it takes no other way of writing a value, gives no warnings, explains nothing in words, and
keeps no rows: only the errors and a count. All of that favours it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from bench.form import COLUMNS, STAGES
from icredit.zones import load_zones

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_LARGEST = 1e15


def _checked(code: str) -> str:
    """A credit code whose shape is right, if its check digit is right too."""
    total = sum(_VALUES[character] * weight for character, weight in zip(code[:17], _WEIGHTS, strict=True))
    if _VALUES[code[17]] != -total % 31:
        raise ValueError("wrong check digit")
    return code


_Code = Annotated[str, Field(pattern=f"^[{_ALPHABET}]{{18}}$"), AfterValidator(_checked)]
_Text = Annotated[str, Field(max_length=200)]
_Positive = Annotated[float, Field(ge=0, le=_LARGEST)] | None
_Amount = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)] | None
_Count = Annotated[int, Field(ge=0, le=_LARGEST)] | None


def _row_type() -> Any:
    """The type of a row; the names of zones and provinces are those of the register."""
    zones = list(load_zones())
    names = tuple(zone.label for zone in zones)
    provinces = tuple({zone.province.split("(")[0] for zone in zones})
    fields: dict[str, Any] = {
        "uscc": _Code,
        "name": _Text,
        "zone": Literal[names] | None,
        "province": Literal[provinces] | None,
        "stage": Literal[STAGES] | None,
        "founded": date | None,
        "technical_field": _Text | None,
        "rd_expense": _Positive,
        "rd_expense_last": _Positive,
        "rd_staff": _Count,
        "staff": _Count,
        "invention_applications": _Count,
        "pct_applications": _Count,
        "contract_turnover": _Positive,
        "hightech_revenue": _Positive,
        "revenue": _Positive,
        "revenue_last": _Amount,
        "postgraduates": _Count,
        "rd_tax_relief": _Positive,
        "net_profit": _Amount,
        "net_assets": _Amount,
        "fresh_graduates": _Count,
        "platforms": _Count,
        "awards": _Count,
        "serious_dishonesty": Literal["是", "否"] | None,
    }
    return TypedDict("Row", fields)  # type: ignore[operator]  # its closed lists are known only at run time


def _more(row: Mapping[str, Any], part: str, whole: str, tolerance: float = 1.0) -> bool:
    """Whether a part is larger than its whole; not, where one of them is missing."""
    return row[part] is not None and row[whole] is not None and row[part] > row[whole] * tolerance


def _contradictions(row: Mapping[str, Any], today: date) -> Iterator[str]:
    """What is wrong between the cells of a row."""
    if row["stage"] is None and row["revenue"] is None:
        yield "neither a stage nor revenue"
    if _more(row, "rd_staff", "staff"):
        yield "more R&D staff than staff"
    if _more(row, "postgraduates", "staff"):
        yield "more postgraduates than staff"
    if _more(row, "hightech_revenue", "revenue", 1.000001):
        yield "high-tech product revenue above revenue"
    if row["founded"] is not None and row["founded"] > today:
        yield "founded in the future"


def validate(path: Path) -> dict[str, int]:
    """How many rows the file has, and how many of them are refused."""
    adapter: TypeAdapter[Mapping[str, Any]] = TypeAdapter(_row_type())
    fields = {header: field for field, header in COLUMNS.items()}
    today = date.today()
    errors: dict[int, list[Any]] = {}
    lines: dict[str, int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
        line = 1
        for line, raw in enumerate(csv.DictReader(file, [fields[cell] for cell in header]), start=2):
            try:
                row = adapter.validate_python({name: cell or None for name, cell in raw.items()})
            except ValidationError as error:
                errors[line] = error.errors(include_url=False)
                continue
            if found := list(_contradictions(row, today)):
                errors[line] = found
            if (first := lines.setdefault(row["uscc"], line)) != line:
                errors.setdefault(line, []).append(f"filed twice, see line {first}")
                errors.setdefault(first, []).append(f"filed twice, see line {line}")
    return {"rows": line - 1, "rejected": len(errors)}
