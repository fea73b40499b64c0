"""A ranked list on a terminal, with as many columns as fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from icredit.output.columns import Labels, TableColumn
from icredit.output.console import terminal_width, visible
from icredit.output.ranked_list import Selection, for_people
from icredit.zones import ZoneRegister

#: Columns of a list on the screen, in the order in which they are given room.
_ON_SCREEN = ("rank", "name", "score", "grade", "zone", "stage", "uscc", "coverage")

#: How many of them are there on the narrowest screen: rank, name and score.
_ALWAYS = 3

# Cells between two columns; the name gives way to other columns until so much is left of it, and at last to nothing.
_BETWEEN = 3
_NAME_AT_LEAST = 24
_NAME_NARROWEST = 8


def screen_table(
    frame: pl.DataFrame,
    columns: Sequence[TableColumn],
    selection: Selection,
    zones: ZoneRegister,
    scheme: Mapping[str, Any],
    labels: Labels,
) -> Table:
    """The list for a terminal, with as many columns as fit."""
    named, chosen = for_people(frame, columns, selection.by, zones, scheme)
    by_id = {column.id: column for column in chosen}
    wanted = [name for name in dict.fromkeys((*_ON_SCREEN[:2], selection.by.id, *_ON_SCREEN[2:])) if name in by_id]
    cells = {name: [_cell(name, value) for value in named[name].to_list()] for name in wanted}
    widths = {
        name: max([cell_len(by_id[name].header(labels)), *(cell_len(cell) for cell in cells[name])]) for name in wanted
    }
    fitting = _fitting(widths, terminal_width())
    shown = Table(
        title=Text(visible(selection.title())),
        title_style="bold",
        title_justify="left",
        header_style="bold",
        show_edge=False,
        pad_edge=False,
    )
    for name, cells_wide in fitting.items():
        left = by_id[name].kind == "identity" or name == "grade"
        header = Text(visible(by_id[name].header(labels)))
        shown.add_column(
            header, justify="left" if left else "right", width=cells_wide, no_wrap=True, overflow="ellipsis"
        )
    for index in range(frame.height):
        shown.add_row(*(Text(cells[name][index]) for name in fitting))
    return shown


def _fitting(widths: Mapping[str, int], room: int) -> dict[str, int]:
    """The columns that there is room for, in order of their worth, and how wide each is; the name takes what is left."""
    fitting: dict[str, int] = {}
    left = room + _BETWEEN
    for name, width in widths.items():
        need = min(width, _NAME_AT_LEAST) if name == "name" else width
        if len(fitting) < _ALWAYS or left >= need + _BETWEEN:
            fitting[name] = need
            left -= need + _BETWEEN
    if "name" in fitting:
        fitting["name"] = max(min(widths["name"], fitting["name"] + left), _NAME_NARROWEST)
    return fitting


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0%}" if name == "coverage" else f"{value:.2f}"
    return visible(str(value))
