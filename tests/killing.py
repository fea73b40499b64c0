"""Processes that are killed without warning, at a step of their work or after some time."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What changes files, or has the disk keep them: a process may be killed before each of these calls.
STEPS = ("open", "close", "write", "ftruncate", "fsync", "link", "replace", "unlink", "chmod")


def fork(call: Callable[[], object]) -> int:
    """Start a process that makes a call and ends; return its id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads, which the call needs not
        child = os.fork()
    if child:
        return child
    status = 1
    try:
        call()
        status = 0
    finally:
        os._exit(status)


def ended(child: int) -> int:
    """Wait for a process; its exit status, or the signal that killed it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at_step(number: int, call: Callable[[], object]) -> bool:
    """Make a call in a process that is killed before its step of this number; whether it came so far."""

    def call_until_killed() -> None:
        done = 0

        def step(function: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*args: Any, **kwargs: Any) -> Any:
                nonlocal done
                done += 1
                if done == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **kwargs)

            return counted

        for name in STEPS:
            setattr(os, name, step(getattr(os, name)))
        call()

    status = ended(fork(call_until_killed))
    assert status in (0, -signal.SIGKILL)
    return status != 0


def contents(folder: Path) -> dict[str, bytes]:
    """What stands in a folder and those below, hidden files and all."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
