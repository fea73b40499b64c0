"""Putting off an interruption while files are switched, which takes a moment."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class PutOff:
    """Notes interruptions of a block, Ctrl-C and the like, and raises KeyboardInterrupt when asked, or at its end.

    Signals that do not interrupt this process, or are not Python's to handle, are left alone; so is everything outside
    the main thread, which is the only one to be interrupted.
    """

    def __init__(self) -> None:
        self._noted = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                before = signal.getsignal(number)
                if callable(before):
                    self._before[number] = before
                    signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        if error is None:
            self.raise_noted()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._noted = True

    def raise_noted(self) -> None:
        """Raise KeyboardInterrupt if there was an interruption."""
        if self._noted:
            self._noted = False
            raise KeyboardInterrupt
