"""Measuring two programs as whole processes, run in turn, with the operating system's own account of each.

The process that measures must stay small: Linux counts the memory that a child shares with its parent until it becomes
another program, so the peak of a child is never reported below that of its parent. Hence only the standard library
here, and the files are written by processes of their own.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.commands import COMMANDS, command, python
from bench.jobs import Job

ROOT = Path(__file__).resolve().parents[1]

# `ru_maxrss` counts kibibytes, but bytes on macOS.
_PER_MIB = 2**20 if sys.platform == "darwin" else 2**10

#: What is known of a run, by the name of its attribute.
Figure = Literal["elapsed", "cpu", "peak", "job_elapsed", "job_cpu"]


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds and MiB of the whole process, and seconds of the job alone, after the imports.

    A command line does not tell the last two, nor what it found.
    """

    elapsed: float
    cpu: float
    peak: float
    job_elapsed: float = math.nan
    job_cpu: float = math.nan
    found: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """The counted runs of icredit and of the other side; the runs of one place were made one after the other."""

    own: tuple[Run, ...]
    other: tuple[Run, ...]
    times: int = 1

    def ratio(self, figure: Figure) -> tuple[float, float, float]:
        """Median, smallest and largest of icredit's figure over the other side's, pair by pair."""
        times = 1 if figure == "peak" else self.times
        ratios = [
            getattr(own, figure) / getattr(other, figure) / times
            for own, other in zip(self.own, self.other, strict=True)
        ]
        return statistics.median(ratios), min(ratios), max(ratios)


def median(runs: tuple[Run, ...], figure: Figure) -> float:
    """The median of a figure over the runs of one side."""
    return float(statistics.median(getattr(run, figure) for run in runs))


def environment() -> dict[str, str]:
    """The environment of both sides: nothing in it decides what icredit does.

    Python may keep what it compiled, as it does of every package that is installed: otherwise each run would compile the
    sources of this folder anew, and only those.
    """
    left_out = {"PYTHONDONTWRITEBYTECODE"}
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("ICREDIT_") and name not in left_out
    }
    return {**kept, "PYTHONPATH": str(ROOT)}


def run(side: str, file: Path, folder: Path, output: str = "") -> Run:
    """Run one side on a file to its end, in a folder that takes what it writes."""
    words = command(side, file, output)
    started = time.perf_counter()
    with subprocess.Popen(words, cwd=folder, env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        # wait4 tells what this one process used; the sum over all children would mix the sides.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{side} on {file.name} ended with status {process.returncode}")
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _PER_MIB
    if side in COMMANDS:
        return Run(elapsed, cpu, peak)
    told = json.loads(said)
    return Run(elapsed, cpu, peak, told["inside"]["elapsed"], told["inside"]["cpu"], told["found"])


def pairs(job: Job, file: Path, runs: int, part: Path | None = None) -> Pairs:
    """Run both sides in turn, after one run of each that is not counted; the other side on `part`, if there is one.

    Raises:
        SystemExit: the two sides did not find the same in the file, or did not write the same, so their times do not
            compare.
    """
    part = part or file
    _rehearse(job, file, part)
    made = [(_once(job.own, job, file), _once(job.other, job, part)) for _ in range(runs)]
    for first, second in made:
        if None not in (first.found, second.found) and first.found != second.found:
            raise SystemExit(f"{file.name}: {job.own} found {first.found}, {job.other} found {second.found}")
    return Pairs(tuple(first for first, _ in made), tuple(second for _, second in made), job.times)


def _once(side: str, job: Job, file: Path) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        return run(side, file, Path(folder), job.output)


def _rehearse(job: Job, file: Path, part: Path) -> None:
    """The runs that are not counted, and what they wrote compared by a process of its own."""
    with tempfile.TemporaryDirectory() as own, tempfile.TemporaryDirectory() as other:
        run(job.own, file, Path(own), job.output)
        run(job.other, part, Path(other), job.output)
        if job.same:
            tables = [Path(folder) / job.output for folder in (own, other)]
            if subprocess.run(python("bench.agree", *tables), cwd=own, env=environment(), check=False).returncode:
                raise SystemExit(f"{file.name}: {job.own} and {job.other} did not write the same")
