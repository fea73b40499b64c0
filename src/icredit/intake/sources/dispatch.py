"""Which reader a file needs. What a file is shows in its first bytes; the ending of its name is only what it is called."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from icredit.errors import InputError, reason_of
from icredit.intake.sources.find import STANDARD_INPUT, STANDARD_INPUT_NAME, TEXT_ENDINGS
from icredit.intake.sources.grid import Content, Grid, Opened, Sheet
from icredit.intake.sources.limits import (
    LONGEST_SHEET_NAME,
    LONGEST_TEXT,
    MOST_SHEETS,
    too_long,
    too_long_a_name,
    too_many_sheets,
)
from icredit.intake.sources.signature import kind_of
from icredit.plain_files import MOST_BYTES, require_plain
from icredit.text import shown

#: Text files with more bytes are read in pieces, and of these bytes at the beginning.
LARGE, BEGINNING = 2**27, 2**20

# The kind each ending promises; another one is read all the same, and said.
_PROMISED = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods", ".parquet": "parquet"}

_CALLED = {
    "xlsx": "an Excel workbook (.xlsx)",
    "xls": "an old Excel workbook (.xls)",
    "ods": "an OpenDocument workbook (.ods)",
    "parquet": "a Parquet file",
    "html": "a web page (HTML)",
    "xmlss": "an Excel 2003 XML file",
    "text": "delimited text",
}

_REFUSED = {
    "encrypted": ("the workbook is protected by a password", "save it without one"),
    "xlsb": ("icredit does not read binary workbooks (.xlsb)", "save it as .xlsx"),
    "pdf": ("it is a PDF, which holds no table", "ask for the workbook"),
    "image": ("it is a picture, which holds no table", "ask for the workbook"),
    "doc": ("it is a document, not a workbook", "copy its table into a workbook"),
    "zip": ("it is an archive, not a workbook", "unpack it and name the files in it"),
    "empty": ("the file is empty", "ask for it again"),
}


def read_content(path: Path, at: Path | None = None) -> Content:
    """The bytes of a plain file, or of standard input; `at` is where they are, if not at `path` any more.

    Raises:
        InputError: they cannot be read, or are more than any submission has.
    """
    try:
        name = STANDARD_INPUT_NAME if str(path) == STANDARD_INPUT else shown(path)
        if str(path) == STANDARD_INPUT and at is None:
            if sys.stdin is None:
                raise InputError("<stdin>: cannot be read: it is closed")
            return Content(name, _all_of(sys.stdin.buffer))
        file_path = path if at is None else at
        require_plain(file_path, MOST_BYTES)
        with file_path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= LARGE:
                return Content(name, file.read())
            beginning = file.read(BEGINNING)
            if kind_of(beginning) == "text":
                return Content(name, beginning, file_path, size)
            return Content(name, beginning + file.read())
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {reason_of(error)}") from None


def _all_of(stream: BinaryIO) -> bytes:
    """A stream to its end, if it has one: /dev/zero ends as little as it has lines."""
    whole = io.BytesIO()
    while block := stream.read(LONGEST_TEXT + 1):
        if not whole.tell() and len(block) > LONGEST_TEXT and b"\n" not in block and kind_of(block) == "text":
            raise too_long("<stdin>:1", "line")
        whole.write(block)
        if whole.tell() > MOST_BYTES:
            raise InputError(
                f"<stdin>: cannot be read: it has more than {MOST_BYTES:,} bytes", hint="name the file itself"
            )
    return whole.getvalue()


def open_file(path: Path, content: Content) -> Opened:
    """The sheets of a file, by the reader that its bytes ask for.

    Raises:
        InputError: it is damaged, protected, or nothing that holds a table.
    """
    kind = kind_of(content.data)
    if kind in _REFUSED:
        problem, hint = _REFUSED[kind]
        raise InputError(f"{content.name}: {problem}", hint=hint)
    ending = path.suffix.lower()
    promised = "text" if ending in TEXT_ENDINGS or str(path) == STANDARD_INPUT else _PROMISED.get(ending, kind)
    opened = _READERS[kind](content)
    _refuse_sheets(content, opened)
    if kind == promised:
        return opened
    note = f"{content.name}: is {_CALLED[kind]}, whatever its name says, and was read as that"
    return Opened(opened.sheets, opened.encoding, (note, *opened.notes))


def _refuse_sheets(content: Content, opened: Opened) -> None:
    """Refuse more sheets, or longer names of them, than anybody could find their way in."""
    if len(opened.sheets) > MOST_SHEETS:
        raise too_many_sheets(content.name)
    length = max(len(sheet.name or "") for sheet in opened.sheets)
    if length > LONGEST_SHEET_NAME:
        raise too_long_a_name(content.name, length)


def _xlsx(content: Content) -> Opened:
    from icredit.intake.sources.xlsx import open_sheets  # noqa: PLC0415  # one reader is needed, seldom all

    return Opened(tuple(open_sheets(content)))


def _xls(content: Content) -> Opened:
    from icredit.intake.sources import xls  # noqa: PLC0415  # see above

    return _of_grids(xls.read_grids(content))


def _ods(content: Content) -> Opened:
    from icredit.intake.sources import ods  # noqa: PLC0415  # see above

    return _of_grids(ods.read_grids(content))


def _html(content: Content) -> Opened:
    from icredit.intake.sources import html  # noqa: PLC0415  # see above

    return _of_grids(html.read_grids(content))


def _xmlss(content: Content) -> Opened:
    from icredit.intake.sources import spreadsheetml  # noqa: PLC0415  # see above

    return _of_grids(spreadsheetml.read_grids(content))


def _parquet(content: Content) -> Opened:
    from icredit.intake.sources.parquet import open_parquet  # noqa: PLC0415  # see above

    return open_parquet(content)


def _text(content: Content) -> Opened:
    if content.path is not None:
        from icredit.intake.sources.large_text import open_large_text  # noqa: PLC0415  # see above

        return open_large_text(content, content.path)
    from icredit.intake.sources.text import open_text  # noqa: PLC0415  # see above

    return open_text(content)


_READERS: Mapping[str, Callable[[Content], Opened]] = {
    "xlsx": _xlsx,
    "xls": _xls,
    "ods": _ods,
    "html": _html,
    "xmlss": _xmlss,
    "parquet": _parquet,
    "text": _text,
}


def _of_grids(grids: list[Grid]) -> Opened:
    """Sheets that were read already."""

    def sheet(grid: Grid) -> Sheet:
        def load(last_row: int | None) -> Grid:
            return grid

        return Sheet(grid.sheet, grid.hidden, load)

    return Opened(tuple(sheet(grid) for grid in grids))
