"""The samples are fictional, valid, shaped like the field, and made by the generator that stands beside them."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from stdnum.cn import uscc

import icredit
from conftest import AS_OF, ERRORS_CSV, ROOT, SAMPLE_CSV, SAMPLE_XLSX
from icredit.scheme import Scheme


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def enterprises() -> list[dict[str, str]]:
    """The rows of the sample."""
    return rows(SAMPLE_CSV)


def test_the_generator_makes_the_same_files_again(tmp_path: Path) -> None:
    """Running samples/generate.py anew gives the text files to the byte and the workbook cell by cell."""
    subprocess.run(
        [sys.executable, str(ROOT / "samples" / "generate.py"), str(tmp_path)], check=True, capture_output=True
    )
    for path in (SAMPLE_CSV, ERRORS_CSV):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    again, original = icredit.read(tmp_path / SAMPLE_XLSX.name, as_of=AS_OF), icredit.read(SAMPLE_XLSX, as_of=AS_OF)
    assert again.frame.equals(original.frame)


def test_workbook_and_csv_hold_the_same_enterprises(sample: icredit.Submission, national: Scheme) -> None:
    """Both forms of the sample give the same typed rows."""
    workbook = icredit.read(SAMPLE_XLSX, national, as_of=AS_OF)
    assert workbook.frame.equals(sample.frame)


def test_no_row_of_the_sample_is_an_error(sample: icredit.Submission) -> None:
    """All 3,000 enterprises are scored; some have warnings, as in life."""
    assert (sample.rows_read, sample.rejected, sample.merged) == (3000, 0, 0)
    assert sample.warnings.height > 0


def test_zones_and_stages_are_well_filled(sample: icredit.Submission, national: Scheme) -> None:
    """At least 8 zones, Changsha with well over 100 enterprises, and every stage with at least 100."""
    zones = Counter(zone for zone in sample.frame["zone"] if zone is not None)
    assert len(zones) >= 8
    assert zones["changsha"] > 200
    stages = Counter(icredit.score(sample, national)["stage"])
    assert set(stages) == {"startup", "growth", "mature"}
    assert min(stages.values()) >= 100


def test_no_real_enterprise_is_meant(enterprises: list[dict[str, str]]) -> None:
    """Every name says 示例 (sample), every code is valid and of an administrative division that does not exist (99)."""
    for row in (*enterprises, *rows(ERRORS_CSV)):
        assert "示例" in row["企业名称"] or not row["企业名称"]
    codes = [row["统一社会信用代码"] for row in enterprises]
    assert all(uscc.is_valid(code) and code.startswith("9199") for code in codes)
    assert len(set(codes)) == len(codes)


def test_the_numbers_are_shaped_like_the_field(enterprises: list[dict[str, str]]) -> None:
    """Amounts are heavily right-skewed, counts mostly zero, and a few per cent of the cells are missing."""
    revenue = sorted(float(row["营业收入（万元）"]) for row in enterprises if row["营业收入（万元）"])
    assert sum(revenue) / len(revenue) > 3 * revenue[len(revenue) // 2]
    awards = [row["近两年获得省级及以上科技奖励数量（项）"] for row in enterprises]
    assert awards.count("0") > 0.9 * len(awards)
    numbers = [cell for row in enterprises for header, cell in row.items() if "（" in header]
    assert 0.01 < numbers.count("") / len(numbers) < 0.05
