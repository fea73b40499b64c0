"""References: the constants of one scored batch, saved so that a later batch is scored on the same scale."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from icredit.errors import DataError, InputError, UsageError
from icredit.scheme.model import Scheme
from icredit.scoring.constants import Groups, constant_frames, groupings
from icredit.scoring.values import with_values

_FORMAT = "icredit-reference-1"


@dataclass(frozen=True, slots=True)
class Reference:
    """The constants of a batch.

    Attributes:
        scheme: id of the scheme they were made under; `digest` its content.
        rows: enterprises in the batch.
        constants: columns of a group -> one row a group: its key, then its constants.
    """

    scheme: str
    digest: str
    rows: int
    constants: Mapping[Groups, pl.DataFrame]

    def to_json(self) -> str:
        """The reference as text; numbers keep every digit."""
        content = {
            "format": _FORMAT,
            "scheme": self.scheme,
            "scheme_sha256": self.digest,
            "rows": self.rows,
            "constants": [
                {"within": list(within), "groups": frame.to_dicts()} for within, frame in self.constants.items()
            ],
        }
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, shown: str = "reference") -> Reference:
        """The reference that a text holds.

        Raises:
            InputError: the text is not one.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            if content["format"] != _FORMAT:
                raise ValueError(f"unknown format {content['format']!r}")
            constants = {tuple(part["within"]): _frame(part["within"], part["groups"]) for part in content["constants"]}
            return cls(content["scheme"], content["scheme_sha256"], int(content["rows"]), constants)
        except (ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
            raise InputError(
                f"{shown}: not a reference of icredit: {error}", hint="make one with --save-reference"
            ) from None

    @classmethod
    def load(cls, path: str | Path) -> Reference:
        """Read a reference file; raises InputError."""
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        return cls.from_json(text, str(path))

    def require_scheme(self, scheme: Scheme) -> None:
        """Refuse a reference that another scheme made.

        Raises:
            UsageError: the scheme's content is not the one the reference was made under.
        """
        if self.digest != scheme.digest:
            raise UsageError(
                f"the reference was made under another scheme ({self.scheme}, {self.digest[:12]}), "
                f"not under {scheme.id}, {scheme.digest[:12]}",
                hint="score with the scheme of the reference, or make a new reference with --save-reference",
            )

    def require_groups(self, frame: pl.LazyFrame) -> None:
        """Refuse a batch with groups that the reference knows nothing of; `frame` has stages and values.

        Raises:
            DataError: such a group, and how many enterprises are in it.
        """
        for within, known in self.constants.items():
            if not within:
                continue
            keys = list(within)
            unknown = frame.group_by(keys).len("n").join(known.lazy(), on=keys, how="anti", nulls_equal=True)
            for row in unknown.drop_nulls(keys).sort(keys).head(1).collect().iter_rows(named=True):
                group = ", ".join(f"{key}={row[key]}" for key in keys)
                raise DataError(
                    f"the reference has no constants for {group}, where {row['n']} enterprises are to be scored",
                    hint="the batch it was made from had no such enterprise; score without --reference",
                )


def _frame(within: list[str], groups: list[dict[str, Any]]) -> pl.DataFrame:
    names = list(groups[0]) if groups else within
    schema: dict[str, Any] = {name: pl.String if name in within else pl.Float64 for name in names}
    return pl.DataFrame(groups, schema=schema, orient="row")


def measure(frame: pl.LazyFrame, scheme: Scheme, as_of: date) -> Reference:
    """The reference of a batch of typed rows."""
    valued = with_values(frame, scheme, as_of)
    within = list(groupings(scheme))
    found = pl.collect_all([*constant_frames(valued, scheme).values(), frame.select(pl.len())])
    constants = {
        keys: constants.sort(list(keys)) if keys else constants
        for keys, constants in zip(within, found[:-1], strict=True)
    }
    return Reference(scheme.id, scheme.digest, int(found[-1].item()), constants)
