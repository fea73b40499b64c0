"""A scheme made of an overlay and its base, as a `Source`: every fault is told on a line of the overlay.

What the overlay says has its own line. A fault in what is inherited was brought about by something that the overlay
says, since the base alone is correct: the line of that is looked for, and the message says which part of the base it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from icredit.errors import Fault
from icredit.scheme.source import Path, Source
from icredit.text import counted

_WORD = re.compile(r"[A-Za-z]\w*", re.ASCII)
_QUOTED = re.compile(r"'([^']*)'")
_HINT = re.compile(r" \(did you mean '[^']*'\?\)")


@dataclass(frozen=True, slots=True, order=True)
class _Inherited(Fault):
    """A fault in a part of the base, not yet in words."""

    place: str
    base: str


def in_words(faults: Iterable[Fault]) -> list[Fault]:
    """The faults with the part of the base they speak of; the same fault in several parts is told once."""
    told: list[Fault] = []
    places: dict[tuple[int, str, str], list[str]] = {}
    for fault in faults:
        if isinstance(fault, _Inherited):
            places.setdefault((fault.line, fault.message, fault.base), []).append(fault.place)
        else:
            told.append(fault)
    for (line, message, base), found in places.items():
        more = f" and {counted(len(found) - 1, 'other part')}" if len(found) > 1 else ""
        told.append(Fault(line, f"{message} ({found[0]}{more} of the base {base})"))
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid(Source):
    """The data of a base with an overlay applied.

    Attributes:
        base: the id of the base.
        extends: the line that names the base.
        own: the paths of what the overlay says.
        touched: path -> line of the overlay that changes something in it: nodes, fields, and lists of siblings.
        causes: id of a field, node or stage that the overlay changes, adds or takes away -> its line.
    """

    base: str
    extends: int
    own: frozenset[Path] = frozenset()
    touched: Mapping[Path, int] = field(default_factory=dict)
    causes: Mapping[str, int] = field(default_factory=dict)

    def fault(self, path: Path, message: str) -> Fault:
        """See `Source`."""
        here = self.deepest(path)
        if here in self.own:
            return Fault(self.lines[here], message)
        line = next(self._blamed(here, message), self.extends)
        return _Inherited(line, message, self._place(path), self.base)

    def _blamed(self, here: Path, message: str) -> Iterator[int]:
        """Lines of the overlay that may have brought about a fault in an inherited part, the likeliest first."""
        around = [here[:length] for length in range(len(here), 0, -1)]
        plain = _HINT.sub("", message)
        yield from self._named(" ".join(_QUOTED.findall(plain)))
        part = next((path for path in around if _is_part(path)), None)
        if part is not None and part in self.touched:
            yield self.touched[part]
        said = _part_at(self.data, here)
        yield from self._named(f"{said if isinstance(said, str) else ''} {plain}")
        yield from (self.touched[path] for path in around if path in self.touched)

    def _named(self, text: str) -> Iterator[int]:
        return (self.causes[word] for word in _WORD.findall(text) if word in self.causes)

    def _place(self, path: Path) -> str:
        """The place of a part in words: nodes and the like by their ids."""
        names: list[str] = []
        here = self.data
        for index, key in enumerate(path):
            here = here[key] if _has(here, key) else None
            if isinstance(key, int):
                name = here.get("id") if isinstance(here, dict) else None
                names.append(str(name or f"no. {key + 1}"))
            elif key != "indicators" or index == len(path) - 1:
                names.append(key)
        return "/".join(names)


def _is_part(path: Path) -> bool:
    """Whether a path is that of a whole node or field."""
    if path[0] == "fields":
        return len(path) == 2  # noqa: PLR2004  # ("fields", id)
    return path[0] == "indicators" and isinstance(path[-1], int) and path[-2] == "indicators"


def _has(here: Any, key: str | int) -> bool:
    return (
        key in here if isinstance(here, dict) else isinstance(here, list) and isinstance(key, int) and key < len(here)
    )


def _part_at(data: Any, path: Path) -> Any:
    for key in path:
        if not _has(data, key):
            return None
        data = data[key]
    return data
