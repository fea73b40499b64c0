"""What tests of the readers need: a file read into grids, what a cell must show, files spoiled in many ways."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import pytest

import filings
from icredit.errors import InputError
from icredit.intake.sources.grid import Content, Grid

Reader = Callable[[Content], list[Grid]]


def cells(grid: Grid) -> dict[tuple[int, int], str]:
    """The text of every cell that shows something, by row from 1 and column from 0."""
    return {
        (number, column): text for number, row in grid.rows() for column, text in enumerate(row) if text is not None
    }


def faults(grid: Grid) -> list[tuple[int, int, str, str | None]]:
    """Row, column, code of the rule and text of what the reader found wrong."""
    return [(fault.row, fault.column, fault.rule.code, fault.value) for fault in grid.faults]


def numbers(grid: Grid) -> set[tuple[int, int]]:
    """The cells that were stored as numbers."""
    return {(row, column) for column in range(grid.width) for row in grid.numbers(column)}


def refusal(reader: Reader, data: bytes) -> str:
    """What the reader says of a file that it refuses."""
    with pytest.raises(InputError) as caught:
        reader(Content("file", data))
    assert caught.value.message.startswith("file: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value.message


def shown(cell: filings.AnyCell) -> str | None:  # noqa: PLR0911  # one a kind of cell
    """The text of a cell, by arithmetic in decimals."""
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case filings.Shown(number, form):
            return f"{Decimal(repr(number)).scaleb(2).normalize():f}%" if "%" in form else shown(number)
        case filings.Wrong(text):
            return text
        case filings.Formula(result):
            return shown(result)
        case dt.datetime():
            return cell.isoformat(" ").removesuffix(" 00:00:00")
        case dt.date() | dt.time():
            return cell.isoformat()
        case int() | float():
            return str(int(cell)) if cell == int(cell) and abs(cell) < 2**53 else repr(cell)
        case str():
            return cell


def shown_all(rows: Sequence[Sequence[filings.AnyCell]]) -> dict[tuple[int, int], str]:
    """The text of every cell of a sheet that shows something."""
    texts = {(line, place): shown(cell) for line, row in enumerate(rows, start=1) for place, cell in enumerate(row)}
    return {place: text for place, text in texts.items() if text is not None}


def spoiled(data: bytes, *, count: int, seed: int = 0) -> Iterator[bytes]:
    """The file cut, with bytes changed, and with pieces moved, differently each time and the same in every run."""
    chance = random.Random(seed)  # noqa: S311  # damage, no secret
    for _ in range(count):
        changed = bytearray(data)
        if data and chance.random() < 0.3:
            del changed[chance.randrange(len(data)) :]
        for _ in range(chance.choice([0, 1, 1, 2, 8])):
            if changed:
                changed[chance.randrange(len(changed))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        if chance.random() < 0.2 and len(changed) > 64:
            at, to = sorted(chance.sample(range(len(changed)), 2))
            changed[at:at] = changed[to : to + chance.randrange(64)]
        yield bytes(changed)


def survives(reader: Reader, files: Iterator[bytes]) -> int:
    """How many of the files the reader refuses; anything but a grid or a refusal is an error."""
    refused: list[InputError] = []
    for data in files:
        try:
            grids = reader(Content("file", data))
        except InputError as error:
            refused.append(error)
            continue
        assert all(row > 0 for grid in grids for row, _ in grid.rows())
    assert all(error.message.startswith("file: ") for error in refused)
    return len(refused)
