"""Lists: the best of a scored table, within zones, provinces, stages or grades, by any of its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from icredit.errors import UsageError
from icredit.queries import collect
from icredit.ranks import points, ranked
from icredit.scored_table import FIXED_COLUMNS, SCORED
from icredit.text import did_you_mean
from icredit.zones import ZoneRegister, load_zones, province_hint, province_names

#: Enterprises on the national list.
TOP = 500

#: Columns without which there is no list.
_NEEDED = tuple(name for name in FIXED_COLUMNS if name not in ("name", "coverage"))

#: Columns of a scored table that are no score.
_NO_SCORES = tuple(name for name in FIXED_COLUMNS if name != "score")

#: What follows the id of an indicator in the name of a column that holds its values.
_VALUES = (".value", ".imputed", ".treated")


class Rows(Protocol):
    """A scored table of which only those rows are read that are asked for, such as one in a file."""

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The columns' types."""

    def rows(self, *conditions: pl.Expr) -> pl.DataFrame:
        """The rows for which all conditions hold."""

    def values(self, column: str) -> list[str]:
        """The different texts in a column of the whole table, in order."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A scored table in memory as `Rows`."""

    frame: pl.DataFrame

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        return self.frame.schema

    def rows(self, *conditions: pl.Expr) -> pl.DataFrame:
        return self.frame.filter(*conditions)

    def values(self, column: str) -> list[str]:
        return sorted(value for value in self.frame[column].unique().to_list() if value is not None)


def rank(
    table: pl.DataFrame | Rows,
    *,
    zone: str | Sequence[str] = (),
    province: str | Sequence[str] = (),
    stage: str | Sequence[str] = (),
    grade: str | Sequence[str] = (),
    top: int | None = TOP,
    by: str = "score",
    decimals: int = 4,
    zones: ZoneRegister | None = None,
) -> pl.DataFrame:
    """The best enterprises of a selection, ranked anew within it.

    Args:
        table: a scored table, as `icredit.score` returns it, or one of which only the selection shall be read.
        zone: zones by any of their names; several mean any of them.
        province: provinces, with or without 省.
        stage: stages by id.
        grade: grades by id.
        top: the last rank to be listed; enterprises that share it are all listed. None: everybody.
        by: the score to rank by: `score`, or the column of a category or indicator.
        decimals: digits that count when ranking by another column than `score`, which is ranked as in the table.
        zones: the zone register; default as `load_zones()`.

    Returns:
        The table's columns with `rank`, `zone_rank` and `stage_rank` counted within the selection, in rank order.

    Raises:
        UsageError: an unknown zone, province, stage, grade or column, or a top below 1.
    """
    if top is not None and top < 1:
        raise UsageError(f"a list has at least one place, not {top}")
    source = _Frame(table) if isinstance(table, pl.DataFrame) else table
    _require_columns(source.schema)
    earned = _earned(source.schema, by, decimals)
    conditions = [pl.col("status") == SCORED]
    if names := _several(zone):
        register = zones or load_zones()
        conditions.append(pl.col("zone").is_in([register.find(name).slug for name in names]))
    if names := _several(province):
        conditions.append(pl.col("province").is_in([p for name in names for p in _provinces(name)]))
    asked = {column: wanted for column, wanted in (("stage", _several(stage)), ("grade", _several(grade))) if wanted}
    conditions += [pl.col(column).is_in(wanted) for column, wanted in asked.items()]
    chosen = source.rows(*conditions)
    for column, wanted in asked.items():
        # Whatever stands in the selection stands in the table.
        if not set(wanted) <= set(chosen[column]):
            _require_known(source.values(column), column, wanted)
    selected = ranked(chosen.lazy(), earned).filter(pl.col("rank").is_not_null())
    if top is not None:
        selected = selected.filter(pl.col("rank") <= top)
    return collect(selected.select(list(source.schema)))


def _require_columns(schema: Mapping[str, pl.DataType]) -> None:
    lacking = [name for name in _NEEDED if name not in schema]
    if lacking:
        raise UsageError(f"not a scored table: no column {', '.join(lacking)}", hint="make one with icredit.score()")


def _several(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _earned(schema: Mapping[str, pl.DataType], by: str, decimals: int) -> pl.Expr:
    scores = [
        name
        for name, dtype in schema.items()
        if name not in _NO_SCORES and not name.endswith(_VALUES) and dtype.is_numeric()
    ]
    if by not in scores:
        raise UsageError(f"cannot rank by '{by}'{did_you_mean(by, scores)}", hint=f"columns: {', '.join(scores)}")
    # The overall rank already says how scores compare on the scheme's decimals.
    return -pl.col("rank").cast(pl.Float64) if by == "score" else points(pl.col(by), decimals)


def _provinces(name: str) -> list[str]:
    """新疆 means 新疆 and 新疆(兵团); 新疆兵团 means the latter alone."""
    found = province_names().get(name.strip().lower())
    if found is None:
        raise UsageError(f"unknown province '{name}'", hint=province_hint(name))
    return [known for known in set(province_names().values()) if known.split("(")[0] == found or known == found]


def _require_known(known: Sequence[str], column: str, wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"no enterprise of the table has the {column} '{name}'{did_you_mean(name, known)}",
                hint=f"{column}s in the table: {', '.join(known)}" if known else None,
            )
