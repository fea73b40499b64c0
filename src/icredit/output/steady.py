"""Reading files that belong together, none of them older or newer than the others."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from icredit.errors import InputError, OutputError
from icredit.output.journal import recover
from icredit.output.lock import Locks
from icredit.output.places import Place

# A switch takes some thousandths of a second; on a busy disk of a network perhaps a second.
_PATIENCE = 10.0
_PAUSE = 0.02


def settle(paths: Iterable[Path], patience: float = _PATIENCE) -> None:
    """Wait until no run is switching these files, and put right first what a killed run has left half switched.

    Raises:
        InputError: it lasts for longer than `patience` seconds, or nobody may put them right.
    """
    deadline = time.monotonic() + patience
    for path in paths:
        try:
            place = Place.of(path)
        except (OSError, ValueError):  # a name that no file can have, which whoever reads it tells
            continue
        while _is_switched(place):
            try:
                with Locks() as locks:
                    if locks.hold_place(place, place.journal):
                        recover(place, locks)
            except OutputError as error:
                if time.monotonic() > deadline:
                    raise InputError(f"{path}: is half written: {error.message}", hint=error.hint) from None
            time.sleep(_PAUSE)


def _is_switched(place: Place) -> bool:
    try:
        return place.journal.exists()
    except OSError:
        return False
