"""One run at a time writes an output. The system lets a lock go when its process ends, however that ends."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import shlex
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from icredit.errors import OutputError
from icredit.output.failures import output_errors
from icredit.output.places import Place, is_special
from icredit.text import shortened

# Seconds between two looks at a lock that another run holds.
_PAUSE = 0.05

# Characters of the other run's command that a message shows.
_LONGEST = 120

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        """Take the lock, unless another process has it. It is on a byte far behind the text, which stays readable."""
        os.lseek(handle, 1 << 30, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        """Take the lock, unless another process has it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


# The locks of this process, with how many holders each has: a run that holds an output writes it through file groups.
_held: dict[Place, tuple[int, int]] = {}


class Locks:
    """The locks that a run, or a part of it, holds. Use as a context manager."""

    def __init__(self, timeout: float = 0.0) -> None:
        self._timeout = timeout
        self._places: list[Place] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def hold(self, paths: Iterable[Path]) -> list[Place]:
        """Keep other runs from writing these outputs, and return the places that were free until now.

        Raises:
            OutputError: another run holds one and goes on for longer than the timeout, or a folder takes no lock.
        """
        wanted: dict[Place, Path] = {}
        for path in paths:
            with output_errors(path):
                if not is_special(Path(os.path.realpath(path))):
                    wanted.setdefault(Place.of(path), path)
        new = []
        for place, path in sorted(wanted.items()):  # in one order for all runs: no two wait for each other
            if self.hold_place(place, path):
                new.append(place)
        return new

    def hold_place(self, place: Place, path: Path) -> bool:
        """`hold` one place, of which `path` is told; whether it was free until now."""
        count, handle = _held.get(place, (0, -1))
        if not count:
            with output_errors(path):
                handle = self._acquire(place, path)
        _held[place] = (count + 1, handle)
        self._places.append(place)
        return not count

    def release(self) -> None:
        """Let go of everything."""
        while self._places:
            place = self._places.pop()
            count, handle = _held.pop(place)
            if count > 1:
                _held[place] = (count - 1, handle)
            else:
                _let_go(place.lock, handle)

    def _acquire(self, place: Place, path: Path) -> int:
        deadline = time.monotonic() + max(self._timeout, _PAUSE)  # someone may only have looked whether it is free
        while True:
            handle = _open(place.lock)
            try:
                free = _try_lock(handle)
                if free and _is_still(place.lock, handle):
                    _sign(handle)
                    return handle
                if not free and time.monotonic() >= deadline:
                    raise self._refusal(path, handle)
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)
            if not free:
                time.sleep(_PAUSE)

    def _refusal(self, path: Path, handle: int) -> OutputError:
        waited = f" and has been for {self._timeout:g} s" if self._timeout else ""
        return OutputError(
            f"{path}: is being written by another run of icredit{waited}: {_holder(handle)}",
            hint="nothing was changed; to wait for it: --lock-timeout SECONDS",
        )


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags, 0o666)
    except PermissionError:
        # Another user's, which tells who holds it and can be waited for; or a folder that takes no file.
        with contextlib.suppress(FileNotFoundError):
            return os.open(path, flags & ~os.O_RDWR & ~os.O_CREAT)
        raise


def _is_still(path: Path, handle: int) -> bool:
    """Whether a lock is the one that others will find: who held it before has removed it, if it is not."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _let_go(path: Path, handle: int) -> None:
    """Remove a lock while it is held; whoever has it open by then sees that it is gone and makes a new one."""
    if sys.platform == "win32":  # an open file cannot be removed there, nor one that another process has open
        os.close(handle)
    with contextlib.suppress(OSError):
        path.unlink()
    if sys.platform != "win32":
        os.close(handle)


def _sign(handle: int) -> None:
    """Write into the lock who holds it."""
    with contextlib.suppress(OSError):  # another user's lock, or no room: it keeps others out all the same
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(_signature()).encode())


def _signature() -> dict[str, str | int]:
    return {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }


def _holder(handle: int) -> str:
    """Who holds a lock, by what stands in it."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        found = json.loads(os.read(handle, 1 << 16))
        command = shortened(str(found["command"]), _LONGEST)
        return f"process {found['pid']} on {found['host']} since {found['since']}: {command}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has only just begun"
