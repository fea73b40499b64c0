"""The programs that are measured. `python -m bench.sides SIDE FILE` runs one and prints what it found, as JSON.

Imports stand inside the functions: a process pays for what its own side needs, and for nothing else.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

SCHEME = "ics-national-2024"


def icredit_workbook() -> Callable[[Path], dict[str, int]]:
    """What icredit reads: the text of every cell, its row, and what only the reader of the format can see."""
    from icredit.intake.read_file import FileReader
    from icredit.scheme import load_scheme

    def job(path: Path) -> dict[str, int]:
        return {"rows": FileReader(load_scheme(SCHEME)).read(path).frame.height}

    return job


def fastexcel_workbook() -> Callable[[Path], dict[str, int]]:
    """The bare read of fastexcel into a polars frame."""
    import fastexcel
    import polars  # noqa: F401, ICN001  # to_polars imports it; here, so that it is not counted as the job's own time

    def job(path: Path) -> dict[str, int]:
        return {"rows": fastexcel.read_excel(path).load_sheet(0).to_polars().height}

    return job


def icredit_csv() -> Callable[[Path], dict[str, int]]:
    """The whole of `icredit.read`: typed rows, findings, account of the file."""
    from icredit import load_scheme, read

    def job(path: Path) -> dict[str, int]:
        submission = read(path, load_scheme(SCHEME))
        return {"rows": submission.rows_read, "rejected": submission.rejected}

    return job


def pydantic_csv() -> Callable[[Path], dict[str, int]]:
    """The program in `row_by_row`."""
    from bench.row_by_row import validate

    return validate


SIDES: Mapping[str, Callable[[], Callable[[Path], dict[str, int]]]] = {
    side.__name__: side for side in (icredit_workbook, fastexcel_workbook, icredit_csv, pydantic_csv)
}


if __name__ == "__main__":
    run = SIDES[sys.argv[1]]()
    elapsed, cpu = time.perf_counter(), time.process_time()
    found = run(Path(sys.argv[2]))
    inside = {"elapsed": time.perf_counter() - elapsed, "cpu": time.process_time() - cpu}
    print(json.dumps({"found": found, "inside": inside}))
