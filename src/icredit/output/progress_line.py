"""The line at the bottom of a terminal that shows how far a run is, and is gone when there is something to say.

A thread of its own writes it, five times a second: what it costs does not depend on how often it is told something. It is
written without colour, and of signs whose width no terminal disputes: where █ and ━ take two cells, as some terminals in
China have it, a line of them would break.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from threading import Event, Lock, Thread
from types import TracebackType
from typing import NamedTuple, Self, TextIO

from icredit.output.console import visible
from icredit.progress import SILENT, Phase, Progress

#: Seconds before a line appears: what is done by then needs none. And seconds between two of them.
DELAY, EVERY = 0.5, 0.2

_LABELS = {
    Phase.READ: ("读取校验", "read, validate"),
    Phase.MEASURE: ("求基准", "measure"),
    Phase.SCORE: ("评分", "score"),
    Phase.WEIGH: ("求权重", "weigh"),
    Phase.WRITE: ("写出", "write"),
}

# Narrower terminals are spared the English; names of files that would be cut to less are left out.
_BOTH, _NAME = 60, 8

_SHORTEST, _LONGEST = 10, 40

# Cells at the end of a line that stay free, where a terminal shows ^C.
_FREE = 4


class State(NamedTuple):
    """How far a phase is."""

    phase: Phase
    total: int | None = None
    done: int = 0
    name: str = ""


def progress_line(*, quiet: bool = False) -> AbstractContextManager[Progress]:
    """What shows progress while it is entered, once or several times: a line if a person reads standard error."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext(SILENT)
    return ProgressLine(sys.stderr)


class ProgressLine:
    """Shows progress in a terminal as long as it is entered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._start = time.monotonic()
        self._lock = Lock()
        self._state: State | None = None
        self._shown = ""
        self._appeared = False
        self._drawn = 0

    def __enter__(self) -> Self:
        self._ended = Event()
        self._thread = Thread(target=self._show, name="progress", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        try:
            self._thread.join()
        finally:  # one Ctrl-C may come twice, from polars and from Python
            self._thread.join()
        self._state = None

    def begin(self, phase: Phase, total: int | None = None) -> None:
        """See `Progress`."""
        with self._lock:
            self._state = State(phase, total)

    def at(self, name: str) -> None:
        """See `Progress`."""
        with self._lock:
            if self._state is not None:
                self._state = self._state._replace(name=name)

    def advance(self, amount: int) -> None:
        """See `Progress`."""
        with self._lock:
            if self._state is not None:
                self._state = self._state._replace(done=self._state.done + amount)

    def _show(self) -> None:
        # A line that was taken away for a message comes back at once.
        wait = 0.0 if self._appeared else max(self._start + DELAY - time.monotonic(), 0)
        while not self._ended.wait(wait):
            self._draw()
            wait = EVERY
        if self._shown:
            self._write("")

    def _draw(self) -> None:
        state = self._state
        if state is None or not self._in_foreground():
            return
        text = line(state, time.monotonic() - self._start, self._drawn, self._width(), self._stream.encoding)
        self._drawn += 1
        if text != self._shown:
            self._write(text)

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal has gone
            self._stream.write(f"\r{text}\x1b[K")
            self._stream.flush()
        self._shown = text
        self._appeared = True

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    def _in_foreground(self) -> bool:
        """Whether the terminal shows this program's output, and not the prompt of a shell that has put it aside."""
        try:
            return os.tcgetpgrp(self._stream.fileno()) == os.getpgrp()
        except (AttributeError, OSError, ValueError):  # no such thing here
            return True


def line(state: State, seconds: float, drawn: int, width: int, encoding: str | None = None) -> str:
    """The line of a phase, narrower than the terminal.

    Args:
        state: how far the phase is.
        seconds: how long the run has lasted.
        drawn: how many lines were written before, by which a mark moves as long as nothing is known.
        width: cells of the terminal.
        encoding: what the terminal takes; None: any text.
    """
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415  # only a terminal needs it

    room = max(width - _FREE, 0)
    label = " ".join(_LABELS[state.phase][: 2 if width >= _BOTH else 1])
    bar, percent = _bar(state, drawn, min(max(width // 4, _SHORTEST), _LONGEST))
    text = _encoded(f"{label} [{bar}] {percent:>4} {_clock(seconds)}", encoding)
    name = _encoded(visible(state.name), encoding)
    left = room - cell_len(text) - 2
    if name and left >= min(cell_len(name), _NAME):
        text += f"  {name if cell_len(name) <= left else set_cell_size(name, left - 3).rstrip() + '...'}"
    return text if cell_len(text) <= room else set_cell_size(text, room)


def _bar(state: State, drawn: int, cells: int) -> tuple[str, str]:
    """The bar between its brackets, and the percentage beside it."""
    if not state.total or not state.done:
        mark = cells // 4
        turn = 2 * (cells - mark)
        before = abs((drawn + turn // 2) % turn - turn // 2)
        return " " * before + "#" * mark + " " * (cells - mark - before), ""
    done = min(state.done, state.total)
    return ("#" * (cells * done // state.total)).ljust(cells, "."), f"{100 * done // state.total}%"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _encoded(text: str, encoding: str | None) -> str:
    """The text as standard error writes it: with escapes for what its encoding does not have."""
    return text if encoding is None else text.encode(encoding, "backslashreplace").decode(encoding)
