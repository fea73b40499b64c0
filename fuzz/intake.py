"""Damaged submissions of every format, and what must hold when icredit reads one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import icredit
from fuzz.damage import HOSTILE_TEXTS, damaged_bytes, damaged_markup
from fuzz.fixtures import KINDS, filings, rows, written
from icredit.scheme import Scheme
from icredit.zones import ZoneRegister, bundled_zones

_ENDINGS = {"xml": ".xls", "html": ".xls"}  # as systems name them
_AS_OF = date(2026, 1, 15)

# A few files a kind, of which each damaged file is made: to write a workbook takes longer than to read one.
_GOOD = 6


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read."""

    name: str
    data: bytes


def make(seed: int, number: int) -> File:
    """The file with a number."""
    chance = Random(f"intake {seed} {number}")
    kind = chance.choice(KINDS)
    name = f"input{_ENDINGS.get(kind, '.' + kind)}"
    if chance.random() < 0.15:
        return File(name, written(kind, _hostile_rows(chance), chance))
    data = _good(kind, chance.randrange(_GOOD))
    if kind in ("xlsx", "ods") and chance.random() < 0.7:
        parts = filings.unzipped(data)
        for _ in range(chance.choice((1, 1, 2))):
            part = chance.choice(sorted(parts))
            parts[part] = damaged_markup(parts[part], chance)
        if chance.random() < 0.05:
            parts.pop(chance.choice(sorted(parts)))
        return File(name, filings.zipped(parts))
    damage = damaged_markup if kind in ("html", "xml") else damaged_bytes
    return File(name, damage(data, chance))


@cache
def _good(kind: str, number: int) -> bytes:
    return written(kind, rows(), Random(f"good {kind} {number}"))


def _hostile_rows(chance: Random) -> list[list[filings.Cell]]:
    table = rows()
    for _ in range(chance.choice((1, 2, 5))):
        row = chance.choice(table)
        row[chance.randrange(len(row))] = chance.choice(HOSTILE_TEXTS)
    if chance.random() < 0.1:
        table.insert(chance.randrange(len(table)), table[chance.randrange(len(table))])
    return table


@cache
def _scheme() -> tuple[Scheme, ZoneRegister]:
    return filings.every_kind(), bundled_zones()


def check(file: File) -> str:
    """Read a file; what came of it in a word.

    Raises:
        AssertionError: what is told of it is not in order. Any other error but icredit's own is a failure as well.
    """
    scheme, zones = _scheme()
    with tempfile.TemporaryDirectory(prefix="icredit-fuzz-") as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.data)
        try:
            submission = icredit.read(path, scheme, zones=zones, as_of=_AS_OF)
        except icredit.IcreditError as error:
            in_order(str(error))
            return "refused"
    assert submission.rows_read == submission.frame.height + submission.rejected + submission.merged
    for note in (*submission.notes, *(note for report in submission.files for note in report.notes)):
        in_order(note)
    return "read"


def in_order(message: str) -> None:
    """A message has one or two lines of a length that a person reads, and can be written anywhere."""
    assert message.strip()
    assert message.count("\n") <= 1, "more than two lines"
    assert len(message) <= 2_000, "a message of more than 2,000 characters"
    message.encode()
