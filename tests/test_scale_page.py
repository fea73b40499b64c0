"""What the page about scale says can be done, can be done."""

from __future__ import annotations

import io
import re
import runpy
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import icredit
from icredit.bundled import bundled_schemes

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_query_runs_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines of the page, as they stand there, write the query down and run what was written."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    monkeypatch.chdir(tmp_path)
    (lines,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    Path("lines.py").write_text(lines, encoding="utf-8")
    runpy.run_path("lines.py")
    assert Path("typed.parquet").exists()


@pytest.mark.parametrize("name", sorted(bundled_schemes()))
def test_every_bundled_scheme_is_a_plan_without_python(name: str) -> None:
    """Written down and read back, the query gives the same table."""
    scheme = icredit.load_scheme(name)
    submission = icredit.read(ROOT / "samples" / "enterprises.xlsx", icredit.load_scheme("ics-national-2024"))
    rows = submission.frame.head(200).select("uscc", "name", "zone", "province", "revenue", "staff", "rd_expense")
    query = icredit.score(rows.lazy(), scheme, as_of=date(2026, 1, 15))
    back = pl.LazyFrame.deserialize(io.BytesIO(query.serialize()))
    assert back.collect().equals(icredit.score(rows, scheme, as_of=date(2026, 1, 15)))
