"""Every way icredit can refuse to go on, and the exit status each one means.

    IcreditError                    something icredit says in one or two lines; never a traceback
    ├── DataError (ValueError)      1  the data have problems and the run was told not to go on
    ├── UsageError (ValueError)     2  wrong option, unknown zone, contradiction
    │   └── SchemeError             2  a scheme file with its faults, each with a line
    ├── InputError (OSError)        3  an input cannot be read
    └── OutputError (OSError)       4  an output cannot be written

Each error carries its data and builds its own message: what, where, and what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ExitStatus(IntEnum):
    """What the exit status of the command line means; `docs/cli.md` shows the same table."""

    DONE = 0
    DATA = 1
    USAGE = 2
    INPUT = 3
    OUTPUT = 4
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitStatus.DONE: "done",
    ExitStatus.DATA: "the data have problems; nothing was written",
    ExitStatus.USAGE: "wrong usage, scheme or options",
    ExitStatus.INPUT: "an input cannot be read",
    ExitStatus.OUTPUT: "an output cannot be written",
    ExitStatus.INTERRUPTED: "interrupted",
}


#: What the program says when Ctrl-C ends it, or a signal to end such as a time limit sends.
INTERRUPTED = "icredit: interrupted; nothing was written"

#: The same when it comes too late.
INTERRUPTED_LATE = "icredit: interrupted after the files were written"


# A name in quotes that is longer than anybody reads, and how long a message may be; paths have 4,096 characters.
_LONG_NAME = r"'([^'\n]{60})[^'\n]{140,}'"
_LONGEST = 1_000

# Whatever begins a new line somewhere. Most runs have no error, so that nothing is compiled before one is told.
_LINE_BREAKS = "[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+"


def _told(message: str) -> str:
    """A message in one line that people can read, whatever names of files, sheets and columns stand in it."""
    message = re.sub(_LONG_NAME, r"'\1…'", re.sub(_LINE_BREAKS, " ", message))
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"


class IcreditError(Exception):
    """Base of all errors that icredit raises on purpose."""

    status = ExitStatus.USAGE

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = _told(message)
        self.hint = hint if hint is None else _told(hint)

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  {self.hint}"


class DataError(IcreditError, ValueError):
    """The submissions have problems that the caller asked not to pass over."""

    status = ExitStatus.DATA


class UsageError(IcreditError, ValueError):
    """An option, a name or a combination of them that cannot be meant."""

    status = ExitStatus.USAGE


class InputError(IcreditError, OSError):
    """A file that cannot be read as what it is meant to be."""

    status = ExitStatus.INPUT


class OutputError(IcreditError, OSError):
    """A file that cannot be written, or must not be."""

    status = ExitStatus.OUTPUT


def reason_of(error: BaseException) -> str:
    """What an error of the system or of a library says, in one line: the system's words, the first line, or its name."""
    said = getattr(error, "strerror", None) or str(error)
    return (said.splitlines() or [type(error).__name__])[0]


def reader_said(error: BaseException) -> str:
    """What the reader of a damaged file says, in one line.

    calamine and polars raise errors of many families, and in places panic, which is no Exception; whatever else is no
    Exception, such as Ctrl-C, is raised again.
    """
    if isinstance(error, Exception):
        return reason_of(error)
    if type(error).__name__ != "PanicException":
        raise error
    return "it is damaged"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a scheme file, at a line (1 is the first)."""

    line: int
    message: str


class SchemeError(UsageError):
    """A scheme file that is refused, or one of judgements that shall become part of a scheme; `faults` holds everything
    that is wrong with it, in file order.
    """

    def __init__(self, path: Path | str, faults: Sequence[Fault]) -> None:
        self.path = path
        # A key or value with a line break in it must not make two lines of one fault.
        self.faults = tuple(sorted({Fault(fault.line, _told(" ".join(fault.message.split()))) for fault in faults}))
        super().__init__("")
        self.message = "\n".join(f"{path}:{fault.line}: {fault.message}" for fault in self.faults)
        self.args = (self.message,)

    def __reduce__(self) -> tuple[type[SchemeError], tuple[Path | str, tuple[Fault, ...]]]:
        return type(self), (self.path, self.faults)
