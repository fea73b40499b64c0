"""One process that tries some inputs one after the other: `python -m fuzz.worker MODULE SEED FIRST BEHIND SECONDS MEGABYTES`.

It writes a line before each input and one behind, so that whoever reads them knows which input it was that ended it. The
system ends it when an input takes more processor time than it may: a reader in another language listens to nothing else.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

#: Seconds of processor time that one input may take.
SECONDS = 5.0

#: Megabytes that the process may have held at any time.
MEGABYTES = 1024

# What the system refuses, so that a failure here does not become one of the machine.
_ADDRESS_SPACE = 12 * 2**30


def peak() -> int:
    """The most memory that this process ever held, in megabytes."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(module: str, seed: int, first: int, behind: int, seconds: float, megabytes: int) -> None:
    """Try the inputs from `first` to the one before `behind`."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    subject = importlib.import_module(module)
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)
    sys.setswitchinterval(0.05)
    for number in range(first, behind):
        print("try", number, flush=True)
        given = subject.make(seed, number)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        begun = time.process_time()
        try:
            verdict = subject.check(given)
        except BaseException as error:  # noqa: BLE001  # a panic of polars is none of Exception
            verdict = f"failed {type(error).__name__}: {str(error)[:200]!r} {_place(error)}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        if peak() > megabytes:
            verdict = f"failed memory: {peak()} MB"
        print("end", number, f"{time.process_time() - begun:.3f}", peak(), verdict, flush=True)
        if peak() > megabytes:
            return  # the next process begins with little


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        name, chosen, begin, end, time_limit, memory_limit = sys.argv[1:]
        main(name, int(chosen), int(begin), int(end), float(time_limit), int(memory_limit))
