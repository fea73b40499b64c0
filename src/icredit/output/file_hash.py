"""The hash of a file that is still being written, so that it need not be read from the beginning when it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
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

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._aside.shutdown(cancel_futures=True)

    def follow(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items; whenever another one is asked for, what the others have become is read."""
        for item in items:
            yield item
            self._aside.submit(self._add)

    def hexdigest(self) -> str:
        """The hash of all that is in the file now, in hexadecimal."""
        self._aside.submit(self._add).result()
        return self._hash.hexdigest()

    def _add(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            while chunk := file.read(_CHUNK):
                self._hash.update(chunk)
                self._read += len(chunk)
