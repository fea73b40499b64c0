"""How far a long run is: what reading, scoring and writing tell to whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol


class Phase(Enum):
    """What a run is busy with; reading and validating go on together, file by file."""

    READ = auto()
    MEASURE = auto()
    SCORE = auto()
    WEIGH = auto()
    WRITE = auto()


#: Told how much more is done.
Advance = Callable[[int], None]


class Progress(Protocol):
    """Hears how far a run is. It is told of files and large pieces, never of single rows, by several threads at once."""

    def begin(self, phase: Phase, total: int | None = None) -> None:
        """A phase begins: so much is to be done, bytes of files to read, or rows; None: nobody can say."""
        ...

    def at(self, name: str) -> None:
        """The file with this name is in hand."""
        ...

    def advance(self, amount: int) -> None:
        """So much more is done."""
        ...


class Silent:
    """Shows nothing."""

    def begin(self, phase: Phase, total: int | None = None) -> None:
        """See `Progress`."""

    def at(self, name: str) -> None:
        """See `Progress`."""

    def advance(self, amount: int) -> None:
        """See `Progress`."""


SILENT = Silent()


class Part:
    """A part of what is to be done, which counts in a unit of its own; used by one thread."""

    def __init__(self, advance: Advance, share: int, total: int) -> None:
        """Have nothing done.

        Args:
            advance: is told what is done of the whole.
            share: how much of the whole this part is.
            total: the same in the unit of the part.
        """
        self._advance = advance
        self._share = share
        self._total = total
        self._done = 0
        self._told = 0

    def advance(self, amount: int) -> None:
        """So much more of the part is done, in its own unit."""
        self._done += amount
        self._tell(self._share * min(self._done, self._total) // self._total if self._total else self._share)

    def finish(self) -> None:
        """All of the part is done."""
        self._tell(self._share)

    def _tell(self, reached: int) -> None:
        if reached > self._told:
            self._advance(reached - self._told)
            self._told = reached
