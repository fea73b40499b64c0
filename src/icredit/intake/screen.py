"""The screen: a row model's fields compiled into polars expressions that pass the plainly valid rows of a batch.

The screen may stop a good row, never pass a bad one. Whatever it finds in a field and does not know how to compile
becomes `false`, so that every row goes to pydantic.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

import annotated_types
import polars as pl
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from icredit.intake.readings import Reading, Screened
from icredit.intake.sources.grid import text_of

#: The types whose own rules every value of a reading satisfies, so that only the metadata need be compiled.
_KNOWN_TYPES = {"float", "int", "str", "date", "bool"}


def compile_screen(model: type[BaseModel], columns: Mapping[str, pl.DataType]) -> Mapping[str, Screened]:
    """Field -> screen, for the fields that have a column, mostly of text; blank cells pass where the field may be blank."""
    decorators = model.__pydantic_decorators__
    own = (
        decorators.field_validators
        or decorators.model_validators
        or decorators.validators
        or decorators.root_validators
    )
    # A model with validators of its own, which a subclass may add, has rules that nobody compiled.
    return {name: _STOP if own else _field(name, dtype, model.model_fields[name]) for name, dtype in columns.items()}


_STOP = Screened(pl.lit(False), pl.lit(None))


def _field(name: str, dtype: pl.DataType, info: FieldInfo) -> Screened:
    metadata, optional, known = _unwrap(info.annotation)
    metadata = [*info.metadata, *metadata]
    readings = [item for item in metadata if isinstance(item, Reading)]
    constraints = [item for item in metadata if not isinstance(item, Reading)]
    if len(readings) != 1 or not known or any(type(item) not in _CONSTRAINTS for item in constraints):
        return _STOP
    typed = None if dtype == pl.String else readings[0].screen_typed(pl.col(name), dtype)
    text = text_of(name, dtype)
    screened = typed or readings[0].screen(text)
    passed = screened.passed
    for item in constraints:
        passed = passed & constraint(item, screened.value)
    # What is missing is missing in `passed` too; it passes only where the model takes None.
    missing = (pl.col(name).fill_nan(None) if dtype.is_float() else pl.col(name)).is_null() if typed else text.is_null()
    return Screened(passed.fill_null(False) | (missing if optional else pl.lit(False)), screened.value)


def constraint(item: Any, value: pl.Expr) -> pl.Expr:
    """One piece of a pydantic field's metadata as a polars condition; false for what is not known."""
    compiled = _CONSTRAINTS.get(type(item))
    return pl.lit(False) if compiled is None else compiled(item, value)


_CONSTRAINTS: Mapping[type, Callable[[Any, pl.Expr], pl.Expr]] = {
    annotated_types.Ge: lambda item, value: value >= pl.lit(item.ge),
    annotated_types.Gt: lambda item, value: value > pl.lit(item.gt),
    annotated_types.Le: lambda item, value: value <= pl.lit(item.le),
    annotated_types.Lt: lambda item, value: value < pl.lit(item.lt),
    annotated_types.MaxLen: lambda item, value: _at_most(value, item.max_length),
    annotated_types.MinLen: lambda item, value: value.str.len_chars() >= item.min_length,
}


def _at_most(text: pl.Expr, limit: int) -> pl.Expr:
    """Whether texts have no more characters than the limit; they are counted only where there are more bytes."""

    def short(texts: pl.Series) -> pl.Series:
        size = texts.str.len_bytes() <= limit
        return size if size.all() else texts.str.len_chars() <= limit

    return text.map_batches(short, return_dtype=pl.Boolean(), is_elementwise=True)


def _unwrap(annotation: Any) -> tuple[list[Any], bool, bool]:
    """The metadata inside an annotation, whether it takes None, and whether its type is one the screen knows."""
    optional = False
    metadata: list[Any] = []
    while True:
        if get_origin(annotation) in (Union, types.UnionType):
            rest = [part for part in get_args(annotation) if part is not type(None)]
            optional = optional or len(rest) < len(get_args(annotation))
            if len(rest) != 1:
                return metadata, optional, False
            annotation = rest[0]
        elif get_origin(annotation) is Annotated:
            annotation, *extra = get_args(annotation)
            metadata += extra
        else:
            return metadata, optional, getattr(annotation, "__name__", "") in _KNOWN_TYPES
