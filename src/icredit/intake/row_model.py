"""The row model: a pydantic model built from a scheme's fields, the authority on what a valid row is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import annotated_types
from pydantic import BaseModel, ConfigDict, Field, create_model

from icredit.intake.readings import (
    Choice,
    Count,
    CreditCode,
    Date,
    Flag,
    Number,
    ProvinceName,
    Reading,
    Text,
    ZoneName,
)
from icredit.scheme.fields import PROVINCE, ZONE, submission_fields
from icredit.scheme.model import FieldSpec, Scheme
from icredit.text import fold
from icredit.zones import ZoneRegister

#: No enterprise files more than this, in any unit; sums and products of such numbers stay finite.
LARGEST = 1e15


def row_model(
    scheme: Scheme, zones: ZoneRegister, shifts: Mapping[str, int] | None = None, *, epoch_1904: bool = False
) -> type[BaseModel]:
    """The model of one row of a submission.

    Args:
        scheme: whose fields, with the identity columns, become the model's fields.
        zones: the register that zone names are looked up in.
        shifts: field id -> power of ten from the unit of its column to the unit of the field, where they differ.
        epoch_1904: whether the serial dates of the file count from 1904, not 1900.
    """
    definitions: dict[str, Any] = {
        name: _definition(spec, _reading(name, spec, zones, (shifts or {}).get(name, 0), epoch_1904=epoch_1904))
        for name, spec in submission_fields(scheme).items()
    }
    # Mostly the screen, which is made of the fields, passes all rows, and no validator is needed.
    config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    return create_model("Row", __config__=config, **definitions)


def _definition(spec: FieldSpec, reading: Reading) -> Any:
    annotation: Any = _constrained(spec)
    description = f"{spec.label.zh} {spec.label.en}" + (f" ({spec.unit})" if spec.unit else "")
    if spec.required:
        return Annotated[annotation, reading, Field(description=description)], ...
    return Annotated[annotation | None, reading, Field(description=description)], None


def _constrained(spec: FieldSpec) -> Any:
    match spec.type:
        case "amount" | "share":
            low = -LARGEST if spec.minimum is None else spec.minimum
            high = LARGEST if spec.maximum is None else spec.maximum
            return Annotated[float, annotated_types.Ge(low), annotated_types.Le(high)]
        case "count":
            low = 0 if spec.minimum is None else spec.minimum
            high = LARGEST if spec.maximum is None else spec.maximum
            return Annotated[int, annotated_types.Ge(low), annotated_types.Le(high)]
        case "text":
            return Annotated[str, annotated_types.MaxLen(spec.max_length)]
        case "choice":
            return str
        case "date":
            return dt.date
        case "flag":
            return bool


def _reading(name: str, spec: FieldSpec, zones: ZoneRegister, shift: int, *, epoch_1904: bool) -> Reading:
    """How a field's cells are read: by its name where the register decides, else by its type."""
    if name == ZONE:
        return ZoneName(zones)
    if name == PROVINCE:
        return ProvinceName()
    unit, zero = spec.unit or "", spec.none_means == "zero"
    by_type: dict[str, Callable[[], Reading]] = {
        "amount": lambda: Number(shift, "amount", unit, none_is_zero=zero),
        "share": lambda: Number(shift, "share", unit or "1", none_is_zero=zero),
        "count": lambda: Count(shift, unit, none_is_zero=zero),
        "date": lambda: Date(epoch_1904),
        "flag": Flag,
        "choice": lambda: _choice(spec),
        "text": CreditCode if spec.format == "credit_code" else Text,
    }
    return by_type[spec.type]()


def _choice(spec: FieldSpec) -> Choice:
    names = {
        fold(text): choice.id
        for choice in spec.choices
        for text in (choice.id, choice.label.zh, choice.label.en, *choice.aliases)
    }
    return Choice(names, "、".join(choice.label.zh for choice in spec.choices))
