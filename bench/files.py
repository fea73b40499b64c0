"""The measured files. `python -m bench.files NAME FILE ROWS` writes one of them, always with the same content."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.commands import reference
from bench.enterprises import as_text, enterprises, others, spoiled
from bench.form import COLUMNS
from bench.sides import SCHEME
from bench.workbooks import write_workbook
from icredit.cli.main import main

#: Share of rows with a bad cell in the CSV file that is not clean.
BAD = 0.05

#: The large file is so many times the figures of a smaller one, each time with other codes.
BLOCKS = 20


def _csv(path: Path, rows: int, share: float) -> None:
    text = spoiled(as_text(enterprises(rows).select(*COLUMNS)), share)
    text.rename(COLUMNS).write_csv(path, include_bom=True, quote_style="never")


def _large(path: Path, rows: int) -> None:
    """Clean enterprises by blocks, so that no more than one is in memory."""
    block = as_text(enterprises(rows // BLOCKS).select(*COLUMNS))
    with path.open("wb") as file:
        for number in range(BLOCKS):
            text, first = others(block, number).rename(COLUMNS), number == 0
            text.write_csv(file, include_bom=first, include_header=first, quote_style="never")


def _xlsx(path: Path, rows: int, *, shared: bool, mixed: bool) -> None:
    write_workbook(path, enterprises(rows), shared=shared, mixed=mixed)


def _parquet(path: Path, rows: int) -> None:
    """The clean enterprises with typed columns, as a program would hand them over."""
    enterprises(rows).select(*COLUMNS).rename(COLUMNS).write_parquet(path)


def _score(path: Path, rows: int, *options: str) -> None:
    """What icredit makes of the clean file, with its manifest beside it."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "clean.csv"
        _csv(source, rows, 0.0)
        assert main(["score", str(source), "--scheme", SCHEME, "-o", str(path), "-q", *options]) == 0


def _one(path: Path, rows: int) -> None:
    """The first enterprise alone, and beside it the reference of them all."""
    with tempfile.TemporaryDirectory() as folder:
        _score(Path(folder) / "scored.csv", rows, "--save-reference", str(reference(path)))
    first = as_text(enterprises(rows).select(*COLUMNS)).head(1)
    first.rename(COLUMNS).write_csv(path, include_bom=True, quote_style="never")


WRITERS: Mapping[str, Callable[[Path, int], None]] = {
    "clean.csv": lambda path, rows: _csv(path, rows, 0.0),
    "large.csv": _large,
    "bad.csv": lambda path, rows: _csv(path, rows, BAD),
    "clean.parquet": _parquet,
    "scored.csv": _score,
    "scored.parquet": _score,
    "one.csv": _one,
    "inline-plain.xlsx": lambda path, rows: _xlsx(path, rows, shared=False, mixed=False),
    "shared-plain.xlsx": lambda path, rows: _xlsx(path, rows, shared=True, mixed=False),
    "inline-mixed.xlsx": lambda path, rows: _xlsx(path, rows, shared=False, mixed=True),
    "shared-mixed.xlsx": lambda path, rows: _xlsx(path, rows, shared=True, mixed=True),
}


if __name__ == "__main__":
    WRITERS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
