"""What several test files need: where things are, the national scheme, and the sample read and scored once."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, settings

import icredit
from icredit.scheme import Scheme

# Where pytest-xdist keeps every processor busy with a worker, threads of each worker's polars would only wait for each
# other; programs that tests start, and a run without workers, have as many as the machine has processors.
if "PYTEST_XDIST_WORKER" in os.environ and "POLARS_MAX_THREADS" not in os.environ:
    os.environ["POLARS_MAX_THREADS"] = "1"
    pl.thread_pool_size()  # it is now that polars looks
    del os.environ["POLARS_MAX_THREADS"]

# How long an example takes, or is drawn, tells how busy the machine is.
settings.register_profile("icredit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("icredit")

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_CSV = ROOT / "samples" / "enterprises.csv"
SAMPLE_XLSX = ROOT / "samples" / "enterprises.xlsx"
ERRORS_CSV = ROOT / "samples" / "errors.csv"
NATIONAL = ROOT / "indicators.yaml"

#: The day every test believes it is.
AS_OF = date(2026, 1, 15)


@pytest.fixture(scope="session")
def national() -> Scheme:
    """The scheme at the repository's root."""
    return icredit.load_scheme(NATIONAL)


@pytest.fixture(scope="session")
def sample(national: Scheme) -> icredit.Submission:
    """The sample, read from the CSV."""
    return icredit.read(SAMPLE_CSV, national, as_of=AS_OF)


@pytest.fixture(scope="session")
def sample_table(sample: icredit.Submission, national: Scheme) -> pl.DataFrame:
    """The sample's scored table, with values."""
    return icredit.score(sample, national, values=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, with nothing in the environment that would change what a command does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICREDIT_SCHEME", raising=False)
    return tmp_path
