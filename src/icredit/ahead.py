"""Making the next of several things while the one before is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items in the same order, of which a thread makes each while the one before it is used."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        coming = aside.submit(_next, items)
        while found := coming.result():
            coming = aside.submit(_next, items)
            yield found[0]


def _next(items: Iterator[Item]) -> list[Item]:
    """The next item; in a list, because the end is none."""
    return list(islice(items, 1))
