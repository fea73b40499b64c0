"""The measured files. `python -m bench.files NAME FILE ROWS` writes one of them, always with the same content."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.enterprises import as_text, enterprises, spoiled
from bench.form import COLUMNS
from bench.workbooks import write_workbook

#: Share of rows with a bad cell in the CSV file that is not clean.
BAD = 0.05


def _csv(path: Path, rows: int, share: float) -> None:
    text = spoiled(as_text(enterprises(rows).select(*COLUMNS)), share)
    text.rename(COLUMNS).write_csv(path, include_bom=True, quote_style="never")


def _xlsx(path: Path, rows: int, *, shared: bool, mixed: bool) -> None:
    write_workbook(path, enterprises(rows), shared=shared, mixed=mixed)


WRITERS: Mapping[str, Callable[[Path, int], None]] = {
    "clean.csv": lambda path, rows: _csv(path, rows, 0.0),
    "bad.csv": lambda path, rows: _csv(path, rows, BAD),
    "inline-plain.xlsx": lambda path, rows: _xlsx(path, rows, shared=False, mixed=False),
    "shared-plain.xlsx": lambda path, rows: _xlsx(path, rows, shared=True, mixed=False),
    "inline-mixed.xlsx": lambda path, rows: _xlsx(path, rows, shared=False, mixed=True),
    "shared-mixed.xlsx": lambda path, rows: _xlsx(path, rows, shared=True, mixed=True),
}


if __name__ == "__main__":
    WRITERS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
