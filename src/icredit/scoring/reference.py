"""References: the constants of one scored batch, saved so that a later batch is scored on the same scale."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from icredit.errors import DataError, InputError, UsageError, reason_of
from icredit.methods.cases import STAGE
from icredit.plain_files import MOST_REFERENCE_BYTES, read_plain
from icredit.queries import collect
from icredit.scheme.model import Scheme
from icredit.scoring.block import Groups
from icredit.scoring.constants import Part, needed, parts
from icredit.scoring.places import UP_TO, VALUE, place_groups
from icredit.scoring.values import applies_column, value_column
from icredit.scoring.verdict import GRADES, by_place, cut_column

_FORMAT = "icredit-reference-1"


@dataclass(frozen=True, slots=True)
class Reference:
    """The constants of a batch.

    Attributes:
        scheme: id of the scheme they were made under; `digest` its content.
        rows: enterprises in the batch.
        constants: columns of a group -> one row a group: its key, then its constants.
        tables: what is no constant of a group: for each indicator that is ranked its values with their places, and
            where grades go by place, the points with which they begin.
    """

    scheme: str
    digest: str
    rows: int
    constants: Mapping[Groups, pl.DataFrame]
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def to_json(self) -> str:
        """The reference as text; numbers keep every digit."""
        content: dict[str, Any] = {
            "format": _FORMAT,
            "scheme": self.scheme,
            "scheme_sha256": self.digest,
            "rows": self.rows,
            "constants": [
                {"within": list(within), "groups": frame.to_dicts()} for within, frame in self.constants.items()
            ],
        }
        if self.tables:
            content["tables"] = [
                {"name": name, "within": _texts(frame), "groups": frame.to_dicts()}
                for name, frame in self.tables.items()
            ]
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, shown: str = "reference") -> Reference:
        """The reference that a text holds.

        Raises:
            InputError: the text is not one.
        """
        try:
            content: dict[str, Any] = json.loads(text, parse_constant=_refuse_constant)
            if content["format"] != _FORMAT:
                raise ValueError(f"unknown format {content['format']!r}")
            names = [content["scheme"], content["scheme_sha256"]]
            if not all(isinstance(name, str) for name in names):
                raise ValueError("the scheme and its hash must be text")
            constants = {tuple(part["within"]): _frame(part["within"], part["groups"]) for part in content["constants"]}
            tables = {part["name"]: _frame(part["within"], part["groups"]) for part in content.get("tables", [])}
            return cls(names[0], names[1], int(content["rows"]), constants, tables)
        except KeyError as error:
            problem = f"no key {error}"
        except _NOT_ONE as error:
            problem = reason_of(error)
        raise InputError(f"{shown}: not a reference of icredit: {problem}", hint="make one with --save-reference")

    @classmethod
    def load(cls, path: str | Path) -> Reference:
        """Read a reference file.

        Raises:
            InputError: the file cannot be read, or is no reference.
        """
        try:
            text = read_plain(Path(path), MOST_REFERENCE_BYTES).decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None
        return cls.from_json(text, str(path))

    def require_scheme(self, scheme: Scheme) -> None:
        """Refuse any other scheme than the one the reference was made under.

        Raises:
            UsageError: the scheme's content is another one.
        """
        if self.digest != scheme.digest:
            raise UsageError(
                f"the reference was made under another scheme ({self.scheme}, {self.digest[:12]}), "
                f"not under {scheme.id}, {scheme.digest[:12]}",
                hint="score with the scheme of the reference, or make a new reference with --save-reference",
            )

    def of_scheme(self, scheme: Scheme) -> Reference:
        """The reference, if the scheme made it and it holds exactly what the scheme needs.

        Raises:
            UsageError: the scheme's content is not the one the reference was made under.
            InputError: constants are missing, or a group stands twice: the file was edited.
        """
        self.require_scheme(scheme)
        wanted = needed(scheme)
        if set(self.constants) != set(wanted):
            raise InputError("the reference is damaged: it does not hold the groups of its scheme", hint=_ANEW)
        complete: dict[Groups, pl.DataFrame] = {}
        for within, names in wanted.items():
            frame = self.constants[within]
            schema = {**dict.fromkeys(within, pl.String()), **dict.fromkeys(names, pl.Float64())}
            if frame.is_empty() and within:
                frame = pl.DataFrame(schema=schema)
            if set(frame.columns) != set(schema) or frame.height != (frame.select(within).n_unique() if within else 1):
                raise InputError("the reference is damaged: constants are missing or stand twice", hint=_ANEW)
            complete[within] = frame.select(list(schema))
        return Reference(self.scheme, self.digest, self.rows, complete, self._tables_of(scheme))

    def _tables_of(self, scheme: Scheme) -> dict[str, pl.DataFrame]:
        """The tables that the scheme needs, each with its columns."""
        wanted = table_columns(scheme)
        if set(self.tables) != set(wanted):
            raise InputError("the reference is damaged: it lacks the places or grades of its scheme", hint=_ANEW)
        found: dict[str, pl.DataFrame] = {}
        for name, (within, numbers) in wanted.items():
            schema = {**dict.fromkeys(within, pl.String()), **dict.fromkeys(numbers, pl.Float64())}
            frame = pl.DataFrame(schema=schema) if self.tables[name].is_empty() else self.tables[name]
            if dict(frame.schema) != schema:
                raise InputError(f"the reference is damaged: its table of {name} has other columns", hint=_ANEW)
            found[name] = frame
        return found

    def require_constants(self, frame: pl.LazyFrame, scheme: Scheme) -> None:
        """Refuse a batch that needs a constant which the reference's batch did not have; `frame` has the values, and the
        constants of the reference.

        Raises:
            DataError: the first such indicator and group, and how many enterprises are in it.
        """
        for part in (part for one in parts(scheme) for part in one):
            within = part.groups
            lacking = _lacking(part)
            if not lacking:
                continue
            scored = frame
            if STAGE in within:
                scored = frame.filter(pl.col(STAGE).is_not_null())  # the others are not scored in any case
            keys = {f"key.{key}": pl.col(key) for key in within}
            found = collect(scored.filter(pl.any_horizontal(lacking.values())).select(**keys, **lacking))
            if found.is_empty():
                continue
            leaf = next(name for name in lacking if found[name].any())
            rows = found.filter(leaf).select(list(keys))
            group = ", ".join(f"{key}={rows[f'key.{key}'][0]}" for key in within) or "the batch"
            same = (
                rows.filter(pl.col(key).eq_missing(pl.lit(rows[key][0])) for key in keys).height
                if keys
                else rows.height
            )
            raise DataError(
                f"the reference has no constants of {leaf} for {group}, where {same} enterprises are to be scored",
                hint="nobody of the batch it was made from had such a number; score without --reference",
            )


def _lacking(part: Part) -> dict[str, pl.Expr]:
    """Indicator -> whether an enterprise has a value of one that applies to it, and the reference no constants for it.

    Groups for which others stand in may be missing; those of the last resort may not.
    """
    found: dict[str, pl.Expr] = {}
    for leaf, block in part.blocks:
        if part.groups != block.levels[-1]:
            continue
        unknown = pl.any_horizontal(pl.col(name).is_null() for name in block.names(part.groups))
        lacks = pl.col(value_column(leaf.id)).is_not_null() & unknown
        lacks = lacks & pl.col(applies_column(leaf.id)) if leaf.applies is not None else lacks
        found[leaf.id] = found[leaf.id] | lacks if leaf.id in found else lacks
    return found


def table_columns(scheme: Scheme) -> dict[str, tuple[Groups, list[str]]]:
    """Name of each table that a reference of the scheme needs -> the columns of its groups, and of its numbers."""
    found = {name: (groups, [VALUE, UP_TO]) for name, groups in place_groups(scheme).items()}
    if by_place(scheme):
        found[GRADES] = (scheme.ranking.grades_within, [cut_column(one.id) for one in scheme.grades])
    return found


def _texts(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if dtype == pl.String]


# What a text that is no reference makes the reading of it raise.
_NOT_ONE = (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, pl.exceptions.PolarsError)

_ANEW = "make it anew with --save-reference"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _frame(within: list[str], groups: list[dict[str, Any]]) -> pl.DataFrame:
    for row in groups:
        for name, value in row.items():
            right = isinstance(value, str | None) if name in within else _is_number(value)
            if not right:
                raise ValueError(f"{name} cannot be {value!r}"[:200])
    names = list(groups[0]) if groups else within
    schema: dict[str, Any] = {name: pl.String if name in within else pl.Float64 for name in names}
    return pl.DataFrame(groups, schema=schema, orient="row")


def _is_number(value: Any) -> bool:
    return value is None or (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(float(value))
    )
