"""Data on its way from a base to an overlaid scheme, with a record of what came from where."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from icredit.errors import Fault
from icredit.scheme.origins import Overlaid
from icredit.scheme.source import Path, Source


class Merging:
    """The data of the base, into which parts of the overlay are put.

    Places in the data move while nodes come and go, so the record goes by the mapping or list that holds a part, and
    `result` turns it into paths.

    Attributes:
        source: the overlay.
        said: its data.
        data: those of the base, with what was put into them.
        faults: what of the overlay cannot be applied.
        changed: the keys of `basis` whose parts are no longer those of the base.
        causes: as in `Overlaid`.
        whole: as in `Source`.
    """

    def __init__(self, source: Source, data: dict[str, Any]) -> None:
        self.source = source
        self.said: dict[str, Any] = source.data
        self.data = data
        self.faults: list[Fault] = []
        self.changed: set[str] = set()
        self.causes: dict[str, int] = {}
        self.whole = True
        self._stated: dict[tuple[int, str | int], Path] = {}
        self._gone: dict[int, dict[str, int]] = {}
        self._touched: dict[int, int] = {}

    def fault(self, path: Path, message: str) -> None:
        """Something is wrong with the part of the overlay at `path`."""
        self.faults.append(self.source.fault(path, message))

    def part(self, path: Path) -> Any:
        """What the overlay says at `path`."""
        here: Any = self.said
        for key in path:
            here = here[key]
        return here

    def put(self, here: dict[str, Any], key: str, path: Path) -> None:
        """Put the overlay's part at `path` into a mapping."""
        here[key] = copy.deepcopy(self.part(path))
        self._stated[id(here), key] = path

    def replace(self, here: dict[str, Any], key: str, path: Path, kind: Any = None) -> None:
        """As `put`; but null takes a key away.

        A null for a key that a mapping of this kind cannot have is put as it stands, to be found where keys are checked.
        """
        known = isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields
        if self.part(path) is None and (key in here or known):
            here.pop(key, None)
            self._gone.setdefault(id(here), {})[key] = self.source.line(path)
        else:
            self.put(here, key, path)

    def append(self, here: list[Any], path: Path) -> None:
        """Put every item of the overlay's list at `path` behind those of a list."""
        for index, item in enumerate(self.part(path)):
            self._stated[id(here), len(here)] = (*path, index)
            here.append(copy.deepcopy(item))

    def touch(self, here: dict[str, Any] | list[Any], path: Path) -> None:
        """The overlay's part at `path` changes something in a mapping or list; the first to do so is remembered."""
        self._touched.setdefault(id(here), self.source.line(path))

    def result(self, base: str, extends: int) -> Overlaid:
        """The data as they are now, with the line of every part."""
        lines: dict[Path, int] = {}
        own: set[Path] = {()}
        touched: dict[Path, int] = {}

        def descend(part: Any, path: Path, stated: Path | None) -> None:
            lines[path] = extends if stated is None else self.source.line(stated)
            if stated is not None:
                own.add(path)
            if id(part) in self._touched:
                touched[path] = self._touched[id(part)]
            for gone, line in self._gone.get(id(part), {}).items():
                lines[*path, gone] = line
                own.add((*path, gone))
            for key, child in _items(part):
                below = None if stated is None else (*stated, key)
                descend(child, (*path, key), self._stated.get((id(part), key), below))

        descend(self.data, (), None)
        lines[()] = self.source.line(())
        return Overlaid(
            data=self.data,
            lines=lines,
            faults=(*self.source.faults, *self.faults),
            base=base,
            extends=extends,
            own=frozenset(own),
            touched=touched,
            causes=self.causes,
            whole=self.whole,
        )


def _items(part: Any) -> Iterable[tuple[str | int, Any]]:
    """The keys or places of what a part holds, and what stands there."""
    if isinstance(part, dict):
        return part.items()
    return enumerate(part) if isinstance(part, list) else ()
