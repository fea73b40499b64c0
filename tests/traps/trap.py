"""A trap: something that arrives in a submission and is easily misread, the smallest files that show it, what must happen."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import icredit
from conftest import AS_OF, NATIONAL
from icredit.errors import InputError
from icredit.scheme import Scheme

#: A field of the national scheme -> the value read.
Row = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Trap:
    """One trap.

    Attributes:
        zh, en: what arrives.
        files: name -> bytes, as they lie in an empty folder.
        shown: the part of the files that matters, for readers.
        rows: of every enterprise that is read, in order, the values that matter.
        findings: everything found, as rule and place: `IC212 C2` in a workbook, `IC212 2` in text.
        left_out: rows that are no enterprises, as number and kind: `4 total`.
        notes: a piece of every note, in order.
        refused: a piece of the refusal; nothing is read then.
        values: columns of the scored table and what they hold for the first enterprise.
        named: what is read; default: all files.
        options: how it is read; `words` are the same on the command line.
    """

    zh: str
    en: str
    files: Mapping[str, bytes]
    shown: str
    rows: Sequence[Row] = ()
    findings: Sequence[str] = ()
    left_out: Sequence[str] = ()
    notes: Sequence[str] = ()
    refused: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    named: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True)
class Outcome:
    """What icredit made of a trap, in the words in which a trap expects it; `said` are the messages by their rule."""

    rows: Sequence[Row] = ()
    findings: Sequence[str] = ()
    left_out: Sequence[str] = ()
    notes: Sequence[str] = ()
    refused: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


@cache
def national() -> Scheme:
    """The scheme that every trap is read with."""
    return icredit.load_scheme(NATIONAL)


@cache
def outcome(trap: Trap) -> Outcome:
    """Read the files of a trap with the national scheme, in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, data in trap.files.items():
            Path(name).write_bytes(data)
        named = trap.named if trap.named is not None else "." if len(trap.files) > 1 else next(iter(trap.files))
        try:
            submission = icredit.read(named, national(), as_of=AS_OF, **trap.options)
        except InputError as error:
            return Outcome(refused=f"{error.message}; {error.hint}" if error.hint else error.message)
    values: dict[str, object] = {}
    if trap.values:
        scored = icredit.score(submission, national(), values=True)
        values = {column: scored[column][0] for column in trap.values}
    several = len(submission.files) > 1
    findings = [
        " ".join(
            str(part) for part in (row["rule"], row["file"] if several else None, row["cell"] or row["row"]) if part
        )
        for row in submission.findings.iter_rows(named=True)
    ]
    return Outcome(
        rows=submission.frame.to_dicts(),
        findings=findings,
        left_out=[f"{stray.row} {stray.kind}" for file in submission.files for stray in file.left_out],
        notes=[note for file in submission.files for note in file.notes],
        values=values,
        said={row["rule"]: f"{row['message_zh']} {row['message_en']}" for row in submission.findings.to_dicts()},
    )
