"""What a file may hold at most, whatever its format: far more than any table needs, far less than a computer can bear.

docs/limits.md lists them all, with those that belong to one format and stand with its reader.
"""

from __future__ import annotations

from icredit.errors import InputError

#: Columns: Excel's own limit, which no other spreadsheet program goes beyond by default.
MOST_COLUMNS = 2**14

#: Rows: LibreOffice's optional limit, sixteen times Excel's, and more than all enterprises of a country would need.
MOST_LINES = 2**24

#: Cells of a file, the empty ones between filled ones too: more than the 65,536 rows times 256 columns of an .xls sheet,
#: and 520,000 enterprises times 38 columns. An empty cell takes 16 bytes, a third of a GB in all. Formats in which every
#: cell has bytes of its own may hold more, in proportion to the size of the file.
MOST_CELLS = 20_000_000

#: Sheets of a workbook. Each is looked at before one is read; Excel begins to warn at 255.
MOST_SHEETS = 256

#: Characters of a sheet's name, which stands in every message about it; Excel allows 31, other programs 255.
LONGEST_SHEET_NAME = 255

#: Bytes that what is packed may unpack to in any case, and how many times the size of the file. Sheets that Excel fills
#: with nothing but formats pack to a fiftieth; what packs to a thousandth was made to fill memory.
ALWAYS_UNPACKED, MOST_PACKED = 32 * 2**20, 200

#: Characters of one text, and bytes of one line or row: 16 million. Excel allows 32,767 in a cell.
LONGEST_TEXT = 2**24

_SPLIT = "is a quotation mark not closed, or a line end lost? Save the table anew as CSV UTF-8"
_CUT = "delete what stands far below or far right of the table, or save the table as CSV UTF-8"


def too_long(where: str, what: str) -> InputError:
    """A line or row that has no end."""
    return InputError(f"{where}: a {what} of more than {LONGEST_TEXT:,} bytes, which no table needs", hint=_SPLIT)


def too_many_columns(where: str, count: int) -> InputError:
    """A row with more cells than a spreadsheet has columns."""
    return InputError(f"{where}: a row of {count:,} columns; no spreadsheet has more than {MOST_COLUMNS:,}", hint=_CUT)


def too_many_lines(name: str) -> InputError:
    """A file with more lines than a table can have."""
    return InputError(f"{name}: more than {MOST_LINES:,} lines", hint="split the table into several files")


def too_many_sheets(name: str) -> InputError:
    """A workbook with more sheets than anybody looks at."""
    return InputError(
        f"{name}: more than {MOST_SHEETS} sheets", hint="save the sheet with the table as a workbook of its own"
    )


def too_long_a_name(name: str, length: int) -> InputError:
    """A sheet that cannot be named in a message."""
    return InputError(
        f"{name}: a sheet has a name of {length:,} characters, more than {LONGEST_SHEET_NAME}",
        hint="give it a shorter one",
    )


def too_many_cells(name: str) -> InputError:
    """A file whose rows are far shorter than its longest."""
    return InputError(
        f"{name}: the table reaches over more than {MOST_CELLS:,} cells, almost all of them empty", hint=_CUT
    )
