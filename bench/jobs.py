"""What is measured, on which files, and what figure is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """Two sides on some files of one size.

    Attributes:
        what: the job in words.
        own: icredit's side, by its name in `sides` or `commands`.
        other: the side it is measured against.
        files: names in `files`; every one is measured for itself. None: the job needs no file.
        rows: rows of each file, unless another number is asked for.
        at_most: the wanted ratio of icredit's time to the other side's.
        peak: the MiB that icredit may use at its peak; None where only the ratio counts, or nothing is wanted.
        peak_at_most: the wanted ratio of icredit's peak to the other side's.
        output: the name of what a command writes.
        same: whether both sides write the same table, which is checked.
        part: a file that the other side has instead, if its rows are so many fewer as `times` says.
        times: how often the time of the other side counts.
    """

    what: str
    own: str
    other: str
    files: tuple[str, ...]
    rows: int
    at_most: float
    peak: int | None = 1024
    peak_at_most: float | None = None
    output: str = ""
    same: bool = False
    part: str | None = None
    times: int = 1


def _score(other: str, program: str, at_most: float, *, kind: str = "csv", peak_at_most: float | None = None) -> Job:
    """The whole way from a file to a scored table beside a program that does it for this file and scheme alone."""
    return Job(
        f"icredit score of 25 columns of {kind} into {kind}, beside {program} without any check",
        "icredit_score",
        other,
        (f"clean.{kind}",),
        520_000,
        at_most,
        peak=None,
        peak_at_most=peak_at_most,
        output=f"scored.{kind}",
        same=True,
    )


def _rank(kind: str) -> Job:
    return Job(
        f"icredit rank of the best 100 of a zone out of a scored table in {kind}, beside a polars script",
        "icredit_rank",
        "rank_polars",
        (f"scored.{kind}",),
        520_000,
        1.5,
        peak=None,
        peak_at_most=1.5,
        output="list.csv",
        same=True,
    )


def _start(what: str, own: str) -> Job:
    return Job(f"{what}, beside Python with typer", own, "import_typer", (), 0, 1.3, peak=None)


_AGAINST_PYDANTIC = "icredit.read of 25 columns of CSV, beside csv.DictReader with pydantic on every row"

JOBS: Mapping[str, Job] = {
    "xlsx-read": Job(
        "icredit's reader on 23 columns of .xlsx, beside fastexcel's bare read",
        "icredit_workbook",
        "fastexcel_workbook",
        ("inline-plain.xlsx", "shared-plain.xlsx", "inline-mixed.xlsx", "shared-mixed.xlsx"),
        100_000,
        2.5,
    ),
    "csv-validate-clean": Job(
        f"{_AGAINST_PYDANTIC}; every row is valid", "icredit_csv", "pydantic_csv", ("clean.csv",), 520_000, 0.2
    ),
    "csv-validate-5pct": Job(
        f"{_AGAINST_PYDANTIC}; 5 % of the rows have one bad cell",
        "icredit_csv",
        "pydantic_csv",
        ("bad.csv",),
        520_000,
        0.4,
    ),
    "score-csv": _score("score_polars", "a polars script", 1.5, peak_at_most=1.5),
    "score-csv-pandas": _score("score_pandas", "a pandas script", 0.15),
    "score-csv-duckdb": _score("score_duckdb", "one statement of SQL in DuckDB", 0.5),
    "score-parquet": _score("score_polars", "a polars script", 1.5, kind="parquet"),
    "score-large": Job(
        "icredit score of 10,400,000 rows of 25 columns of CSV into CSV, beside 20 times the same of 520,000",
        "icredit_score",
        "icredit_score",
        ("large.csv",),
        10_400_000,
        1.1,
        peak=2048,
        output="scored.csv",
        part="clean.csv",
        times=20,
    ),
    "score-xlsx": Job(
        "icredit score of 23 columns of .xlsx into CSV, beside fastexcel's bare read",
        "icredit_score",
        "fastexcel_workbook",
        ("shared-plain.xlsx",),
        100_000,
        2.5,
        peak=None,
        output="scored.csv",
    ),
    "rank-csv": _rank("csv"),
    "rank-parquet": _rank("parquet"),
    "help": _start("icredit --help", "icredit_help"),
    "version": _start("icredit --version", "icredit_version"),
    "late": Job(
        "icredit score of one enterprise with a reference, beside Python with polars, pydantic and typer",
        "icredit_late",
        "import_all",
        ("one.csv",),
        2_000,
        1.5,
        peak=None,
    ),
}
