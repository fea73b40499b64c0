"""Numbers, methods and expressions that may differ by stage, or by any other column that makes groups."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, Strict
from pydantic_core import core_schema

T = TypeVar("T")

#: The column that holds an enterprise's stage while a scheme is computed.
STAGE = "stage"

#: A number that is one, neither text nor yes, and of a size with which one can compute.
Real = Annotated[float, Strict(), Field(ge=-1e15, le=1e15)]


class By(BaseModel, Generic[T]):
    """What differs by a column: `{by: technical_field, cases: {软件: 50}, otherwise: 40}`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    by: str = Field(description="The column: stage, zone, province, or a field of type text or choice.")
    cases: dict[str, T] = Field(min_length=1, description="Value of the column -> what holds for it.")
    otherwise: T | None = Field(default=None, description="What holds for every other value and for none.")


def kind_of(value: Any) -> str:
    """Which of its shapes something is written in that may differ by case: by column, by stage, for all."""
    if isinstance(value, By) or (isinstance(value, Mapping) and "by" in value):
        return "by column"
    return "by stage" if isinstance(value, Mapping) else "for all"


class _Numbers:
    """Tells pydantic what a number that may differ by case is: it would find out anew at each of thirty places."""

    _real: core_schema.CoreSchema | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        self._real = self._real or handler.generate_schema(Real)
        choices = {
            "for all": self._real,
            "by column": handler.generate_schema(By[Real]),
            "by stage": core_schema.dict_schema(core_schema.str_schema(), self._real),
        }
        return core_schema.tagged_union_schema(choices, kind_of)


#: A number, one for every stage, or one by another column.
Number = Annotated[Real | By[Real] | dict[str, Real], _Numbers()]

#: Keys that say what a mapping is, so that no stage can be called so.
RESERVED = frozenset({"by", "power"})


def column_of(value: Any) -> str | None:
    """The column that a value differs by; None if it is the same for all."""
    if isinstance(value, By):
        return value.by
    return STAGE if isinstance(value, Mapping) else None


def cases_of(value: T | By[T] | Mapping[str, T]) -> Mapping[str | None, T]:
    """Value of the column -> what holds for it; under None what holds for all others, where there is such a thing."""
    found: dict[str | None, Any] = {}
    if isinstance(value, By):
        found.update(value.cases)
        if value.otherwise is not None:
            found[None] = value.otherwise
    elif isinstance(value, Mapping):
        found.update(value)
    else:
        found[None] = value
    return found


def in_case(value: T | By[T] | Mapping[str, T], case: Mapping[str, str | None]) -> T | None:
    """What holds where columns have the values of `case`; None where nothing does."""
    column = column_of(value)
    cases = cases_of(value)
    chosen = None if column is None else case.get(column)
    return cases.get(chosen, cases.get(None))


def by_case(value: T | By[T] | Mapping[str, T], build: Callable[[T], pl.Expr]) -> pl.Expr:
    """`build(value)`, or the expression of each row's own case; missing where a row's case is none of them.

    Args:
        value: what holds for all, or by the values of a column, or by stage.
        build: makes an expression of what holds in one case.
    """
    column = column_of(value)
    cases = cases_of(value)
    chosen = build(cases[None]) if None in cases else pl.lit(None)
    for case, of_case in cases.items():
        if case is not None and column is not None:
            chosen = pl.when(pl.col(column) == case).then(build(of_case)).otherwise(chosen)
    return chosen


def number(value: Number) -> pl.Expr:
    """A number, or the number of the row's case."""
    return by_case(value, lambda constant: pl.lit(float(constant)))


def distinct(value: Number) -> list[float]:
    """The different numbers that `value` can be, in order."""
    return sorted(set(cases_of(value).values()))
