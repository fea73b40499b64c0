"""The terminal: results to standard output, everything else to standard error, nothing that a pipe would choke on."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from icredit.errors import IcreditError, OutputError

if TYPE_CHECKING:
    from rich.console import RenderableType

# Control characters and marks that change the direction of text; a name must not move the cursor or colour the screen.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class ClosedPipe(Exception):  # noqa: N818  # not an error: whoever read our output has read enough
    """The reader of standard output has gone."""


def prepare_streams() -> None:
    """Make both streams take any text under any locale, as in cron."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed before we began, as by a daemon
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for the rest of the run
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            encoding = (stream.encoding or "").lower().replace("-", "")
            reconfigure(
                encoding="utf-8" if encoding in ("ascii", "ansi_x3.41968", "") else None, errors="backslashreplace"
            )


def visible(text: str) -> str:
    """Text with characters that a terminal would act on shown as escapes."""
    return _UNSAFE.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def terminal_width() -> int:
    """Cells in a line of the terminal."""
    return shutil.get_terminal_size().columns


def result(text: str) -> None:
    """Write a result to standard output."""
    with standard_output():
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        sys.stdout.flush()


def result_table(*tables: RenderableType) -> None:
    """Write tables and texts for people to standard output, as wide as the terminal; into a pipe without colour."""
    from rich.console import Console  # noqa: PLC0415  # only tables need it

    with standard_output():
        console = Console(soft_wrap=False, width=terminal_width(), force_terminal=is_terminal(), highlight=False)
        for table in tables:
            console.print(table)
        sys.stdout.flush()


def cell(text: str) -> str:
    """A text as a cell of a table for people: nothing in it is taken for an instruction."""
    from rich.markup import escape  # noqa: PLC0415  # only tables need it

    return escape(visible(text))


_aside: Callable[[str], bool] | None = None


def divert(aside: Callable[[str], bool] | None) -> None:
    """Let something hear first what is said; what it returns True for is not said on standard error."""
    global _aside  # noqa: PLW0603  # there is one standard error
    _aside = aside


def is_heard() -> bool:
    """Whether a person reads standard error."""
    return sys.stderr.isatty()


def say(text: str) -> None:
    """Tell the user something on standard error."""
    if _aside is not None and _aside(text):
        return
    with contextlib.suppress(OSError, ValueError):  # nobody to tell
        sys.stderr.write(visible_lines(text) + "\n")
        sys.stderr.flush()


def visible_lines(text: str) -> str:
    """`visible`, line by line."""
    return "\n".join(visible(line) for line in text.split("\n"))


def say_all(lines: Sequence[str]) -> None:
    """Tell the user several things on standard error."""
    for line in lines:
        say(line)


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """Tell a standard output that is closed or full as what it is; the files of the run may stand by then.

    Raises:
        ClosedPipe: whoever read it has gone.
        OutputError: it takes no more.
    """
    try:
        yield
    except IcreditError:
        raise
    except OSError as error:
        give_up_output()
        if isinstance(error, BrokenPipeError):
            raise ClosedPipe from None
        from icredit.output.failures import plain_reason  # noqa: PLC0415  # help and version can do without

        raise OutputError(f"standard output: cannot be written: {plain_reason(error)}") from None


def give_up_output() -> None:
    """Python flushes standard output once more when it ends; give it somewhere to flush to."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
