"""What is measured, on which files, and what figure is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """Two sides on some files of one size.

    Attributes:
        what: the job in words.
        own: icredit's side, by its name in `sides`.
        other: the side it is measured against.
        files: names in `files`; every one is measured for itself.
        rows: rows of each file, unless another number is asked for.
        at_most: the wanted ratio of icredit's time to the other side's.
        peak: the MiB that icredit may use at its peak.
    """

    what: str
    own: str
    other: str
    files: tuple[str, ...]
    rows: int
    at_most: float
    peak: int = 1024


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
}
