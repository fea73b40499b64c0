"""docs/cells.md is true: every cell in its tables is read as the page says, and its lists are the program's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import pytest
import yaml
from pydantic import BaseModel, ValidationError

import icredit
from conftest import ROOT
from icredit.intake.readings.base import CELL_ERRORS, MISSING_MARKS, bare
from icredit.intake.row_model import row_model
from icredit.zones import bundled_zones

PAGE = (ROOT / "docs" / "cells.md").read_text("utf-8")

_TABLE = re.compile(
    r"<!-- checked: (\{.*?\}) -->\n\| cell \| read as \| finding \|\n\|---\|---\|---\|\n((?:\|.*\|\n)+)"
)
_ROW = re.compile(r"\| `(.+?)` \| (.+?) \| (.*?) ?\|")


class Cell(NamedTuple):
    """A row of a table: in a column of the field, the cell is read as said, with a finding or none."""

    field: str
    text: str
    value: str
    rule: str


def documented() -> list[Cell]:
    """Every row of every table of the page."""
    found = []
    for field, body in _TABLE.findall(PAGE):
        rows = [_ROW.fullmatch(line) for line in body.splitlines()]
        found += [Cell(field, *row.groups()) for row in rows if row is not None]
        assert None not in rows, body
    return found


@lru_cache
def model_with(field: str) -> type[BaseModel]:
    """The row model of a scheme with the field, as the page writes it, beside a text for the enterprise's id."""
    spec: dict[str, Any] = {"label": {"zh": "列", "en": "Column"}, **yaml.safe_load(field)}
    number = {"label": {"zh": "编号", "en": "Number"}, "type": "text"}
    indicator = {"id": "i", "label": {"zh": "数", "en": "I"}, "value": "1", "normalise": {"method": "minmax"}}
    scheme = {
        "id": "page",
        "title": {"zh": "页", "en": "Page"},
        "edition": "1",
        "fields": {"uscc": number, "x": spec},
        "indicators": [indicator],
    }
    return row_model(icredit.parse_scheme(yaml.safe_dump(scheme, allow_unicode=True)), bundled_zones())


def read(model: type[BaseModel], text: str) -> tuple[str, str]:
    """What a cell is read as, in the words of the page, and the rule that speaks of it."""
    notes: list[Any] = []
    try:
        row = model.model_validate({"uscc": "1", "name": "示例", "x": text}, context=notes).model_dump()
    except ValidationError as error:
        (detail,) = error.errors()
        assert detail["loc"] == ("x",)
        return "refused", detail["type"]
    assert all(note.field == "x" for note in notes)
    value = row["x"]
    shown = "missing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return shown.removesuffix(".0") if isinstance(value, float) else shown, " ".join(note.rule.code for note in notes)


@pytest.mark.parametrize("cell", documented(), ids=lambda cell: f"{cell.field}-{cell.text}")
def test_every_cell_of_the_page(cell: Cell) -> None:
    """A cell in a table of the page is read as the table says, with the finding it says."""
    assert read(model_with(cell.field), cell.text) == (cell.value, cell.rule)


def test_every_kind_of_field_has_its_table() -> None:
    """The page has a table for money, shares, counts, dates, flags and codes."""
    kinds = {yaml.safe_load(cell.field)["type"] for cell in documented()}
    assert kinds == {"amount", "share", "count", "date", "flag", "text"}
    assert len(documented()) > 150


def listed(name: str) -> set[str]:
    """The texts in the quoted list of the page under the given mark."""
    quoted = PAGE.split(f"<!-- checked: {name} -->\n")[1].split("\n\n")[0]
    return set(re.findall(r"`(.+?)`", quoted))


KINDS = ["{type: amount, unit: 万元}", '{type: share, unit: "%"}', "{type: count}", "{type: date}"]


@pytest.mark.parametrize("field", KINDS)
def test_the_marks_of_missing(field: str) -> None:
    """The marks on the page are those of the program, and each is missing."""
    marks = listed("missing")
    assert {bare(mark) for mark in marks if mark.strip("-—–―")} == MISSING_MARKS
    model = model_with(field)
    assert {read(model, mark) for mark in marks} == {("missing", "")}


@pytest.mark.parametrize("field", [*KINDS, "{type: text}", "{type: flag}"])
def test_the_errors_of_formulas(field: str) -> None:
    """The errors on the page are those of the program, and each is an error in a column of any kind."""
    errors = listed("errors")
    assert {error for error in errors if error.startswith("#")} == CELL_ERRORS
    model = model_with(field)
    assert {read(model, error) for error in errors} == {("refused", "IC210")}
    assert {read(model, f" {error.lower()}\u200b") for error in errors} == {("refused", "IC210")}
