"""The hash of a file that is still being written, so that it need not be read from the beginning when it is done.

Nor need the disk then take all of it at once: what has been written is kept there, too, while the rest is made.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

Item = TypeVar("Item")

# Bytes looked at once.
_CHUNK = 2**20


class FileHash(AbstractContextManager["FileHash"]):
    """SHA-256 of a file that only grows; a thread reads what has been added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hash = hashlib.sha256()
        self._read = 0
        self._aside = ThreadPoolExecutor(max_workers=1)
        self._added: list[Future[None]] = []

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._aside.shutdown(cancel_futures=True)

    def follow(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; whenever another one is asked for, what the others have become is read."""
        for item in items:
            yield item
            self._added.append(self._aside.submit(self._add))

    def hexdigest(self) -> str:
        """The hash of all that is in the file now, in hexadecimal.

        Raises:
            OSError: the disk could not keep it, which the system may tell but once.
        """
        for added in [*self._added, self._aside.submit(self._add)]:
            added.result()
        return self._hash.hexdigest()

    def _add(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            while chunk := file.read(_CHUNK):
                self._hash.update(chunk)
                self._read += len(chunk)
            os.fsync(file.fileno())
