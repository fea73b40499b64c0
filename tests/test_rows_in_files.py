"""Rows that go to files: they come back as they were, with all columns or some, and take few bytes there."""

from __future__ import annotations

from datetime import date
from math import copysign
from pathlib import Path

import polars as pl
import pytest

from icredit.intake.row_file import RowFile
from icredit.intake.rows import Kept, Rows, Store

ROWS = pl.DataFrame(
    {
        "uscc": ["91990000000000001X", "919900000000000028", None],
        "stage": ["初创期", "初创期", "初创期"],
        "revenue": [0.0, -0.0, 0.1],
        "zero": [0.0, -0.0, 0.0],
        "growth": [None, None, None],
        "staff": [7, None, 300],
        "large": [1, -(2**62), 2**63 - 1],
        "founded": [date(2020, 2, 29), None, date(1999, 12, 31)],
        "dishonest": [False, None, True],
        "rank": [1, 2, 3],
        "ends": [1, 2, 1],
        "table": [4, 4, 4],
    },
    schema_overrides={"growth": pl.Float64(), "rank": pl.UInt32()},
)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    """Values, types and the order of columns are the same, however few bytes they took, and so are those of a query."""
    file = RowFile.write(ROWS, tmp_path / "rows")
    assert file.read().equals(ROWS)
    assert file.read().schema == ROWS.schema
    assert file.scan().collect().equals(ROWS)
    assert file.scan().collect_schema() == ROWS.schema
    assert [copysign(1, value) for value in file.read()["zero"]] == [1, -1, 1]


@pytest.mark.parametrize("columns", [["staff", "uscc"], ["table"], ["growth", "stage"], ["large", "growth"]])
def test_some_columns(tmp_path: Path, columns: list[str]) -> None:
    """Those asked for come in the order in which they were asked for, as many rows of them as there are."""
    assert RowFile.write(ROWS, tmp_path / "rows").read(columns).equals(ROWS.select(columns))


@pytest.mark.parametrize("frame", [ROWS.select("table", "growth"), ROWS.select("stage"), ROWS.clear(), ROWS.head(1)])
def test_rows_that_are_all_alike(tmp_path: Path, frame: pl.DataFrame) -> None:
    """Where nothing differs, or there is nothing, there are still as many rows."""
    assert RowFile.write(frame, tmp_path / "rows").read().equals(frame)
    assert RowFile.write(frame, tmp_path / "rows").scan().collect().equals(frame)


def test_what_is_alike_takes_no_bytes(tmp_path: Path) -> None:
    """A column that says the same in all rows, or nothing, is not in the file; whole numbers take what they need."""
    rows = pl.DataFrame(
        {"a": range(1000), "b": [None] * 1000, "c": ["示例"] * 1000}, schema_overrides={"b": pl.Int64()}
    )
    RowFile.write(rows, tmp_path / "rows")
    RowFile.write(rows.select(pl.col("a").cast(pl.Int16)), tmp_path / "numbers")
    assert (tmp_path / "rows").stat().st_size == (tmp_path / "numbers").stat().st_size


def test_a_sample_is_of_all_parts(tmp_path: Path) -> None:
    """Rows in memory and in files are sampled alike: the first of each piece, and every so many-th after it."""
    frame = pl.DataFrame({"a": range(200)})
    with Store(tmp_path, most=0) as store:
        filed, held = store.keep(frame), Kept(frame.height, frame)
        assert filed.on_disk
        assert Rows(frame.schema, (filed, held)).sample()["a"].to_list() == [0, 64, 128, 192] * 2
