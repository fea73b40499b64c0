"""Whether the inputs of a run are still what they were when it began."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from icredit.errors import InputError


class Inputs:
    """Files that a run reads. What is no file of the disk, such as standard input or a pipe, is not watched."""

    def __init__(self) -> None:
        self._before: dict[Path, tuple[int, int, int, int]] = {}

    def watch(self, paths: Iterable[object]) -> None:
        """Note what these files are now; one that is not there is told by whoever reads it."""
        for path in paths:
            if isinstance(path, Path) and path not in self._before:
                state = _state(path)
                if state is not None:
                    self._before[path] = state

    def require_unchanged(self) -> None:
        """Refuse a file that is no longer what it was: what was read may be half the old and half the new.

        Raises:
            InputError: it has vanished, or another size, time of change or identity.
        """
        for path, before in self._before.items():
            now = _state(path)
            if now != before:
                what = "has vanished" if now is None else "was changed"
                raise InputError(
                    f"{path}: {what} during the run; nothing was written", hint="run again when nobody writes to it"
                )


def _state(path: Path) -> tuple[int, int, int, int] | None:
    try:
        if not path.is_file():
            return None
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
