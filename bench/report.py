"""The figures as tables, for a terminal or in Markdown."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.jobs import Job
from bench.measure import Figure, Pairs, median

_PACKAGES = ("icredit", "polars", "pydantic", "python-calamine", "fastexcel", "typer", "pandas", "duckdb")

#: What stands where there is no file, no figure or no wish.
NOTHING = "–"

_RATIOS = (
    "job",
    "file",
    "rows",
    "wanted",
    "elapsed",
    "min–max",
    "CPU",
    "min–max",
    "job alone",
    "peak MiB",
    "wanted",
    "peak",
    "wanted",
)
_TIMES: tuple[Figure, ...] = ("elapsed", "cpu", "job_elapsed", "job_cpu")
_SECONDS = ("job", "file", "side", "elapsed s", "CPU s", "job elapsed s", "job CPU s", "peak MiB")


@dataclass(frozen=True, slots=True)
class Measured:
    """A job on one of its files."""

    name: str
    job: Job
    file: str
    rows: int
    pairs: Pairs


def machine() -> list[str]:
    """What the figures depend on: processor, memory, versions, and how busy the machine was; nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [f"Python {platform.python_version()}", *map(_version, _PACKAGES)]
    return [
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory, {platform.system()}",
        ", ".join(versions),
        f"load average {os.getloadavg()[0]:.1f} when the figures were printed; the measured process alone makes about 1",
    ]


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _figure(number: float) -> str:
    return NOTHING if math.isnan(number) else f"{number:.2f}"


def _ratios(measured: Iterable[Measured]) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for one in measured:
        elapsed, least, most = one.pairs.ratio("elapsed")
        cpu, cpu_least, cpu_most = one.pairs.ratio("cpu")
        alone, _, _ = one.pairs.ratio("job_elapsed")
        peak, _, _ = one.pairs.ratio("peak")
        rows.append(
            (
                one.name,
                one.file,
                f"{one.rows:,}" if one.job.files else NOTHING,
                f"≤ {one.job.at_most}",
                f"{elapsed:.2f}",
                f"{least:.2f}–{most:.2f}",
                f"{cpu:.2f}",
                f"{cpu_least:.2f}–{cpu_most:.2f}",
                _figure(alone),
                f"{max(run.peak for run in one.pairs.own):.0f}",
                NOTHING if one.job.peak is None else f"< {one.job.peak}",
                f"{peak:.2f}",
                NOTHING if one.job.peak_at_most is None else f"≤ {one.job.peak_at_most}",
            )
        )
    return rows


def _seconds(measured: Iterable[Measured]) -> list[Sequence[str]]:
    return [
        (
            one.name,
            one.file,
            side,
            *(_figure(median(runs, figure)) for figure in _TIMES),
            f"{max(run.peak for run in runs):.0f}",
        )
        for one in measured
        for side, runs in ((one.job.own, one.pairs.own), (one.job.other, one.pairs.other))
    ]


def report(measured: Sequence[Measured], runs: int, *, markdown: bool) -> str:
    """All figures: ratios beside what is wanted, then the seconds they come from, then the machine."""
    table = _markdown if markdown else _plain
    parts = [
        f"Ratios of icredit to the other side: median of {runs} pairs of whole processes, imports included.",
        table(_RATIOS, _ratios(measured)),
        "What the ratios come from: medians; the peak is the largest of all runs.",
        table(_SECONDS, _seconds(measured)),
        "\n".join(f"- {line}" for line in machine()),
    ]
    return "\n\n".join(parts)


def _plain(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    )


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
