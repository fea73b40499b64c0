"""`python -m bench [JOB ...]`: measure icredit beside the obvious alternative and print the figures."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.commands import python
from bench.jobs import JOBS
from bench.measure import ROOT, environment, pairs
from bench.report import NOTHING, Measured, report


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    jobs = "\n".join(f"  {name}: {job.what} (at most {job.at_most} of its time)" for name, job in JOBS.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure icredit beside the obvious alternative, as whole processes in turn.",
        epilog=f"jobs:\n{jobs}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="what to measure; default: everything")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="counted runs of each side (default: 5)")
    parser.add_argument("--rows", type=int, metavar="N", help="rows of every file, instead of each job's own number")
    parser.add_argument(
        "--files", type=Path, metavar="FOLDER", help="keep the files there and use those that are there"
    )
    parser.add_argument("--markdown", action="store_true", help="print the tables as bench/README.md holds them")
    chosen = parser.parse_args(words)
    if unknown := [name for name in chosen.jobs if name not in JOBS]:
        parser.error(f"no job {', '.join(unknown)}; there are {', '.join(JOBS)}")
    if chosen.runs < 1 or (chosen.rows is not None and chosen.rows < 1):
        parser.error("--runs and --rows are 1 or more")
    return chosen


def _written(folder: Path, name: str, rows: int) -> Path:
    """The file of that name and size, written now unless it is there from an earlier run."""
    path = folder / f"{rows}-{name}"
    if not path.exists():
        _say(f"writing {path.name}")
        # Some files have others beside them; the one that is asked for comes last, when all of them are there.
        with tempfile.TemporaryDirectory(dir=folder) as half:
            command = python("bench.files", name, Path(half, path.name), str(rows))
            subprocess.run(command, cwd=ROOT, env=environment(), check=True)
            for written in sorted(Path(half).iterdir(), key=lambda one: one.name == path.name):
                written.rename(folder / written.name)
    return path


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    chosen = _arguments(words)
    measured = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = (chosen.files or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for name, job in JOBS.items():
            if chosen.jobs and name not in chosen.jobs:
                continue
            rows = chosen.rows or job.rows
            for file in job.files:
                path = _written(folder, file, rows)
                _say(f"measuring {name} on {path.name}")
                part = None if job.part is None else _written(folder, job.part, rows // job.times)
                measured.append(Measured(name, job, file, rows, pairs(job, path, chosen.runs, part)))
            if not job.files:
                _say(f"measuring {name}")
                measured.append(Measured(name, job, NOTHING, 0, pairs(job, Path(NOTHING), chosen.runs)))
    print(report(measured, chosen.runs, markdown=chosen.markdown))


if __name__ == "__main__":
    main()
