"""Running a command: every way it can end, as one exit status and at most a few lines on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from icredit.cli.app import program
from icredit.errors import INTERRUPTED, ExitStatus, IcreditError, SchemeError
from icredit.output.console import ClosedPipe, give_up_output, prepare_streams, say, standard_output


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: the words after `icredit`; default: those of the process.
    """
    prepare_streams()
    try:
        status = _run(arguments)
    except SchemeError as error:
        say(str(error))  # nothing before the first FILE:LINE, so that editors can follow it
        return int(error.status)
    except IcreditError as error:
        say(f"icredit: {error}")
        return int(error.status)
    except typer.TyperException as error:
        say(f"icredit: {error.format_message()}\n  see: icredit --help")
        return int(ExitStatus.USAGE)
    except ClosedPipe:
        return int(ExitStatus.DONE)
    except (KeyboardInterrupt, typer.Abort):
        status = ExitStatus.INTERRUPTED
    if status == ExitStatus.INTERRUPTED:
        say(INTERRUPTED)
    return int(status or 0)


def _run(arguments: Sequence[str] | None) -> int | None:
    """The command itself; what typer prints (help, the version) may find standard output full or closed."""
    try:
        with standard_output():
            status: int | None = program(
                args=None if arguments is None else list(arguments), prog_name="icredit", standalone_mode=False
            )
            sys.stdout.flush()
    except SystemExit:  # typer's way to end when the reader of its output has gone
        give_up_output()
        return int(ExitStatus.DONE)
    return status
