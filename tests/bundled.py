"""Judging made-up enterprises by a bundled scheme: what a person files in, what the scheme says of it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

import icredit
from command_line import credit_code, read_csv, write_csv
from command_line import icredit as run
from conftest import AS_OF
from icredit.scheme import Scheme
from icredit.scheme.fields import typed_schema

Filed = Mapping[str, Any]


@lru_cache
def bundled(name: str) -> Scheme:
    """Return a bundled scheme."""
    return icredit.load_scheme(name)


def judge_all(name: str, rows: Sequence[Filed]) -> list[dict[str, Any]]:
    """Return the scored rows of enterprises that filed the fields given, in the order given."""
    rules = bundled(name)
    schema = typed_schema(rules)
    unknown = {field for row in rows for field in row} - set(schema)
    assert not unknown, f"no such fields: {unknown}"
    filed = {field: [row.get(field) for row in rows] for field in schema if field != "uscc"}
    codes = [f"9199{index:014}" for index in range(len(rows))]
    frame = pl.DataFrame({"uscc": codes, **filed}, schema=schema, strict=False)
    return icredit.score(frame, rules, values=True, as_of=AS_OF).sort("uscc").to_dicts()


def judge(name: str, **filed: Any) -> dict[str, Any]:
    """Return the scored row of one enterprise."""
    return judge_all(name, [filed])[0]


def judge_file(name: str, folder: Path, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return what the command line writes about a CSV of the rows given, in the order given."""
    codes = [credit_code(number) for number in range(1, len(rows) + 1)]
    named = [{"统一社会信用代码": code, "企业名称": f"示例企业{code[-6:]}"} for code in codes]
    path = write_csv(folder / "filed.csv", [{**who, **row} for who, row in zip(named, rows, strict=True)])
    assert run("score", path, "--scheme", name, "-o", folder / "judged.csv", "--as-of", AS_OF, "--quiet") == 0
    found = {row["uscc"]: row for row in read_csv(folder / "judged.csv")}
    return [found[code] for code in codes]


def around(threshold: float, step: float = 0.01) -> tuple[float, float, float]:
    """Return the numbers just below, at and just above a threshold, as they are filed with two decimals."""
    return round(threshold - step, 2), threshold, round(threshold + step, 2)
