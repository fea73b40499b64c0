"""Many inputs in processes that may die: which inputs fail, and what all of them cost."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.worker import MEGABYTES, SECONDS

# Inputs a process; then a new one begins, so that what one input left behind does not hide what another does.
_AT_ONCE = 1_000

# Seconds by the clock after which a process that does nothing at all is ended: it waits for something that never comes.
_PATIENCE = 120

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Result:
    """What came of some inputs.

    Attributes:
        verdicts: what became of inputs -> how many.
        failures: number of an input -> how it failed.
        slowest: processor seconds and number of the input that took longest.
        peak: the most megabytes that a process held.
        seconds: processor seconds of all inputs.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, 0)
    peak: int = 0
    seconds: float = 0.0

    def add(self, number: int, seconds: float, peak: int, verdict: str) -> None:
        """Take in what became of one input."""
        word = verdict.split(maxsplit=1)[0]
        self.verdicts[word] += 1
        self.slowest = max(self.slowest, (seconds, number))
        self.peak = max(self.peak, peak)
        self.seconds += seconds
        if word == "failed":
            self.failures[number] = verdict.removeprefix("failed ")

    def join(self, other: Result) -> None:
        """Take in what became of other inputs."""
        self.verdicts += other.verdicts
        self.failures |= other.failures
        self.slowest = max(self.slowest, other.slowest)
        self.peak = max(self.peak, other.peak)
        self.seconds += other.seconds

    def lines(self) -> Iterator[str]:
        """What came of it, for people."""
        counts = ", ".join(f"{count:,} {word}" for word, count in sorted(self.verdicts.items()))
        yield f"{self.verdicts.total():,} inputs: {counts or 'none'}"
        yield (
            f"{self.seconds:,.0f} processor seconds; the slowest, number {self.slowest[1]}, took {self.slowest[0]:.2f}; "
            f"at most {self.peak} MB"
        )
        for number, said in sorted(self.failures.items()):
            yield f"failed: number {number}: {said}"


def run(
    module: str,
    seed: int,
    first: int,
    count: int,
    *,
    workers: int = 1,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> Result:
    """Try `count` inputs of a module from number `first` on; each may take so much processor time and memory."""
    total = Result()
    ranges = [(at, min(at + _AT_ONCE, first + count)) for at in range(first, first + count, _AT_ONCE)]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for done, result in enumerate(
            pool.map(lambda one: _range(_Trial(module, seed, seconds, megabytes), *one), ranges), start=1
        ):
            total.join(result)
            for number, said in sorted(result.failures.items()):
                print(f"failed: number {number}: {said}", file=sys.stderr)
            if done % 10 == 0:
                print(
                    f"{total.verdicts.total():,} of {count:,}, {len(total.failures)} failed",
                    file=sys.stderr,
                    flush=True,
                )
    return total


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is tried, and what it may take."""

    module: str
    seed: int
    seconds: float
    megabytes: int


def _range(trial: _Trial, first: int, behind: int) -> Result:
    """Some inputs; a process that dies is followed by another, which begins behind the input that ended it."""
    result = Result()
    while first < behind:
        first = _process(trial, first, behind, result)
    return result


def _process(trial: _Trial, first: int, behind: int, result: Result) -> int:
    """One process; the number that the next has to begin with."""
    command = [sys.executable, "-m", "fuzz.worker", trial.module]
    command += map(str, (trial.seed, first, behind, trial.seconds, trial.megabytes))
    trying: int | None = None
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, cwd=_ROOT) as worker,
    ):
        for line in _lines(worker):
            kind, number, *told = line.split(maxsplit=4)
            if kind == "try":
                first = trying = int(number)
            else:
                result.add(int(number), float(told[0]), int(told[1]), told[2])
                first, trying = int(number) + 1, None
        status = worker.wait()
        if trying is None and status != 0:
            said.seek(0)
            raise RuntimeError(f"a process failed between inputs: {said.read()[-2000:].decode(errors='replace')}")
        if trying is not None:
            said.seek(0)
            last = " ".join(said.read()[:600].decode(errors="replace").split())
            result.add(trying, trial.seconds, 0, f"failed the process ended with status {status}: {last}")
            first = trying + 1
    return first


def _lines(worker: subprocess.Popen[bytes]) -> Iterator[str]:
    """The lines that a process writes, until it ends, or is ended because it has written none for long."""
    assert worker.stdout is not None
    rest = b""
    while True:
        ready, _, _ = select.select([worker.stdout], [], [], _PATIENCE)
        if not ready:
            worker.kill()
            return
        data = os.read(worker.stdout.fileno(), 65_536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from (line.decode() for line in whole)
