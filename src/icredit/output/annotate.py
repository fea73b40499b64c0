"""The submitter's own workbook with what was found in it: faulty cells coloured and commented, and a sheet that lists all.

openpyxl keeps the rest of the workbook, as far as it can; what it cannot keep is told.
"""

from __future__ import annotations

import copy
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings, simplefilter

import polars as pl
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import PatternFill
from openpyxl.writer.excel import ExcelWriter
from rich.cells import cell_len

from icredit.errors import InputError, reason_of
from icredit.output.annotated_list import add_list, drop_list
from icredit.output.cached_values import cached_values, with_cached_values
from icredit.output.console import visible
from icredit.output.findings_workbook import COLOURS, LEVELS
from icredit.text import counted

#: Endings of the workbooks that can be annotated.
ANNOTATED = (".xlsx", ".xlsm")

# Our part of a comment begins with this line, so that a copy which comes back can be cleaned and annotated anew.
_MARK = "—— icredit 校验 check ——"
_FILLS = {level: PatternFill("solid", fgColor=colour.replace("#", "FF")) for level, colour in COLOURS.items()}

# Pixels: the room of a comment, and of a line and a letter in it.
_COMMENT_WIDTH, _LINE, _LETTER = 320, 19, 7
_TALLEST = 600

# Parts of a workbook that openpyxl does not write back in every case, and what people call them.
_PARTS = {
    "xl/media/": "picture",
    "xl/charts/chart": "chart",
    "xl/drawings/drawing": "drawing",
    "xl/ctrlProps/": "form control",
    "xl/slicers/": "slicer",
    "xl/threadedComments/": "threaded comment",
}


@dataclass(frozen=True, slots=True)
class Annotated:
    """An annotated copy: its bytes, and what of the original it has lost, a sentence each."""

    data: bytes
    lost: tuple[str, ...] = ()


def annotate(path: Path, findings: pl.DataFrame) -> Annotated:
    """The workbook at `path` with its findings marked.

    Args:
        path: an .xlsx or .xlsm.
        findings: those of this workbook, as `Submission.findings` has them.

    Raises:
        InputError: it cannot be read by the library that would keep the rest of it.
    """
    try:
        original = path.read_bytes()
        with catch_warnings(record=True) as warned:
            simplefilter("always")
            filterwarnings("ignore", "Workbook contains no default style")  # nobody can see the difference
            data = _annotated(original, findings, macros=path.suffix.lower() == ".xlsm")
    except Exception as error:  # noqa: BLE001  # openpyxl raises anything on odd workbooks, an IndexError among others
        raise InputError(
            f"{path}: no annotated copy can be made of this workbook: {reason_of(error)}",
            hint="open it in Excel, save it as a new .xlsx and try again, or write the findings with -o findings.xlsx",
        ) from None
    said = dict.fromkeys(str(warning.message).split("\n", 1)[0] for warning in warned)
    lost = [f"not all could be kept: {text}" for text in said]
    return Annotated(data, (*lost, *_missing(original, data)))


def _annotated(original: bytes, findings: pl.DataFrame, *, macros: bool) -> bytes:
    reader = ExcelReader(io.BytesIO(original), keep_vba=macros, rich_text=True)
    reader.read()
    book = reader.wb
    parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
    drop_list(book)
    for page in book.worksheets:
        _tidy(page)
    for sheet, found in findings.partition_by("sheet", as_dict=True, maintain_order=True).items():
        if sheet[0] in book.sheetnames:
            _mark(book[sheet[0]], found)
    add_list(book, findings)
    written = io.BytesIO()
    # Not through save_workbook, which would put the time of the run into the file.
    ExcelWriter(book, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED)).save()
    kept = cached_values(original, parts)
    return with_cached_values(written, {page.path[1:]: kept.get(page.title, {}) for page in book.worksheets})


def _tidy(page: Any) -> None:
    """Take away what an earlier check has marked, and give the other comments, whose size is not read, one that fits."""
    for cell in list(page._cells.values()):  # noqa: SLF001  # iter_rows would make every cell in between
        if cell.comment is None:
            continue
        text, mark, _ = cell.comment.text.partition(_MARK)
        if mark and cell.fill.fgColor.rgb in {fill.fgColor.rgb for fill in _FILLS.values()}:
            cell.fill = PatternFill()
        cell.comment = _comment(text.rstrip(), cell.comment.author) if text.strip() else None


def _mark(page: Any, findings: pl.DataFrame) -> None:
    of_cell: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for finding in findings.iter_rows(named=True):
        for place in _cells(page, finding):
            cell = page[place]
            if isinstance(cell, MergedCell):  # only the first cell of a merged range can be seen
                cell = next(area.start_cell for area in page.merged_cells.ranges if place in area)
            of_cell[cell.coordinate].append(finding)
    for place, found in of_cell.items():
        cell = page[place]
        level = "error" if any(finding["level"] == "error" for finding in found) else "warning"
        cell.fill = copy.copy(_FILLS[level])
        words = [_MARK]
        words += [
            f"{finding['rule']} {LEVELS[finding['level']]}\n{finding['message_zh']}\n{finding['message_en']}"
            for finding in found
        ]
        before = cell.comment
        text = [before.text, ""] if before is not None else []
        cell.comment = _comment("\n".join([*text, *words]), before.author if before is not None else "icredit")


def _cells(page: Any, finding: Mapping[str, Any]) -> list[str]:
    """The cells that a finding is about: those it names, else the first filled one of its row."""
    if finding["cell"]:
        return [str(place).strip() for place in finding["cell"].split(",")]
    if finding["row"] is None:
        return []
    row = page[finding["row"]]
    filled = [cell for cell in row if cell.value is not None]
    return [(filled or row)[0].coordinate]


def _comment(text: str, author: str) -> Comment:
    # A new line stays one; anything else that steers would make the file unreadable.
    shown = "\n".join(visible(line) for line in text.split("\n"))
    letters = _COMMENT_WIDTH // _LETTER - 2
    lines = sum(max(-(-cell_len(line) // letters), 1) for line in shown.split("\n"))
    return Comment(shown, author, width=_COMMENT_WIDTH, height=min(_LINE * (lines + 1), _TALLEST))


def _missing(before: bytes, after: bytes) -> list[str]:
    kinds = _kinds(before)
    kinds.subtract(_kinds(after))
    return [f"the copy lacks {counted(number, noun)} of the original" for noun, number in kinds.items() if number > 0]


def _kinds(data: bytes) -> Counter[str]:
    names: Iterable[str] = zipfile.ZipFile(io.BytesIO(data)).namelist()
    return Counter(noun for name in names for start, noun in _PARTS.items() if name.startswith(start))
