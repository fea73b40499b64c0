"""Options that several commands share, and turning their text into what is meant."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from icredit.cli import completion
from icredit.errors import UsageError

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Submissions: .csv .tsv .txt .xlsx .xls .ods .parquet, a folder, a pattern, or - for CSV on standard input.",
        show_default=False,
    ),
]
SchemeName = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        metavar="FILE|ID",
        help="The scheme: a YAML file or the id of a bundled one. [default: $ICREDIT_SCHEME, ./indicators.yaml, the "
        "national scheme]",
        show_default=False,
        autocompletion=completion.schemes,
    ),
]
Sheet = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="The sheet to read. [default: the one whose header fits best]"),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="ZONE",
        help="The zone of enterprises in files without a zone column. [default: the one that the file's name says]",
        show_default=False,
        autocompletion=completion.zones,
    ),
]
Zones = Annotated[
    Path | None,
    typer.Option("--zones", metavar="FILE", help="A CSV of further zones. [default: ./zones.csv, if there is one]"),
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="What checks call today. [default: the day of the run]")
]


class DuplicateRule(StrEnum):
    """What becomes of an enterprise that is filed more than once with different data."""

    error = "error"
    last = "last"


Duplicates = Annotated[
    DuplicateRule,
    typer.Option(
        "--duplicates",
        help="An enterprise filed more than once with different data: an error on every row, or the last one counts.",
    ),
]


def parse_date(text: str | None, option: str) -> date:
    """The date of an option such as 2025-12-31; today if it was not given.

    Raises:
        UsageError: the text is no date.
    """
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} '{text}' is not a date", hint="write it as 2025-12-31") from None


def parse_limit(text: str, rows: int) -> int:
    """The number of rows that `N` or `P%` allows out of `rows`.

    Raises:
        UsageError: the text is neither.
    """
    from fractions import Fraction

    number = text.removesuffix("%")
    percent = number != text
    try:
        value = Fraction(number) if "/" not in number else Fraction(-1)  # exact: 0.57 % of 10,000 are 57
    except ValueError:
        value = Fraction(-1)
    if not 0 <= value <= (100 if percent else 10**15) or not (percent or value.denominator == 1):
        raise UsageError(f"--max-rejects '{text}' is neither a number of rows nor a percentage", hint="write 20 or 5%")
    return int(rows * value / 100) if percent else int(value)
