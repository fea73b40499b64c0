"""Running a command: every way it can end, as one exit status and at most a few lines on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from icredit.cli.app import EVERYWHERE, program
from icredit.cli.session import Session
from icredit.errors import INTERRUPTED, INTERRUPTED_LATE, ExitStatus, IcreditError, SchemeError
from icredit.output.console import ClosedPipe, give_up_output, prepare_streams, say, standard_output


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: the words after `icredit`; default: those of the process.
    """
    prepare_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    with Session(words) as session:
        try:
            status, told = _outcome(words)
        except KeyboardInterrupt:  # one Ctrl-C while polars computes comes twice: from polars, then from Python
            status, told = int(ExitStatus.INTERRUPTED), None
        if status == ExitStatus.INTERRUPTED:
            told = INTERRUPTED_LATE if session.has_written else INTERRUPTED
        session.end(status, told)
    if told is not None:
        say(told)
    return status


def _outcome(words: Sequence[str]) -> tuple[int, str | None]:
    """The exit status of a command, and what there is to say on standard error."""
    try:
        return int(_run(words) or 0), None
    except SchemeError as error:
        return int(error.status), str(error)  # nothing before the first FILE:LINE, so that editors can follow it
    except IcreditError as error:
        return int(error.status), f"icredit: {error}"
    except typer.TyperException as error:
        return int(ExitStatus.USAGE), f"icredit: {error.format_message()}\n  see: icredit --help"
    except ClosedPipe:
        return int(ExitStatus.DONE), None
    except (KeyboardInterrupt, typer.Abort):
        return int(ExitStatus.INTERRUPTED), None


def _run(words: Sequence[str]) -> int | None:
    """The command itself; what typer prints (help, the version) may find standard output full or closed."""
    try:
        with standard_output():
            status: int | None = program(args=_in_order(words), prog_name="icredit", standalone_mode=False)
            sys.stdout.flush()
    except SystemExit:  # typer's way to end when the reader of its output has gone
        give_up_output()
        return int(ExitStatus.DONE)
    return status


def _in_order(words: Sequence[str]) -> list[str]:
    """The words with the options of the program itself before the command, wherever they were given."""
    first, rest, waiting = [], [], list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word.split("=", 1)[0] in EVERYWHERE:
            first += [word, *([waiting.pop(0)] if "=" not in word and waiting else [])]
        else:
            rest.append(word)
    return [*first, *rest]
