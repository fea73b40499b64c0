"""The log of runs: one line an event, written at once, so that lines of several runs never mix."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from icredit.errors import OutputError
from icredit.output.console import visible
from icredit.output.failures import output_errors

# How a log begins: a time, or an object that has one first.
_BEGINNING = re.compile(rb'(\{"time": ")?\d{4}-\d\d-\d\dT')

_BARE = re.compile(r"[\w./:+%,@=-]+")


class LogFormat(StrEnum):
    """What a line of the log looks like."""

    text = "text"
    json = "json"


class RunLog:
    """A log that is open, for one run.

    Raises:
        OutputError: the file cannot be written, or is something else than a log.
    """

    def __init__(self, path: Path, form: LogFormat) -> None:
        self.path = path
        self._form = form
        with output_errors(path):
            # Read as well: nobody wants the lines of a log at the end of a submission.
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o666)
            if path.is_file():
                beginning = os.read(self._handle, 40)
                if beginning and not _BEGINNING.match(beginning):
                    os.close(self._handle)
                    raise OutputError(f"{path}: is no log, and nothing is added to it", hint="name another --log-file")

    def record(self, event: str, level: str = "info", **facts: Any) -> None:
        """Write one line: when, which process, and what.

        Raises:
            OutputError: the file takes no more.
        """
        moment = datetime.now().astimezone().isoformat(timespec="milliseconds")
        if self._form is LogFormat.json:
            content = {"time": moment, "pid": os.getpid(), "level": level, "event": event, **facts}
            line = json.dumps(content, ensure_ascii=False, default=str)
        else:
            told = " ".join(f"{name}={_as_text(value)}" for name, value in facts.items())
            line = visible(f"{moment} {os.getpid()} {level.upper()} {event} {told}".rstrip())
        with output_errors(self.path):
            os.write(self._handle, f"{line}\n".encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def _as_text(value: Any) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
